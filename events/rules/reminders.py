"""When registered people are reminded: of two reminders at most one is in force on a day. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Reminder:
    """`days` before the event it falls due; it stays in force until the next one does, or the event begins."""

    name: str
    days: int
    in_force: int  # how many days

    def event_days(self, today: date) -> tuple[date, date]:
        """The first and the last day of the events it speaks of today."""
        last = today + timedelta(days=self.days)
        return last - timedelta(days=self.in_force - 1), last


WEEK_BEFORE = Reminder("7-days", days=7, in_force=6)
DAY_BEFORE = Reminder("1-day", days=1, in_force=2)
REMINDERS = (WEEK_BEFORE, DAY_BEFORE)


def to_come(event_day: date, *, today: date) -> list[Reminder]:
    """Those that fall due after today: whoever registers today has all else in the confirmation."""
    return [each for each in REMINDERS if event_day - timedelta(days=each.days) > today]
