"""What a register says about seals is handed on: the room that keeps seals stands above this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from centres.imports.entries import Entry
from centres.imports.problems import Count, Problem
from centres.imports.reading import Table


@dataclass(frozen=True, slots=True)
class SealFact:
    """The seal of one centre as its row in the file gives it, with the titles of the columns for whoever objects."""

    certification_number: str
    row: int
    awarded_on: date | None
    valid_through: date | None
    reason: str
    awarded_title: str
    through_title: str


class SealKeeper(Protocol):
    def objections(self, facts: Sequence[SealFact]) -> Iterable[Problem]:
        """What is wrong with these facts; nothing is written."""
        ...

    def write(self, facts: Sequence[SealFact], centres: Mapping[str, int]) -> Count:
        """Store the facts, to which there were no objections; `centres` are keys by certification number."""
        ...


def facts_of(entries: Iterable[Entry], table: Table) -> list[SealFact]:
    titles = table.header.title("awarded"), table.header.title("through")
    return [
        _fact(entry, *titles) for entry in entries if entry.row_of_seal.awarded_on or entry.row_of_seal.valid_through
    ]


def _fact(entry: Entry, awarded_title: str, through_title: str) -> SealFact:
    awarded = next((row.awarded_on for row in entry.rows if row.awarded_on), None)
    through = next((row.valid_through for row in entry.rows if row.valid_through), None)
    line = entry.row_of_seal.line
    return SealFact(entry.number, line.number, awarded, through, entry.reason, awarded_title, through_title)
