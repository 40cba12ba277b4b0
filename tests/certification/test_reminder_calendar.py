"""The reminders over the years: whatever the hours, the outages and the clock changes, exactly the schedule."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from centres.models import Letter
from certification import reminders
from certification.models import Seal
from certification.tasks import write_due_reminders
from tests.certification.moves import AT
from tests.factories.certification import SealFactory

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
TEN_YEARS = """
2028-09-30  seal/22-months  Ihr Gütesiegel gilt bis 31. Juli 2030
2029-07-31  seal/12-months  Ihr Gütesiegel gilt bis 31. Juli 2030
2030-01-31  seal/6-months   Ihr Gütesiegel gilt bis 31. Juli 2030
2030-04-30  seal/3-months   Ihr Gütesiegel gilt bis 31. Juli 2030
2030-06-30  seal/1-month    Ihr Gütesiegel gilt bis 31. Juli 2030
2030-08-01  seal/day-after  Ihr Gütesiegel ist abgelaufen
"""


def listed() -> str:
    letters = Letter.objects.order_by("pk")
    rows = (f"{each.written_at:%Y-%m-%d}  {each.rule:<14}  {each.subject.partition(':')[0]}" for each in letters)
    return "\n" + "\n".join(rows) + "\n"


@pytest.mark.uncovered
def test_ten_years_of_one_seal_are_this_list_and_nothing_else() -> None:
    SealFactory.create()  # through 31 July 2030

    for n in range(3653):
        day = date(2026, 5, 5) + timedelta(days=n)
        reminders.write_due(day, at=datetime(day.year, day.month, day.day, 9, tzinfo=BERLIN))

    assert listed() == TEN_YEARS


def test_the_list_of_a_seal_that_ends_on_a_leap_day() -> None:
    SealFactory.create(valid_through=date(2028, 2, 29))
    days = [
        date(2027, 2, 27),
        date(2027, 2, 28),
        date(2027, 3, 1),
        date(2027, 8, 29),
        date(2028, 1, 29),
        date(2028, 3, 1),
    ]

    for day in days:
        reminders.write_due(day, at=AT)

    found = Letter.objects.order_by("pk").values_list("rule", flat=True)
    assert list(found) == ["seal/22-months", "seal/12-months", "seal/6-months", "seal/1-month", "seal/day-after"]


@pytest.mark.parametrize("day", [date(2030, 3, 31), date(2029, 10, 28)], ids=["spring", "autumn"])
def test_on_the_day_of_a_clock_change_the_job_writes_once_at_whatever_hours(day: date) -> None:
    end = Seal.objects.get(pk=SealFactory.create(valid_through=date(2030, 7, 31)).pk)
    offset = {3: "6-months", 10: "12-months"}[day.month]

    for hour in range(-2, 26):  # UTC: the whole day in Berlin, and more
        moment = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("UTC")) + timedelta(hours=hour)
        with time_machine.travel(moment, tick=False):
            write_due_reminders()

    assert Letter.objects.get().key == f"seal-{end.pk}/2030-07-31/{offset}"


def at(day: date, hour: int) -> int:
    with time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN), tick=False):
        return int(write_due_reminders())


@pytest.mark.parametrize("run", [lambda: at(date(2030, 2, 7), 6), lambda: at(date(2030, 2, 7), 23)])
def test_a_week_without_the_scheduler_loses_nothing_and_repeats_nothing(run: Callable[[], int]) -> None:
    SealFactory.create()
    assert at(date(2030, 1, 30), 6) == 1  # the last run before the silence: twelve months

    assert run() == 1
    assert Letter.objects.latest("pk").rule == "seal/6-months"
    assert run() == 0
