from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip


def plus_months(day: date, n: int) -> date:
    """The same day n months on, or the last day of that month where it lacks the day.

    Source: BGB § 188 (3), the general rule for periods counted in months.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + n, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def minus_months(day: date, n: int) -> date:
    return plus_months(day, -n)


def plus_years(day: date, n: int) -> date:
    """The same day n years on; 29 February becomes 28 February in a year without it.

    Assumption: DVO KiBiz § 11 does not say how its years are counted, so BGB § 188 (3) holds:
    a period ends with the last day of the month in which its day is missing. Both readings
    lie in the same kindergarten year, so no seal depends on it.
    """
    return plus_months(day, 12 * n)


@dataclass(frozen=True, slots=True)
class HalfYear:
    """A part of an audit period in which a criterion counted per half-year must be met once more."""

    first: date
    last: date
    label: str

    @property
    def span(self) -> str:
        return f"{long_date(self.first)} bis {long_date(self.last)}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def half_years(start: date, end: date) -> tuple[HalfYear, ...]:
    """The half-years of an audit period: cut after every 31 July and 31 January.

    A January at the start has no half-year of its own, it belongs to the one that follows:
    1 January to 31 January of the next year is 1 Jan–31 Jul and 1 Aug–31 Jan (Pädquis,
    FAQ Re-Zertifizierung; domain.md § 3.2). No half-years where the end is before the start.

    Assumption: an initial procedure, 1 August to 31 July, is cut at 31 January likewise.
    """
    halves: list[HalfYear] = []
    first = start
    while first <= end:
        last = min(_half_ends_on(first), end)
        halves.append(HalfYear(first, last, f"{len(halves) + 1}. Halbjahr"))
        first = last + timedelta(days=1)
    return tuple(halves)


def _half_ends_on(day: date) -> date:
    return date(day.year, 7, 31) if day.month <= 7 else date(day.year + 1, 1, 31)


def half_year_of(day: date) -> str:
    """The half-year a day falls in, where no audit period numbers it: "Februar bis Juli 2026".

    The last January of an audit period belongs to the half-year before it; assumption: so does every January.
    """
    last = _half_ends_on(day) if day.month > 1 else date(day.year, 1, 31)
    return f"Februar bis Juli {last.year}" if last.month == 7 else f"August {last.year - 1} bis Januar {last.year}"


def long_date(day: date) -> str:
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def in_words_left(day: date, today: date) -> str:
    """How far away a date is, as a person would say it: "noch 12 Tage", "heute"."""
    near = {1: "morgen", 0: "heute", -1: "seit gestern vorbei"}
    days = (day - today).days
    far = f"noch {days} Tage" if days > 0 else f"seit {-days} Tagen vorbei"
    return near.get(days, far)
