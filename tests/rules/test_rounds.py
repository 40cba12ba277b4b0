from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.rules.kindergarten_year import KindergartenYear
from certification.rules.periods import half_years
from certification.rules.rounds import RoundDates, explain_renewal, initial_dates, problems, renewal_dates
from tests.rules.days import DAYS

RENEWAL = RoundDates(
    audit_from=date(2027, 1, 1),
    audit_until=date(2028, 1, 31),
    registration_until=date(2026, 12, 15),
    submission_until=date(2028, 2, 29),
    visits_from=date(2028, 2, 15),
    visits_until=date(2028, 6, 30),
    results_until=date(2028, 7, 15),
)


@pytest.mark.parametrize("seal_end", [date(2028, 7, 31), date(2028, 12, 31), date(2029, 7, 30)])
def test_renewal_dates_precede_the_31_july(seal_end: date) -> None:
    assert renewal_dates(seal_end) == RENEWAL


def test_renewal_submission_ends_with_february() -> None:
    assert renewal_dates(date(2030, 7, 31)).submission_until == date(2030, 2, 28)


@given(DAYS)
def test_renewal_dates_are_in_order_and_end_before_the_seal(seal_end: date) -> None:
    dates = renewal_dates(seal_end)

    assert problems(dates) == []
    assert dates.results_until <= seal_end
    assert len(half_years(dates.audit_from, dates.audit_until)) == 2


def test_initial_dates_lie_in_the_kindergarten_year() -> None:
    assert initial_dates(KindergartenYear(2026)) == RoundDates(
        audit_from=date(2026, 8, 1),
        audit_until=date(2027, 7, 31),
        registration_until=date(2026, 9, 30),
        submission_until=date(2027, 4, 30),
        visits_from=date(2027, 5, 2),
        visits_until=date(2027, 6, 30),
        results_until=date(2027, 7, 15),
    )


@given(st.integers(2006, 2060))
def test_initial_dates_are_in_order(start: int) -> None:
    dates = initial_dates(KindergartenYear(start))

    assert problems(dates) == []
    assert len(half_years(dates.audit_from, dates.audit_until)) == 2


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            {"audit_until": date(2026, 12, 31)},
            ["Der Beginn des Prüfzeitraums (1. Januar 2027) liegt nach dessen Ende (31. Dezember 2026)."],
        ),
        (
            {"results_until": date(2028, 6, 29)},
            ["Das Ende der Begehungen (30. Juni 2028) liegt nach den Ergebnissen (29. Juni 2028)."],
        ),
        (
            {"submission_until": date(2028, 7, 1)},
            ["Die Abgabe (1. Juli 2028) liegt nach dem Ende der Begehungen (30. Juni 2028)."],
        ),
        (
            {"registration_until": date(2028, 3, 1)},
            [
                "Das Ende der Anmeldung (1. März 2028) liegt nach der Abgabe (29. Februar 2028).",
                "Das Ende der Anmeldung (1. März 2028) liegt nach dem Beginn der Begehungen (15. Februar 2028).",
            ],
        ),
        (
            {"visits_from": date(2028, 7, 1)},
            ["Der Beginn der Begehungen (1. Juli 2028) liegt nach deren Ende (30. Juni 2028)."],
        ),
        (
            {"submission_until": date(2026, 12, 31)},
            ["Der Beginn des Prüfzeitraums (1. Januar 2027) liegt nach der Abgabe (31. Dezember 2026)."],
        ),
        ({"results_until": date(2028, 6, 30)}, []),
    ],
)
def test_problems_name_the_dates_that_are_out_of_order(change: dict[str, date], found: list[str]) -> None:
    assert problems(replace(RENEWAL, **change)) == found


@given(st.integers(-5000, 5000))
def test_moving_all_dates_together_makes_no_problem(days: int) -> None:
    moved = {name: getattr(RENEWAL, name) + timedelta(days=days) for name in RoundDates.__slots__}

    assert problems(RoundDates(**moved)) == []


def test_renewal_is_explained_from_invitation_to_result() -> None:
    invited, period, rest = explain_renewal(date(2030, 7, 31))

    assert invited == "Zur nächsten Re-Zertifizierung laden wir Sie im Herbst 2028 ein."
    assert period == "Der Prüfzeitraum geht vom 1. Januar 2029 bis zum 31. Januar 2030."
    assert "28. Februar 2030" in rest
    assert rest.endswith("das Ergebnis läge spätestens am 15. Juli 2030 vor.")
