from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.periods import (
    half_year_of,
    half_years,
    in_words_left,
    long_date,
    minus_months,
    plus_months,
    plus_years,
)
from tests.rules.days import DAYS, EVERY_DAY


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [
        (date(2026, 5, 5), 4, date(2030, 5, 5)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2096, 2, 29), 4, date(2100, 2, 28)),
        (date(2026, 5, 5), -7, date(2019, 5, 5)),
    ],
)
def test_plus_years_keeps_the_day_or_takes_the_end_of_february(day: date, years: int, then: date) -> None:
    assert plus_years(day, years) == then


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 7, 31), -1, date(2026, 6, 30)),
        (date(2026, 7, 31), -22, date(2024, 9, 30)),
        (date(2026, 7, 31), 0, date(2026, 7, 31)),
    ],
)
def test_plus_months_clamps_to_the_end_of_the_month(day: date, months: int, then: date) -> None:
    assert plus_months(day, months) == then


@given(DAYS, st.integers(0, 60))
def test_minus_months_undoes_plus_months_up_to_the_clamping(day: date, n: int) -> None:
    there_and_back = minus_months(plus_months(day, n), n)

    assert there_and_back.replace(day=1) == day.replace(day=1)
    assert there_and_back.day in {day.day, min(day.day, plus_months(day, n).day)}


@given(DAYS, DAYS, st.integers(-60, 60))
def test_plus_months_never_swaps_two_days(a: date, b: date, n: int) -> None:
    earlier, later = sorted([a, b])

    assert plus_months(earlier, n) <= plus_months(later, n)


@pytest.mark.parametrize(
    ("start", "end", "spans"),
    [
        (
            date(2025, 1, 1),
            date(2026, 1, 31),
            ["1. Januar 2025 bis 31. Juli 2025", "1. August 2025 bis 31. Januar 2026"],
        ),
        (
            date(2025, 8, 1),
            date(2026, 7, 31),
            ["1. August 2025 bis 31. Januar 2026", "1. Februar 2026 bis 31. Juli 2026"],
        ),
        (date(2025, 1, 15), date(2025, 1, 31), ["15. Januar 2025 bis 31. Januar 2025"]),
        (
            date(2025, 7, 31),
            date(2025, 8, 1),
            ["31. Juli 2025 bis 31. Juli 2025", "1. August 2025 bis 1. August 2025"],
        ),
        (date(2025, 8, 2), date(2025, 8, 1), []),
    ],
)
def test_half_years_are_cut_at_the_end_of_july_and_january(start: date, end: date, spans: list[str]) -> None:
    assert [half.span for half in half_years(start, end)] == spans


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 31), "August 2025 bis Januar 2026"),
        (date(2026, 2, 1), "Februar bis Juli 2026"),
        (date(2026, 7, 31), "Februar bis Juli 2026"),
        (date(2026, 8, 1), "August 2026 bis Januar 2027"),
        (date(2026, 12, 31), "August 2026 bis Januar 2027"),
    ],
)
def test_a_day_has_a_half_year_without_an_audit_period_too(day: date, name: str) -> None:
    assert half_year_of(day) == name


def test_half_years_are_numbered() -> None:
    halves = half_years(date(2025, 1, 1), date(2026, 7, 31))

    assert [half.label for half in halves] == ["1. Halbjahr", "2. Halbjahr", "3. Halbjahr"]


@given(DAYS, st.integers(0, 800))
def test_every_day_of_a_period_lies_in_exactly_one_half_year(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    halves = half_years(start, end)

    days = [start + timedelta(days=n) for n in range(length + 1)]
    assert {sum(day in half for half in halves) for day in days} == {1}
    assert (halves[0].first, halves[-1].last) == (start, end)


def test_long_date_names_every_month() -> None:
    months = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ]

    assert [long_date(date(2026, n, 5)) for n in range(1, 13)] == [f"5. {month} 2026" for month in months]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 5, 17), "noch 12 Tage"),
        (date(2026, 5, 7), "noch 2 Tage"),
        (date(2026, 5, 6), "morgen"),
        (date(2026, 5, 5), "heute"),
        (date(2026, 5, 4), "seit gestern vorbei"),
        (date(2026, 5, 2), "seit 3 Tagen vorbei"),
    ],
)
def test_in_words_left_speaks_as_people_do(day: date, words: str) -> None:
    assert in_words_left(day, date(2026, 5, 5)) == words


def test_plus_years_is_in_the_same_kindergarten_year_under_either_reading_of_29_february() -> None:
    leap_days = [day for day in EVERY_DAY if (day.month, day.day) == (2, 29)]

    assert len(leap_days) == 14
    assert {plus_years(day, 1).month for day in leap_days} == {2}
