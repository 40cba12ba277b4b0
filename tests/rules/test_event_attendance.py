from datetime import date, timedelta

import pytest

from events.rules.attendance import closed_because
from events.rules.opening import EventState

DAY = date(2026, 9, 18)


@pytest.mark.parametrize("state", [EventState.PUBLISHED, EventState.HELD])
@pytest.mark.parametrize(("days", "is_open"), [(-1, False), (0, True), (1, True), (900, True)])
def test_from_the_day_of_the_event_on(state: EventState, days: int, is_open: bool) -> None:
    assert (closed_because(state, DAY, today=DAY + timedelta(days=days)) == "") is is_open


@pytest.mark.parametrize("state", [EventState.DRAFT, EventState.CANCELLED])
def test_never_where_nothing_takes_place(state: EventState) -> None:
    assert closed_because(state, DAY, today=DAY)
