"""Free times of the auditors in the days to come: two visits a day at most, never at the same time."""

from collections import Counter
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from certification.calendars import work_calendar
from certification.models import SchoolHolidays
from config.demo.world import World

HALVES = ((time(9), time(12, 30)), (time(13, 30), time(17)))
FIRST = timedelta(days=6)


class Diary:
    """Gives each auditor one time after the other, without weekends, public and school holidays."""

    def __init__(self, world: World) -> None:
        self.on = world.on
        self.calendar = work_calendar()
        self.vacations = [each.vacation for each in SchoolHolidays.objects.all()]
        self.taken: Counter[int] = Counter()

    def next_time(self, auditor: User) -> tuple[datetime, datetime]:
        number = self.taken[auditor.pk]
        self.taken[auditor.pk] += 1
        day = self._day(number // len(HALVES))
        begins, ends = (timezone.make_aware(datetime.combine(day, clock)) for clock in HALVES[number % len(HALVES)])
        return begins, ends

    def _day(self, number: int) -> date:
        day = self.on + FIRST
        while True:
            if self._is_free(day):
                number -= 1
            if number < 0:
                return day
            day += timedelta(days=1)

    def _is_free(self, day: date) -> bool:
        return self.calendar.is_working_day(day) and not any(day in each for each in self.vacations)
