"""What speaks against a time for a visit."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from certification.rules.visiting import Span, Surroundings, Vacation, is_known, objections
from certification.rules.working_days import WorkCalendar

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
EASTER, SUMMER = (
    Vacation("Osterferien 2026", date(2026, 3, 30), date(2026, 4, 11)),
    Vacation("Sommerferien 2026", date(2026, 7, 20), date(2026, 9, 1)),
)
BEFORE = Vacation("Weihnachtsferien 2025/2026", date(2025, 12, 22), date(2026, 1, 6))
AROUND = Surroundings(WorkCalendar(), [BEFORE, EASTER, SUMMER], [], date(2026, 2, 1), date(2026, 6, 30))


def at(month: int, day: int, hour: int = 9, minutes: int = 240) -> Span:
    starts = datetime(2026, month, day, hour, tzinfo=BERLIN)
    return Span(starts, starts + timedelta(minutes=minutes))


def test_nothing_speaks_against_a_quiet_morning() -> None:
    assert objections(at(3, 10), AROUND, now=NOW) == []


@pytest.mark.parametrize(
    ("span", "sentence"),
    [
        (at(3, 14), "Der 14. März 2026 ist ein Samstag."),
        (at(3, 15), "Der 15. März 2026 ist ein Sonntag."),
        (at(5, 1), "Der 1. Mai 2026 ist ein Feiertag: Erster Mai."),
        (at(2, 26), "Der Termin liegt in der Vergangenheit."),
        (at(3, 10, minutes=179), "Eine Begehung dauert drei bis vier Stunden."),
        (at(3, 10, minutes=241), "Eine Begehung dauert drei bis vier Stunden."),
        (at(3, 10, hour=6), "Eine Begehung liegt zwischen 7 und 19 Uhr."),
        (at(3, 10, hour=16), "Eine Begehung liegt zwischen 7 und 19 Uhr."),
        (at(3, 10, hour=22), "Eine Begehung liegt zwischen 7 und 19 Uhr."),
    ],
)
def test_what_cannot_be_is_refused(span: Span, sentence: str) -> None:
    (found,) = objections(span, AROUND, now=NOW)

    assert (found.sentence, found.final) == (sentence, True)
    assert found.is_final(agreed=False)


@pytest.mark.parametrize(
    ("span", "still"),
    [(at(3, 14), False), (at(5, 1), False), (at(3, 10, minutes=150), False), (at(2, 26), True)],
    ids=["weekend", "holiday", "short", "past"],
)
def test_what_both_sides_agreed_on_is_refused_only_where_it_cannot_be(span: Span, still: bool) -> None:
    (found,) = objections(span, AROUND, now=NOW)

    assert found.is_final(agreed=True) == still


def test_nobody_is_in_two_places() -> None:
    busy = replace(AROUND, busy=[at(3, 9), at(3, 10, hour=12)])

    (found,) = objections(at(3, 10), busy, now=NOW)

    assert found.final
    assert "10. März 2026, 12:00 bis 16:00 Uhr" in found.sentence


def test_one_visit_may_begin_when_another_ends() -> None:
    assert objections(at(3, 10), replace(AROUND, busy=[at(3, 10, hour=13)]), now=NOW) == []


@pytest.mark.parametrize("day", [30, 31])
def test_school_holidays_are_a_doubt(day: int) -> None:
    (found,) = objections(at(3, day), AROUND, now=NOW)

    assert (found.sentence, found.final) == (f"Der {day}. März 2026 liegt in den Osterferien 2026.", False)


def test_days_outside_the_round_are_a_doubt() -> None:
    found = objections(at(7, 1), AROUND, now=NOW)

    assert [each.final for each in found] == [False]
    assert "1. Februar 2026 bis 30. Juni 2026" in found[0].sentence


def test_years_nobody_knows_are_not_invented() -> None:
    unknown = replace(AROUND, vacations=[])

    (found,) = objections(at(3, 10), unknown, now=NOW)

    assert "keine Schulferien eingetragen" in found.sentence
    assert [is_known([BEFORE, SUMMER], day) for day in (date(2025, 1, 1), date(2026, 3, 1), date(2026, 9, 2))] == [
        False, True, False,
    ]  # fmt: skip
