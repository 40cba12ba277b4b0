"""Working days against an independent calculation: Easter by Gauss's rule, the holidays by the law's list."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.working_days import Pause, WorkCalendar, due_day

PLAIN = WorkCalendar()
DAYS = st.dates(date(1995, 1, 1), date(2095, 12, 31))


def easter(year: int) -> date:
    """The anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def by_law(year: int) -> set[date]:
    """Feiertagsgesetz NW § 2; 31 October 2017 was a holiday once, by a law of its own."""
    sunday = easter(year)
    moving = {sunday + timedelta(days=n) for n in (-2, 1, 39, 50, 60)}
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))}
    return moving | fixed | ({date(2017, 10, 31)} if year == 2017 else set())


def counted(start: date, working_days: int, pauses: list[Pause]) -> date:
    """Day by day, the plain way: list the days that count and take the n-th."""
    days = (start + timedelta(days=n) for n in range(1, 500))
    counts = [
        day
        for day in days
        if day.isoweekday() < 6
        and day not in by_law(day.year)
        and not any(pause.first <= day < pause.until for pause in pauses)
    ]
    return counts[working_days - 1]


@pytest.mark.parametrize("year", range(1995, 2096))
def test_a_hundred_years_of_holidays_are_those_of_the_law(year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))

    assert {day for day in days if day.year == year and PLAIN.holiday(day)} == by_law(year)


@given(DAYS, st.integers(1, 60))
def test_a_period_ends_where_an_independent_count_ends(start: date, working_days: int) -> None:
    assert due_day(start, working_days, calendar=PLAIN) == counted(start, working_days, [])


@given(DAYS, st.integers(1, 30), st.integers(0, 20), st.integers(0, 40))
def test_days_of_a_pause_do_not_count(start: date, working_days: int, after: int, length: int) -> None:
    first = start + timedelta(days=after)
    pauses = [Pause(first, first + timedelta(days=length))]

    assert due_day(start, working_days, calendar=PLAIN, pauses=pauses) == counted(start, working_days, pauses)


@given(DAYS, st.integers(1, 40), st.integers(0, 30))
def test_a_holiday_entered_never_shortens_a_period_and_moves_it_by_few_days(
    start: date, working_days: int, after: int
) -> None:
    day = start + timedelta(days=after)
    before = due_day(start, working_days, calendar=PLAIN)

    later = due_day(start, working_days, calendar=WorkCalendar(((day, "Staatstrauer"),)))

    assert before <= later <= before + timedelta(days=6)
    assert (later == before) == (not PLAIN.is_working_day(day) or not start < day <= before)


@pytest.mark.parametrize(
    ("start", "days", "ends"),
    [
        (date(2017, 10, 30), 1, date(2017, 11, 2)),  # the one 31 October and All Saints' Day
        (date(2018, 10, 30), 1, date(2018, 10, 31)),
        (date(2026, 12, 23), 2, date(2026, 12, 28)),  # 24 December counts, the feast does not
        (date(2026, 12, 30), 2, date(2027, 1, 4)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2026, 3, 27), 1, date(2026, 3, 30)),  # over the clock change of spring
        (date(2026, 10, 23), 1, date(2026, 10, 26)),  # and of autumn
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # Good Friday to Easter Monday
        (date(2026, 6, 3), 1, date(2026, 6, 5)),  # Corpus Christi
    ],
)
def test_periods_over_the_days_that_trip_others(start: date, days: int, ends: date) -> None:
    assert due_day(start, days, calendar=PLAIN) == ends


def test_a_calendar_names_its_edition_and_the_days_entered() -> None:
    entered = WorkCalendar(((date(2026, 9, 1), "Staatstrauer"),))

    assert entered.version == f"{PLAIN.version} mit 01.09.2026"
    assert entered.holiday(date(2026, 9, 1)) == "Staatstrauer"
