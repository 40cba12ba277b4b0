from datetime import date, timedelta

import pytest

from certification.rules.validity import AlreadyCoveredError, check_given_end, validity
from tests.rules.days import BERLIN, EVERY_DAY, berlin_day, in_utc

AWARDS = [
    (date(2020, 5, 5), date(2024, 7, 31)),
    (date(2026, 5, 5), date(2030, 7, 31)),
    (date(2026, 7, 31), date(2030, 7, 31)),
    (date(2026, 8, 1), date(2031, 7, 31)),
    (date(2026, 12, 31), date(2031, 7, 31)),
    (date(2027, 1, 1), date(2031, 7, 31)),
    (date(2028, 2, 29), date(2032, 7, 31)),
    (date(2096, 2, 29), date(2100, 7, 31)),
]


@pytest.mark.parametrize(("awarded_on", "through"), AWARDS)
def test_seal_runs_four_years_and_to_the_next_31_july(awarded_on: date, through: date) -> None:
    seal = validity(awarded_on)

    assert (seal.awarded_on, seal.valid_from, seal.valid_through) == (awarded_on, awarded_on, through)


def test_every_award_day_gives_the_first_31_july_four_years_on() -> None:
    for day in EVERY_DAY:
        # Computed another way: the first 31 July that is not before the anniversary.
        month_day = (day.month, day.day)
        year = day.year + 4 + (month_day > (7, 31))

        assert validity(day).valid_through == date(year, 7, 31), day


def test_every_seal_runs_at_least_four_years_and_less_than_five() -> None:
    for day in EVERY_DAY:
        days = (validity(day).valid_through - day).days

        assert 4 * 365 <= days <= 5 * 365 + 1, day


def test_a_later_award_never_ends_earlier() -> None:
    ends = [validity(day).valid_through for day in EVERY_DAY]

    assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("hour", "minute", "day", "through"),
    [
        (23, 59, date(2026, 7, 31), date(2030, 7, 31)),
        (0, 1, date(2026, 8, 1), date(2031, 7, 31)),
        (23, 59, date(2028, 2, 29), date(2032, 7, 31)),
        (0, 1, date(2026, 3, 29), date(2030, 7, 31)),
        (23, 59, date(2026, 3, 29), date(2030, 7, 31)),
        (0, 1, date(2026, 10, 25), date(2031, 7, 31)),
        (23, 59, date(2026, 10, 25), date(2031, 7, 31)),
    ],
)
def test_award_counts_on_the_berlin_day_of_its_instant(hour: int, minute: int, day: date, through: date) -> None:
    instant = in_utc(day, hour, minute)

    assert berlin_day(instant) == day
    assert validity(berlin_day(instant)).valid_through == through


def test_both_clock_changes_are_among_the_days_tried() -> None:
    changes = [day for day in EVERY_DAY if day.year == 2026 and _offset(day) != _offset(day + timedelta(days=1))]

    assert changes == [date(2026, 3, 29), date(2026, 10, 25)]


def _offset(day: date) -> timedelta | None:
    return in_utc(day, 0, 1).astimezone(BERLIN).utcoffset()


@pytest.mark.parametrize(
    ("previous_through", "valid_from"),
    [
        (None, date(2026, 5, 5)),
        (date(2025, 7, 31), date(2026, 5, 5)),
        (date(2026, 5, 4), date(2026, 5, 5)),
        (date(2026, 5, 5), date(2026, 5, 6)),
        (date(2026, 7, 31), date(2026, 8, 1)),
        (date(2030, 7, 30), date(2030, 7, 31)),
    ],
)
def test_seal_begins_after_an_earlier_one_that_still_runs(previous_through: date | None, valid_from: date) -> None:
    seal = validity(date(2026, 5, 5), previous_through=previous_through)

    assert (seal.valid_from, seal.valid_through) == (valid_from, date(2030, 7, 31))


def test_seal_with_no_day_of_its_own_is_refused() -> None:
    with pytest.raises(AlreadyCoveredError) as refusal:
        validity(date(2026, 5, 5), previous_through=date(2030, 7, 31))

    assert str(refusal.value) == (
        "Das bisherige Gütesiegel gilt bis 31. Juli 2030; ein am 5. Mai 2026 vergebenes neues würde nur "
        "bis 31. Juli 2030 gelten und hätte keinen einzigen Tag."
    )


def test_sentences_name_award_four_years_kindergarten_year_and_paragraph() -> None:
    assert validity(date(2026, 5, 5)).sentences == (
        "Das Gütesiegel wurde am 5. Mai 2026 vergeben.",
        (
            "Vier Jahre danach ist der 5. Mai 2030; dieser Tag liegt im Kindergartenjahr 2029/2030 "
            "(1. August 2029 bis 31. Juli 2030)."
        ),
        (
            "Nach § 11 Absatz 1 DVO KiBiz gilt das Gütesiegel bis zum Ende dieses Kindergartenjahres: "
            "letzter gültiger Tag ist der 31. Juli 2030."
        ),
    )


def test_sentences_admit_the_assumption_about_the_anniversary_on_1_august_only() -> None:
    assumed = [day for day in EVERY_DAY if any("Jahrestag" in s for s in validity(day).sentences)]

    assert assumed == [day for day in EVERY_DAY if (day.month, day.day) == (8, 1)]


def test_sentences_admit_the_assumption_about_the_first_day() -> None:
    seal = validity(date(2026, 5, 5), previous_through=date(2026, 7, 31))

    assert seal.sentences[3:] == (
        "Das bisherige Gütesiegel gilt noch bis 31. Juli 2026.",
        (
            "Annahme: Das neue beginnt am Tag danach, dem 1. August 2026; "
            "sein Ende richtet sich weiter nach dem Tag der Vergabe."
        ),
    )


def test_given_end_that_agrees_is_not_mentioned() -> None:
    assert [check_given_end(awarded_on, through) for awarded_on, through in AWARDS] == [None] * len(AWARDS)


@pytest.mark.parametrize("given", [date(2030, 7, 30), date(2030, 5, 5), date(2031, 7, 31)])
def test_given_end_that_contradicts_is_named_with_the_right_one(given: date) -> None:
    sentence = check_given_end(date(2026, 5, 5), given)

    assert sentence is not None
    assert sentence.endswith(
        "aus der Vergabe am 5. Mai 2026 folgt nach § 11 DVO KiBiz der 31. Juli 2030. "
        "Bitte das Datum prüfen oder die Abweichung begründen."
    )


def test_sentences_about_an_award_that_has_not_happened_do_not_say_it_has() -> None:
    plan = validity(date(2030, 5, 5))

    assert plan.supposed[0] == "Angenommen, das Gütesiegel wird am 5. Mai 2030 vergeben."
    assert plan.supposed[1:] == plan.sentences[1:]
