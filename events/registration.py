"""Acts on registrations: the only writers of `Registration.state`.

Each locks the event first, so that seats are given out one after the other; the database counts once more.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres.models import FamilyCentre
from events.models import EventMode, InfoEvent, Question, Registration, RegistrationAnswer, RegistrationStep
from events.rules.bookings import MOVES, Booking, Waiting, next_in_line, offer_ends


class NotPossibleError(Exception):
    """The registration cannot take this step; the text may be shown to the person."""


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
) -> Registration:
    """A seat where one is free, else a place on the waiting list. Raises NotPossibleError where it is closed."""
    event = _lock(event)
    if because := event.window.closed_because(timezone.localtime(at)):
        raise NotPossibleError(because)
    if Registration.objects.active().filter(scope=event.scope, email__iexact=who.email).exists():
        raise NotPossibleError(_twice(event))
    free = _has_seat(event, who.centre)
    registration = Registration.objects.create(
        event=event,
        scope=event.scope,
        centre=who.centre,
        user=who.user,
        name=who.name,
        email=who.email,
        attends=attends,
        state=Booking.BOOKED if free else Booking.WAITING,
        registered_at=at,
        waiting_since=None if free else at,
    )
    _answer(registration, answers or {})
    _note(registration, "register", "", by=by, at=at)
    return registration


@transaction.atomic
def cancel(registration: Registration, *, by: User | None, at: datetime, reason: str = "") -> Registration:
    """Give the place back; whoever is next in line is offered it. Nobody is offered a place again who cancelled."""
    event = _lock(registration.event)
    registration = _move(registration, "cancel", by=by, at=at, reason=reason)
    offer_free_seats(event, at=at)
    return registration


@transaction.atomic
def accept(registration: Registration, *, by: User | None, at: datetime) -> Registration:
    _lock(registration.event)
    _require_in_time(registration, at)
    return _move(registration, "accept", by=by, at=at, offered_until=None)


@transaction.atomic
def offer_free_seats(event: InfoEvent, *, at: datetime) -> list[Registration]:
    """Offer every free seat to whoever is next in line, until a time; never once the event has begun."""
    event = _lock(event)
    until = offer_ends(at, hours=event.offer_hours, starts_at=event.starts_at)
    if until is None or event.state != "published":
        return []
    waiting, held = {each.pk: each for each in event.registrations.waiting()}, _seats_by_centre(event)
    chosen = next_in_line(
        map(_in_queue, waiting.values()),
        free=event.capacity - held.total(),
        per_centre=event.per_centre,
        taken=held,
    )
    return [_move(waiting[each.key], "offer", by=None, at=at, offered_until=until) for each in chosen]


@transaction.atomic
def lapse_offers(event: InfoEvent, *, at: datetime) -> int:
    """Offers nobody took in time go to whoever is next; the number of them."""
    event = _lock(event)
    late = list(event.registrations.filter(state=Booking.OFFERED, offered_until__lte=at))
    for registration in late:
        _move(registration, "lapse", by=None, at=at)
    if late:
        offer_free_seats(event, at=at)
    return len(late)


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


def _lock(event: InfoEvent) -> InfoEvent:
    return InfoEvent.objects.select_for_update(no_key=True).get(pk=event.pk)


def _move(
    registration: Registration, act: str, *, by: User | None, at: datetime, reason: str = "", **fields: Any
) -> Registration:
    sources, target = MOVES[act]
    registration = Registration.objects.select_related("event").get(pk=registration.pk)
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
    held = _seats_by_centre(event)
    newcomer = Waiting(0, event.starts_at, 0, centre.pk if centre else None)
    queue = [_in_queue(each) for each in event.registrations.waiting()]
    free = event.capacity - held.total()
    return newcomer in next_in_line([*queue, newcomer], free=free, per_centre=event.per_centre, taken=held)


def _in_queue(registration: Registration) -> Waiting:
    since = registration.waiting_since or registration.registered_at
    return Waiting(registration.pk, since, registration.priority, registration.centre_id)


def _seats_by_centre(event: InfoEvent) -> Counter[Any]:
    return Counter(event.registrations.taken().values_list("centre", flat=True))


def _answer(registration: Registration, answers: Mapping[Question, str]) -> None:
    RegistrationAnswer.objects.bulk_create(
        RegistrationAnswer(registration=registration, question=question, text=text)
        for question, text in answers.items()
        if text
    )


def _require_in_time(registration: Registration, at: datetime) -> None:
    fresh = Registration.objects.get(pk=registration.pk)
    if fresh.offered_until and fresh.offered_until <= at:
        raise NotPossibleError("Die Frist für diesen Platz ist abgelaufen; er ist schon weiter angeboten.")


def _twice(event: InfoEvent) -> str:
    what = f"zu einem Termin der Reihe „{event.series}“" if event.series else "zu dieser Veranstaltung"
    return f"Diese E-Mail-Adresse ist schon {what} angemeldet. Eine Anmeldung je Person genügt."
