"""How often an offer took place: plain Python, from what was counted and what was dated."""

from collections.abc import Iterable
from datetime import date

from certification.rules.periods import HalfYear


def times_in(half: HalfYear, *, counted: int | None, dates: Iterable[date]) -> int:
    """How often in this half-year: as often as counted, at least once for each day that is named.

    Assumption: a date proves an offer as well as a number does, and offers of one day count once; the official
    questionnaire, which could not be read, may ask for more.
    """
    return max(counted or 0, len({day for day in dates if day in half}))


def outside(dates: Iterable[date], halves: Iterable[HalfYear]) -> list[date]:
    """Which dates lie in none of the half-years. Offers count from the current audit period only: domain.md § 3.4."""
    known = list(halves)
    return sorted({day for day in dates if not any(day in half for half in known)})
