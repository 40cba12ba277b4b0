"""Who is there and who is still missing, as the people at the doors look at it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from events.attendees import found_by
from events.models import AttendanceStep, EventMode, InfoEvent, Proof, Registration
from events.rules.bookings import TAKEN, Booking
from events.rules.names import initial, order


@dataclass(frozen=True, slots=True)
class Guest:
    """One line of the list; `proof` is the one in force."""

    registration: Registration
    initial: str
    proof: Proof | None = None

    @property
    def came_without_seat(self) -> bool:
        return self.registration.state not in TAKEN


@dataclass(frozen=True, slots=True)
class Counts:
    """`there` of all who came, `seats` of all who said they would, `open` of whom nothing is known."""

    there: int
    seats: int
    open: int


def counts(event: InfoEvent) -> Counts:
    seated = Q(state=Booking.BOOKED)
    return Counts(
        **event.registrations.aggregate(
            there=Count("pk", filter=Q(attended=True)),
            seats=Count("pk", filter=seated),
            open=Count("pk", filter=seated & Q(attended=None)),
        )
    )


def stamp(event: InfoEvent) -> int:
    """Rises with each mark of the event, so that a page can ask whether anything is new."""
    latest = AttendanceStep.objects.filter(registration__event=event).aggregate(latest=Max("pk"))["latest"]
    return int(latest or 0)


def guests(event: InfoEvent, *, text: str = "", shown: str = "", proofs: bool = False) -> list[Guest]:
    """By German name order. Whoever has no seat is found by asking for the name: some come all the same."""
    rows = event.registrations.select_related("centre", "attendance_by")
    expected = rows.filter(Q(state__in=sorted(TAKEN)) | Q(attended=True))
    rows = found_by(rows, text) if text else expected
    if shown:
        rows = rows.filter(attended=True) if shown == "da" else rows.exclude(attended=True)
    return in_order(rows, _proofs(event) if proofs else {})


def on_paper(event: InfoEvent) -> list[Registration]:
    """Everybody who is expected at the door: with a seat, on site where that can be chosen."""
    seated = event.registrations.filter(state=Booking.BOOKED).select_related("centre")
    if event.mode == EventMode.BOTH:
        seated = seated.filter(attends=EventMode.ON_SITE)
    return [guest.registration for guest in in_order(seated, {})]


def in_order(rows: Iterable[Registration], proofs: dict[int, Proof]) -> list[Guest]:
    listed = sorted(rows, key=lambda each: (order(each.name), each.pk))
    return [Guest(each, initial(each.name), proofs.get(each.pk)) for each in listed]


def _proofs(event: InfoEvent) -> dict[int, Proof]:
    current = Proof.objects.current().filter(registration__event=event).defer("facts")
    return {proof.registration_id: proof for proof in current}
