from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class KindergartenYear:
    """1 August to 31 July, named by both calendar years.

    Source: KiBiz, as used in DVO KiBiz § 11 (1); domain.md, glossary.
    """

    start: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year if day.month >= 8 else day.year - 1)

    @property
    def first_day(self) -> date:
        return date(self.start, 8, 1)

    @property
    def last_day(self) -> date:
        return date(self.start + 1, 7, 31)

    @property
    def label(self) -> str:
        return f"{self.start}/{self.start + 1}"

    def __str__(self) -> str:
        return self.label
