from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from events.rules.opening import EventState, Window

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 9, 18, 10, tzinfo=BERLIN)


def window(state: EventState = EventState.PUBLISHED) -> Window:
    return Window(state, date(2026, 8, 1), date(2026, 9, 15), START)


@pytest.mark.parametrize(
    ("at", "because"),
    [
        (datetime(2026, 7, 31, 23, 59, tzinfo=BERLIN), "Die Anmeldung beginnt am 01.08.2026."),
        (datetime(2026, 8, 1, 0, 0, tzinfo=BERLIN), ""),
        (datetime(2026, 9, 15, 23, 59, tzinfo=BERLIN), ""),
        (datetime(2026, 9, 16, 0, 0, tzinfo=BERLIN), "Die Anmeldefrist endete am 15.09.2026."),
    ],
)
def test_closing_dates_are_the_end_of_that_day_in_berlin(at: datetime, because: str) -> None:
    assert window().closed_because(at) == because


def test_nothing_can_be_booked_once_it_has_begun() -> None:
    late = Window(EventState.PUBLISHED, date(2026, 8, 1), date(2026, 9, 18), START)

    assert "hat schon begonnen" in late.closed_because(START)


@pytest.mark.parametrize(
    ("state", "word"),
    [(EventState.CANCELLED, "abgesagt"), (EventState.HELD, "begonnen"), (EventState.DRAFT, "nicht veröffentlicht")],
)
def test_only_a_published_event_can_be_booked(state: EventState, word: str) -> None:
    assert word in window(state).closed_because(datetime(2026, 8, 9, tzinfo=BERLIN))


def test_states_have_names() -> None:
    assert [state.label for state in EventState] == ["Entwurf", "veröffentlicht", "abgesagt", "durchgeführt"]
