"""Working days in North Rhine-Westphalia, and periods counted in them.

Sources: Feiertagsgesetz NW § 2 by way of the library `holidays` (subdivision NW), which also knows the one-off
31 October 2017; BGB § 187 (1) and § 188 (1): the day of the event does not count, the period ends with its last day.
Assumption: working days are Monday to Friday without public holidays, so that a period can never end on a Saturday,
Sunday or public holiday (BGB § 193); 24 and 31 December are working days, as the law has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import holidays
from holidays.version import __version__ as edition

STATE = "NW"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The state's public holidays and those the ministry has entered besides, with their names."""

    extra: Collection[tuple[date, str]] = field(default=())

    @property
    def version(self) -> str:
        """Names what was counted with: the library's edition and the days entered besides."""
        days = ", ".join(f"{day:%d.%m.%Y}" for day, _ in sorted(self.extra))
        return f"{STATE} {edition}" + (f" mit {days}" if days else "")

    def holiday(self, day: date) -> str:
        """The name of the public holiday on this day, or nothing."""
        return dict(self.extra).get(day, "") or official(day.year).get(day, "")

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and not self.holiday(day)


@lru_cache(maxsize=200)
def official(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("DE", subdiv=STATE, years=year, language="de"))


@dataclass(frozen=True, slots=True)
class Pause:
    """From the day a period stood still to the day it went on, which counts again."""

    first: date
    until: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.until


def due_day(counted_from: date, working_days: int, *, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> date:
    """The last day of a period of so many working days after `counted_from`; days of a pause do not count."""
    still, day, left = list(pauses), counted_from, working_days
    while left:
        day += ONE_DAY
        if calendar.is_working_day(day) and not any(day in pause for pause in still):
            left -= 1
    return day
