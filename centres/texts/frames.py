"""The file of a letter, rendered once for all letters of the same shape; what differs between them is filled in.

Rendering a template costs more than all else in writing a letter, and thousands are written in one pass. So it is
rendered with marks in place of the facts, and what comes of it has a placeholder wherever a mark was printed. A
letter then costs one substitution, and reads as the template would have it (tests/test_letter_texts.py).

What this asks of the files: they print facts as they are, without filters, and their conditions ask whether a fact is
there, never what it is.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from operator import attrgetter
from typing import Any

from django.template.loader import render_to_string

from centres.rules import placeholders
from centres.texts.book import Context

FIRST = 7 * 10**16  # marks are numbers, so that they fit into addresses as well, and too long to be anything else
MARKED = re.compile(r"7\d{16}")


class Mark:
    """Stands for a fact: prints its number, and what is asked of it is another mark."""

    def __init__(self, path: str, numbers: Iterator[int], paths: dict[str, str]) -> None:
        self._number, self._path, self._numbers, self._paths = str(next(numbers)), path, numbers, paths
        paths[self._number] = path

    def __getattr__(self, name: str) -> "Mark":
        return Mark(f"{self._path}.{name}", self._numbers, self._paths)

    def __str__(self) -> str:
        return self._number


def filled(file: str, context: Context) -> str:
    """What the file says with these facts."""
    there = [name for name, value in context.items() if value]
    text, paths = _shape(file, tuple(there), tuple(name for name, value in context.items() if not value))
    values = {path: str(_fact(context, path)) for path in paths}
    return placeholders.filled(text, values)


@lru_cache(maxsize=512)
def _shape(file: str, there: tuple[str, ...], missing: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The text with its placeholders, and which they are, for letters that have these facts and lack those."""
    numbers, paths = count(FIRST), dict[str, str]()
    marks = {name: Mark(name, numbers, paths) for name in there}
    text = render_to_string(file, {**marks, **dict.fromkeys(missing, "")})
    named = MARKED.sub(lambda mark: f"{{{paths[mark[0]]}}}", text)
    return named, tuple(placeholders.names_in(named))


def _fact(context: Context, path: str) -> Any:
    name, _, below = path.partition(".")
    return attrgetter(below)(context[name]) if below else context[name]
