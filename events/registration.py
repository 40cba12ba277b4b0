"""Acts on registrations: the only writers of `Registration.state`.

Each locks the event first, so that seats are given out one after the other; the database counts once more.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from centres.models import FamilyCentre
from events import letters, notices
from events.models import EventMode, InfoEvent, Question, Registration, RegistrationAnswer, RegistrationStep
from events.rules.bookings import ENDS, MOVES, Booking, Waiting, in_order, next_in_line, offer_ends
from events.rules.opening import EventState

AGAIN = "Bitte melden Sie sich noch einmal an."


class NotPossibleError(Exception):
    """The registration cannot take this step; the text may be shown to the person."""


class TwiceError(NotPossibleError):
    """The address is registered already. Only whoever owns it may learn so."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who comes. Guests have no account; nobody has to belong to a centre at an open event."""

    name: str
    email: str
    centre: FamilyCentre | None = None
    user: User | None = None


@transaction.atomic
def register(
    event: InfoEvent,
    *,
    who: Attendee,
    attends: EventMode,
    by: User | None,
    at: datetime,
    answers: Mapping[Question, str] | None = None,
    confirm_hours: int = 0,
) -> Registration:
    """A seat where one is free, else a place on the waiting list. Raises NotPossibleError where it is closed.

    With `confirm_hours` nobody knows yet whether the address is whose it seems: the seat is kept so
    long for its owner to say yes. Whoever waits says so by taking the seat that is offered.
    """
    event = _lock(event)
    end_late(event, at=at)
    if because := event.window.closed_because(timezone.localtime(at)):
        raise NotPossibleError(because)
    if registered_as(who.email, event):
        raise TwiceError(_twice(event))
    registration = _create(event, who, attends, at, confirm_hours)
    _answer(registration, answers or {})
    _note(registration, "register", "", by=by, at=at)
    letters.write_all([_confirmation(registration, at)], at=at)
    return registration


def registered_as(email: str, event: InfoEvent) -> Registration | None:
    """What this address has in the event or its series: a seat, an offer or a place on the waiting list."""
    mine = Registration.objects.active().filter(scope=event.scope, email__iexact=email)
    return mine.select_related("event", "centre").first()


def seats_by_centre(event: InfoEvent) -> Counter[Any]:
    """The seats taken, by the key of the centre; guests without one count under None."""
    return Counter(event.registrations.taken().values_list("centre", flat=True))


def place_in_line(registration: Registration) -> int:
    """Which place on the waiting list it has, counted from one."""
    queue = in_order(_in_queue(each) for each in registration.event.registrations.waiting())
    return [each.key for each in queue].index(registration.pk) + 1


def remind_of_registration(registration: Registration, *, at: datetime) -> None:
    """Somebody tried to register this address again: its owner learns so by letter, nobody else."""
    pending = registration.state == Booking.PENDING
    again = (
        notices.to_confirm(registration, day=timezone.localdate(at))
        if pending
        else notices.known(registration, at=at)
    )
    letters.write_all([again], at=at)


@transaction.atomic
def cancel(registration: Registration, *, by: User | None, at: datetime, reason: str = "") -> Registration:
    """Give the place back; whoever is next in line is offered it. Nobody is offered a place again who cancelled.

    The number of the event's entry rises: a calendar strikes out only what it hears by a higher one.
    """
    event = _lock(registration.event)
    had_seat = Registration.objects.filter(pk=registration.pk, state=Booking.BOOKED).exists()
    registration = _move(registration, "cancel", by=by, at=at, reason=reason)
    if had_seat:
        event.sequence += 1
        event.save(update_fields=["sequence"])
    registration.event = event
    letters.write_all([notices.cancelled(registration, had_seat=had_seat, reason=reason, at=at)], at=at)
    offer_free_seats(event, at=at)
    return registration


@transaction.atomic
def accept(registration: Registration, *, by: User | None, at: datetime) -> Registration:
    _require_ahead(_lock(registration.event), at)
    _require_in_time(registration, at)
    registration = _move(registration, "accept", by=by, at=at, offered_until=None)
    letters.write_all([notices.booked(registration, at=at)], at=at)
    return registration


@transaction.atomic
def confirm(registration: Registration, *, by: User | None, at: datetime) -> Registration:
    """Whoever owns the address says yes: from now on the seat is booked."""
    _require_ahead(_lock(registration.event), at)
    if registration.confirm_until and registration.confirm_until <= at:
        raise NotPossibleError(f"Die Frist zum Bestätigen ist abgelaufen. {AGAIN}")
    registration = _move(registration, "confirm", by=by, at=at)
    letters.write_all([notices.booked(registration, at=at)], at=at)
    return registration


@transaction.atomic
def offer_free_seats(event: InfoEvent, *, at: datetime) -> list[Registration]:
    """Offer every free seat to whoever is next in line, until a time; never once the event has begun."""
    event = _lock(event)
    until = offer_ends(at, hours=event.offer_hours, starts_at=event.starts_at)
    if until is None or event.state != EventState.PUBLISHED:
        return []
    waiting, held = {each.pk: each for each in event.registrations.waiting()}, seats_by_centre(event)
    chosen = next_in_line(
        map(_in_queue, waiting.values()),
        free=event.capacity - held.total(),
        per_centre=event.per_centre,
        taken=held,
    )
    offered = [_move(waiting[each.key], "offer", by=None, at=at, offered_until=until) for each in chosen]
    letters.write_all(map(notices.offered, offered), at=at)
    return offered


