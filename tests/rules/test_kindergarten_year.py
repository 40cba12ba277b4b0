from datetime import date, timedelta

import pytest

from centres.rules.kindergarten_year import KindergartenYear
from tests.rules.days import EVERY_DAY


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 7, 31), "2025/2026"),
        (date(2026, 8, 1), "2026/2027"),
        (date(2026, 12, 31), "2026/2027"),
        (date(2027, 1, 1), "2026/2027"),
        (date(2028, 2, 29), "2027/2028"),
    ],
)
def test_year_of_a_day_is_named_by_both_calendar_years(day: date, label: str) -> None:
    year = KindergartenYear.of(day)

    assert (year.label, str(year)) == (label, label)


def test_every_day_lies_in_its_own_year_and_in_no_other() -> None:
    for day in EVERY_DAY:
        year = KindergartenYear.of(day)

        assert year.first_day <= day <= year.last_day
        assert KindergartenYear(year.start - 1).last_day < day < KindergartenYear(year.start + 1).first_day


def test_years_follow_each_other_without_a_gap() -> None:
    assert KindergartenYear(2026).last_day + timedelta(days=1) == KindergartenYear(2027).first_day


def test_years_sort_by_time() -> None:
    assert min(KindergartenYear(2027), KindergartenYear(2025)) == KindergartenYear(2025)
