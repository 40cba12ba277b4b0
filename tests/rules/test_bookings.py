from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from events.rules.bookings import ACTIVE, LABELS, MOVES, Booking, Waiting, in_order, next_in_line, offer_ends

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
people = st.lists(
    st.builds(
        Waiting,
        key=st.integers(1, 10_000),
        since=st.integers(0, 1000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
        priority=st.integers(0, 2),
        centre=st.one_of(st.none(), st.integers(1, 4)),
    ),
    unique_by=lambda each: each.key,
    max_size=20,
)


def waiting(key: int, *, minutes: int = 0, priority: int = 0, centre: int | None = None) -> Waiting:
    return Waiting(key, NOW + timedelta(minutes=minutes), priority, centre)


def test_first_come_first_served_unless_somebody_has_priority() -> None:
    early, late, urgent = waiting(1), waiting(2, minutes=5), waiting(3, minutes=9, priority=1)

    assert in_order([late, urgent, early]) == [urgent, early, late]


def test_a_centre_with_all_its_seats_is_passed_over() -> None:
    full, other = waiting(1, centre=7), waiting(2, minutes=1, centre=8)

    assert next_in_line([full, other], free=1, per_centre=2, taken={7: 2}) == [other]


def test_seats_offered_now_count_against_the_limit_of_a_centre() -> None:
    siblings = [waiting(1, centre=7), waiting(2, minutes=1, centre=7)]

    assert next_in_line(siblings, free=2, per_centre=1, taken={}) == siblings[:1]


@given(people, st.integers(-3, 10), st.one_of(st.none(), st.integers(1, 3)))
def test_never_more_than_are_free_and_nobody_twice(queue: list[Waiting], free: int, per_centre: int | None) -> None:
    chosen = next_in_line(queue, free=free, per_centre=per_centre, taken={})

    assert len(chosen) <= max(free, 0)
    assert len({each.key for each in chosen}) == len(chosen)


@given(people, st.integers(0, 10))
def test_without_a_limit_the_list_is_served_in_its_order(queue: list[Waiting], free: int) -> None:
    assert next_in_line(queue, free=free, per_centre=None, taken={}) == in_order(queue)[:free]


def test_an_offer_never_outlives_the_start() -> None:
    assert offer_ends(NOW, hours=48, starts_at=NOW + timedelta(hours=3)) == NOW + timedelta(hours=3)
    assert offer_ends(NOW, hours=48, starts_at=NOW + timedelta(days=9)) == NOW + timedelta(hours=48)
    assert offer_ends(NOW, hours=48, starts_at=NOW) is None


def test_every_move_leads_to_a_state_with_a_name() -> None:
    assert {target for _, target in MOVES.values()} <= set(LABELS)
    assert [booking.label for booking in Booking if booking in ACTIVE] == [
        "noch nicht bestätigt",
        "angemeldet",
        "auf der Warteliste",
        "Platz angeboten",
    ]
