"""The book of letters: each room declares the letters it writes in its module `letter_kinds`, found at start."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A word in braces and what it stands for. `value` reads it from what the act hands to the letter.

    A mandatory one must stand in the body: without it the letter would not say who must do what by when.
    """

    name: str
    meaning: str
    value: Callable[[Context], str]
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """What a preview is made from: a real case, and which facts it has not got and are made up."""

    of: str
    context: Context
    made_up: tuple[str, ...] = ()


@dataclass(frozen=True)
class LetterKind:
    """One letter: `key` is its file under templates/letters, whose subject and body are the shipped text.

    `sample` makes up everything the letter may need. `newest` finds the newest case of the letter, that of the centre
    with this certification number where one is given, or None.
    """

    key: str
    title: str
    occasion: str
    placeholders: tuple[Placeholder, ...]
    sample: Callable[[], Context]
    newest: Callable[[str], Example | None] = lambda _: None

    @cached_property
    def known(self) -> dict[str, Placeholder]:
        return {each.name: each for each in self.placeholders}

    @property
    def mandatory(self) -> dict[str, str]:
        return {each.name: each.meaning for each in self.placeholders if each.mandatory}

    def values(self, names: Iterable[str], context: Context) -> dict[str, str]:
        """What these placeholders stand for; the others are not asked."""
        return {name: self.known[name].value(context) for name in names}


BOOK: dict[str, LetterKind] = {}


def declare(kinds: Iterable[LetterKind]) -> None:
    for kind in kinds:
        BOOK[kind.key] = kind
