"""Free times of the auditors: two visits a day at most, never at the same time, on days when a Kita is open."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import accumulate, repeat

from django.utils import timezone

from accounts.models import User
from certification.calendars import work_calendar
from certification.models import SchoolHolidays, SiteVisit
from config.demo.world import World

HALVES = ((time(9), time(12, 30)), (time(13, 30), time(17)))
DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


class Diary:
    """Gives out each half of a day once, without weekends, public and school holidays. Knows the visits stored."""

    def __init__(self, world: World) -> None:
        self.on = world.on
        self.calendar = work_calendar()
        self.vacations = [each.vacation for each in SchoolHolidays.objects.all()]
        self.taken = set(SiteVisit.objects.standing().values_list("visitor", "starts_at"))

    def next_time(self, auditor: User) -> Span:
        """The nearest one from tomorrow on, for a visit to come."""
        return self._take(auditor, _days(self.on + DAY, DAY))

    def last_time(self, auditor: User, *, until: date) -> Span:
        """The nearest one before, for a visit that is over."""
        return self._take(auditor, _days(until, -DAY))

    def is_open(self, day: date) -> bool:
        return self.calendar.is_working_day(day) and not any(day in each for each in self.vacations)

    def _take(self, auditor: User, days: Iterator[date]) -> Span:
        free = (each for day in filter(self.is_open, days) for each in _halves(day))
        begins, ends = next(each for each in free if (auditor.pk, each[0]) not in self.taken)
        self.taken.add((auditor.pk, begins))
        return begins, ends


def _days(first: date, step: timedelta) -> Iterator[date]:
    return accumulate(repeat(step), lambda day, more: day + more, initial=first)


def _halves(day: date) -> Iterator[Span]:
    for begins, ends in HALVES:
        yield (
            timezone.make_aware(datetime.combine(day, begins)),
            timezone.make_aware(datetime.combine(day, ends)),
        )
