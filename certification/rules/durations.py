"""How long things usually take, in the words of a promise."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

LEAST = 20  # Assumption: fewer closed cases promise nothing


@dataclass(frozen=True, slots=True)
class Usual:
    """Of `count` closed cases half took at most `median` days and eight of ten at most `most`."""

    key: str
    label: str
    count: int
    median: float
    most: float

    @property
    def median_days(self) -> int:
        return ceil(self.median)

    @property
    def most_days(self) -> int:
        return ceil(self.most)


def promise(usual: Usual | None, of: str) -> str:
    """A sentence that may be said to a centre: what eight of ten have seen. Empty where too few are known."""
    if usual is None or usual.count < LEAST:
        return ""
    return f"{of} dauert es meist höchstens {in_words(usual.most_days)}."


def in_words(days: int) -> str:
    """In days up to three weeks, then in whole weeks, rounded up."""
    if days <= 1:
        return "einen Tag"
    return f"{days} Tage" if days <= 21 else f"{ceil(days / 7)} Wochen"


def by_key(found: Iterable[Usual]) -> dict[str, Usual]:
    return {each.key: each for each in found}