@transaction.atomic
def end_late(event: InfoEvent, *, at: datetime) -> int:
    """What nobody took or confirmed in time ends, whatever became of the event; the number of them.

    While the event is ahead the seats go to whoever is next. An address nobody has confirmed gets no further letter.
    """
    event = _lock(event)
    late = list(event.registrations.late(at=at).order_by("pk"))
    ended = [_move(each, ENDS[Booking(each.state)], by=None, at=at) for each in late]
    if ended and event.state == EventState.PUBLISHED and at < event.starts_at:
        letters.write_all((notices.lapsed(each) for each in ended if each.state == Booking.LAPSED), at=at)
        offer_free_seats(event, at=at)
    return len(ended)


def pass_on(*, at: datetime) -> int:
    """Every seat that fell free goes on, event by event; how many ended in vain or were offered."""
    late = InfoEvent.objects.filter(pk__in=Registration.objects.late(at=at).values("event"))
    queued = InfoEvent.objects.upcoming(at=at).filter(pk__in=Registration.objects.waiting().values("event"))
    events = list((late | queued).order_by("starts_at", "pk"))
    return sum(end_late(event, at=at) + len(offer_free_seats(event, at=at)) for event in events)


@transaction.atomic
def prioritise(registration: Registration, *, by: User, at: datetime, priority: int, reason: str) -> Registration:
    """Serve someone before others, for a reason everybody at the service office can read."""
    _lock(registration.event)
    if not reason.strip():
        raise NotPossibleError("Bitte nennen Sie den Grund des Vorrangs.")
    registration.priority, registration.priority_reason = priority, reason.strip()
    registration.save(update_fields=["priority", "priority_reason"])
    _note(registration, "prioritise", registration.state, by=by, at=at, reason=reason.strip())
    return registration


def _create(event: InfoEvent, who: Attendee, attends: EventMode, at: datetime, confirm_hours: int) -> Registration:
    free = _has_seat(event, who.centre)
    until = offer_ends(at, hours=confirm_hours, starts_at=event.starts_at) if free and confirm_hours else None
    try:
        with transaction.atomic():  # another day of the series has its own lock: the database decides
            return Registration.objects.create(
                event=event,
                scope=event.scope,
                centre=who.centre,
                user=who.user,
                name=who.name,
                email=who.email,
                attends=attends,
                state=(Booking.PENDING if until else Booking.BOOKED) if free else Booking.WAITING,
                registered_at=at,
                waiting_since=None if free else at,
                confirm_until=until,
            )
    except IntegrityError as error:
        if registered_as(who.email, event) is None:
            raise
        raise TwiceError(_twice(event)) from error


def _confirmation(registration: Registration, at: datetime) -> letters.Note:
    if registration.state == Booking.BOOKED:
        return notices.booked(registration, at=at)
    if registration.state == Booking.PENDING:
        return notices.to_confirm(registration)
    return notices.waiting(registration, place=place_in_line(registration))


def _lock(event: InfoEvent) -> InfoEvent:
    return InfoEvent.objects.select_for_update(no_key=True).get(pk=event.pk)


def _move(
    registration: Registration, act: str, *, by: User | None, at: datetime, reason: str = "", **fields: Any
) -> Registration:
    sources, target = MOVES[act]
    registration = Registration.objects.select_related("event", "centre").get(pk=registration.pk)
    if registration.state not in sources:
        raise NotPossibleError(f"Das geht nicht mehr: Die Anmeldung ist „{Booking(registration.state).label}“.")
    old = registration.state
    for name, value in {"state": target, **fields}.items():
        setattr(registration, name, value)
    registration.save(update_fields=["state", *fields])
    _note(registration, act, old, by=by, at=at, reason=reason)
    return registration


def _note(
    registration: Registration, act: str, old: str, *, by: User | None, at: datetime, reason: str = ""
) -> RegistrationStep:
    return RegistrationStep.objects.create(
        registration=registration, act=act, old=old, new=registration.state, by=by, at=at, reason=reason
    )


def _has_seat(event: InfoEvent, centre: FamilyCentre | None) -> bool:
    """Whoever waits comes first: a newcomer never overtakes the waiting list."""
    held = seats_by_centre(event)
    newcomer = Waiting(0, event.starts_at, 0, centre.pk if centre else None)
    queue = [_in_queue(each) for each in event.registrations.waiting()]
    free = event.capacity - held.total()
    return newcomer in next_in_line([*queue, newcomer], free=free, per_centre=event.per_centre, taken=held)


def _in_queue(registration: Registration) -> Waiting:
    since = registration.waiting_since or registration.registered_at
    return Waiting(registration.pk, since, registration.priority, registration.centre_id)


def _answer(registration: Registration, answers: Mapping[Question, str]) -> None:
    RegistrationAnswer.objects.bulk_create(
        RegistrationAnswer(registration=registration, question=question, text=text)
        for question, text in answers.items()
        if text
    )


def _require_ahead(event: InfoEvent, at: datetime) -> None:
    if event.state != EventState.PUBLISHED or at >= event.starts_at:
        raise NotPossibleError(event.window.closed_because(timezone.localtime(at)))


def _require_in_time(registration: Registration, at: datetime) -> None:
    fresh = Registration.objects.get(pk=registration.pk)
    if fresh.offered_until and fresh.offered_until <= at:
        raise NotPossibleError("Die Frist für diesen Platz ist abgelaufen; er ist schon weiter angeboten.")


def _twice(event: InfoEvent) -> str:
    what = f"zu einem Termin der Reihe „{event.series}“" if event.series else "zu dieser Veranstaltung"
    return f"Diese E-Mail-Adresse ist schon {what} angemeldet. Eine Anmeldung je Person genügt."
