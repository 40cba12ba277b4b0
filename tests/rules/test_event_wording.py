from datetime import date, datetime, timedelta

import pytest

from events.rules import wording
from events.rules.reminders import DAY_BEFORE, WEEK_BEFORE, to_come

BEGINS = datetime(2026, 9, 18, 10)  # noqa: DTZ001 - as in Berlin
EVENT_DAY = BEGINS.date()


def test_a_span_names_the_second_day_only_where_it_is_another() -> None:
    assert wording.span(BEGINS, BEGINS.replace(hour=12)) == "Freitag, 18. September 2026, 10:00 bis 12:00 Uhr"
    assert wording.span(BEGINS, BEGINS + timedelta(days=1)) == (
        "Freitag, 18. September 2026, 10:00 bis 19. September 2026, 10:00 Uhr"
    )


@pytest.mark.parametrize(("days", "words"), [(0, "heute"), (1, "morgen"), (7, "in 7 Tagen")])
def test_days_left(days: int, words: str) -> None:
    assert wording.days_left(EVENT_DAY, EVENT_DAY - timedelta(days=days)) == words


@pytest.mark.parametrize(
    ("free", "waiting", "words"),
    [
        (1, 0, "Noch ein Platz frei."),
        (12, 0, "Noch 12 Plätze frei."),
        (0, 0, "Zurzeit ausgebucht. Wer sich anmeldet, kommt auf die Warteliste."),
        (0, 1, "Zurzeit ausgebucht. Auf der Warteliste steht eine Person."),
        (1, 3, "Zurzeit ausgebucht. Auf der Warteliste stehen 3 Personen."),
    ],
)
def test_seats_in_words(free: int, waiting: int, words: str) -> None:
    assert wording.seats(free, waiting) == words


@pytest.mark.parametrize(("limit", "words"), [(None, ""), (1, "einen Platz."), (2, "höchstens 2 Plätze.")])
def test_the_limit_of_a_centre_in_words(limit: int | None, words: str) -> None:
    assert words in wording.per_centre(limit)
    assert bool(wording.per_centre(limit)) == bool(words)


@pytest.mark.parametrize("days", range(10))
def test_on_no_day_two_reminders_of_one_event_are_in_force(days: int) -> None:
    today = EVENT_DAY - timedelta(days=days)
    spans = [each.event_days(today) for each in (WEEK_BEFORE, DAY_BEFORE)]

    in_force = [first <= EVENT_DAY <= last for first, last in spans]

    assert in_force == [2 <= days <= 7, days <= 1]


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 9, 10), [WEEK_BEFORE, DAY_BEFORE]),
        (date(2026, 9, 11), [DAY_BEFORE]),
        (date(2026, 9, 16), [DAY_BEFORE]),
        (date(2026, 9, 17), []),
    ],
)
def test_what_is_still_to_come_for_whoever_registers(today: date, left: list[object]) -> None:
    assert to_come(EVENT_DAY, today=today) == left
