"""Two texts beside each other, line by line and within a changed line word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

WORD = re.compile(r"\s+|[^\s]+")
Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line that stayed, went or came; `parts` says which of its words did."""

    kind: Kind
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def differences(old: str, new: str) -> list[Line]:
    """Every line of both texts in reading order; of a changed line first what it was, then what it is."""
    before, after = old.splitlines(), new.splitlines()
    found: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Line("same", (Part(line),)) for line in before[a:b]]
        else:
            found += _changed(before[a:b], after[c:d])
    return found


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    for old, new in zip_longest(before, after):
        gone, come = _words(old or "", new or "")
        if old is not None:
            yield Line("gone", gone)
        if new is not None:
            yield Line("new", come)


def _words(old: str, new: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    before, after = WORD.findall(old), WORD.findall(new)
    gone: list[Part] = []
    come: list[Part] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for parts, words in ((gone, before[a:b]), (come, after[c:d])):
            if words:
                parts.append(Part("".join(words), changed=tag != "equal"))
    return tuple(gone), tuple(come)
