"""The life of a registration: one table of moves, and who is next in line. Plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Booking(StrEnum):
    """What a registration amounts to. Pending, booked and offered take a seat; the last four are final.

    A walk-in came without one and is written down afterwards: it takes no seat.
    Pending: somebody typed an address into a form anybody may send off, and its owner has not said yes yet.
    Expired: its owner never did. Lapsed: nobody took the place that was offered.
    """

    PENDING = "pending"
    BOOKED = "booked"
    WAITING = "waiting"
    OFFERED = "offered"
    LAPSED = "lapsed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    WALK_IN = "walk_in"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Booking.PENDING: "noch nicht bestätigt",
    Booking.BOOKED: "angemeldet",
    Booking.WAITING: "auf der Warteliste",
    Booking.OFFERED: "Platz angeboten",
    Booking.LAPSED: "Angebot verfallen",
    Booking.EXPIRED: "unbestätigt verfallen",
    Booking.CANCELLED: "abgemeldet",
    Booking.WALK_IN: "ohne Anmeldung gekommen",
}
TAKEN = frozenset({Booking.PENDING, Booking.BOOKED, Booking.OFFERED})
ACTIVE = TAKEN | {Booking.WAITING}
ENDS = {Booking.OFFERED: "lapse", Booking.PENDING: "expire"}  # the moves that time alone makes
MOVES = {
    "offer": (frozenset({Booking.WAITING}), Booking.OFFERED),
    "accept": (frozenset({Booking.OFFERED}), Booking.BOOKED),
    "confirm": (frozenset({Booking.PENDING}), Booking.BOOKED),
    "lapse": (frozenset({Booking.OFFERED}), Booking.LAPSED),
    "expire": (frozenset({Booking.PENDING}), Booking.EXPIRED),
    "cancel": (ACTIVE, Booking.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone on the waiting list: a higher priority, given by hand, goes first; then who came first."""

    key: int
    since: datetime
    priority: int = 0
    centre: int | None = None

    @property
    def order(self) -> tuple[int, datetime, int]:
        return (-self.priority, self.since, self.key)


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """The waiting list as it will be served; everybody may see it."""
    return sorted(waiting, key=lambda each: each.order)


def next_in_line(
    waiting: Iterable[Waiting], *, free: int, per_centre: int | None, taken: Mapping[int, int]
) -> list[Waiting]:
    """Who is offered the free seats. Someone whose centre has all its seats is passed over and keeps the place.

    `taken` counts the seats each centre holds; `per_centre` None means no limit.
    """
    held, chosen = Counter(taken), list[Waiting]()
    for each in in_order(waiting):
        if len(chosen) >= free:
            break
        if per_centre is not None and each.centre is not None and held[each.centre] >= per_centre:
            continue
        chosen.append(each)
        if each.centre is not None:
            held[each.centre] += 1
    return chosen


def offer_ends(at: datetime, *, hours: int, starts_at: datetime) -> datetime | None:
    """Until when an offered seat is kept: never beyond the start. None where there is no time left to offer it."""
    return min(at + timedelta(hours=hours), starts_at) if at < starts_at else None
