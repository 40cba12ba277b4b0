"""Acts on who was there: the only writers of `Registration.attended`. Each change is a row.

Three ways lead here: ticks at the door, the list of a video system (`events.participants`) and the paper list, which
somebody ticks off afterwards. Each locks the event first, as the acts on registrations do. Until the attendance is
concluded ticks come and go; from then on people have their proofs, and every correction says why.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from centres import facts
from centres.models import FactKind
from events import letters, notices, planning, proofs
from events.models import AttendanceStep, EventMode, EventStep, InfoEvent, Registration, RegistrationStep
from events.registration import Attendee
from events.rules import wording
from events.rules.attendance import closed_because
from events.rules.bookings import Booking
from events.rules.opening import EventState

How = AttendanceStep.How
CONCLUDED = "attendance"
LATE = "Die Teilnahme ist abgeschlossen. Bitte nennen Sie den Grund des Nachtrags."
FINAL = "Die Teilnahme ist abgeschlossen. Bitte berichtigen Sie den Eintrag und nennen Sie den Grund."


class NotPossibleError(Exception):
    """The attendance cannot be recorded so; the text may be shown to the person."""


@transaction.atomic
def tick(registration: Registration, *, by: User, at: datetime) -> AttendanceStep | None:
    """Somebody is there. None where that is known already: two people at two doors may both say so."""
    _require_running(lock(registration.event), by, at)
    return _record(registration, True, How.LIST, by=by, at=at)


@transaction.atomic
def untick(registration: Registration, *, by: User, at: datetime) -> AttendanceStep | None:
    """The tick was a mistake: nothing is known again."""
    _require_running(lock(registration.event), by, at)
    return _record(registration, None, How.LIST, by=by, at=at)


@transaction.atomic
def add_walk_in(
    event: InfoEvent,
    *,
    who: Attendee,
    by: User,
    at: datetime,
    how: How = How.LIST,
    minutes: int | None = None,
    reason: str = "",
) -> Registration:
    """Somebody came without a registration. Whoever has one, by the address, is ticked off instead.

    After the conclusion it is a correction and needs a `reason`.
    """
    event = lock(event)
    require_open(event, by=by, at=at)
    late = is_concluded(event)
    _require(not late or bool(reason.strip()), LATE)
    how = How.CORRECTION if late and how == How.LIST else how
    registration = _registered(event, who.email) or _walked_in(event, who, online=how == How.FILE, by=by, at=at)
    step = _record(registration, True, how, by=by, at=at, minutes=minutes, reason=reason.strip())
    if step and late:
        _was_there([step.registration], at=at)
    return step.registration if step else registration


@transaction.atomic
def seen(registration: Registration, *, minutes: int, reason: str, by: User, at: datetime) -> AttendanceStep | None:
    """The video system has seen somebody. After the conclusion it is a correction, with its proof."""
    event = lock(registration.event)
    require_open(event, by=by, at=at)
    step = _record(registration, True, How.FILE, by=by, at=at, minutes=minutes, reason=reason)
    if step and is_concluded(event):
        _was_there([step.registration], at=at)
    return step


@transaction.atomic
def conclude(event: InfoEvent, *, by: User, at: datetime) -> EventStep:
    """The event was held, and whoever had a seat and was not seen was absent. Everybody there gets a proof."""
    event = lock(event)
    _require_running(event, by, at)
    _require(event.starts_at <= at, "Die Veranstaltung hat noch nicht begonnen.")
    if event.state == EventState.PUBLISHED:
        planning.hold(event, by=by, at=at)
    _miss(event, by=by, at=at)
    there = event.registrations.filter(attended=True).select_related("centre", "event").order_by("pk")
    _was_there(list(there), at=at)
    held = EventState.HELD.value
    return EventStep.objects.create(event=event, act=CONCLUDED, old=held, new=held, by=by, at=at)


@transaction.atomic
def correct(registration: Registration, *, present: bool, reason: str, by: User, at: datetime) -> AttendanceStep:
    """After the conclusion: somebody was there after all, or was not. The proof is ordered or withdrawn."""
    event = lock(registration.event)
    require_open(event, by=by, at=at)
    _require(is_concluded(event), "Die Teilnahme ist noch nicht abgeschlossen; sie lässt sich noch abhaken.")
    _require(bool(reason.strip()), "Bitte nennen Sie den Grund der Berichtigung.")
    step = _record(registration, present, How.CORRECTION, by=by, at=at, reason=reason.strip())
    if step is None:
        raise NotPossibleError("Das steht schon so da.")
    if present:
        _was_there([step.registration], at=at)
    else:
        _was_not_there(step.registration, reason=reason.strip(), at=at)
    return step


def is_concluded(event: InfoEvent) -> bool:
    return event.steps.filter(act=CONCLUDED).exists()


def lock(event: InfoEvent) -> InfoEvent:
    return InfoEvent.objects.select_for_update(no_key=True).get(pk=event.pk)


def _record(
    registration: Registration,
    new: bool | None,
    how: How,
    *,
    by: User,
    at: datetime,
    minutes: int | None = None,
    reason: str = "",
) -> AttendanceStep | None:
    fresh = Registration.objects.select_related("event", "centre").get(pk=registration.pk)
    if (old := fresh.attended) == new:
        return None
    known = new is not None
    fresh.attended, fresh.attendance_at, fresh.attendance_by = new, at if known else None, by if known else None
    fresh.save(update_fields=["attended", "attendance_at", "attendance_by"])
    return AttendanceStep.objects.create(
        registration=fresh, old=old, new=new, how=how, minutes=minutes, by=by, at=at, reason=reason
    )


def _registered(event: InfoEvent, email: str) -> Registration | None:
    """What this address has in the event: a seat rather than one given back."""
    known = event.registrations.filter(email__iexact=email) if email else ()
    return max(known, key=lambda each: (bool(each.attended), each.is_active, each.pk), default=None)


def _walked_in(event: InfoEvent, who: Attendee, *, online: bool, by: User, at: datetime) -> Registration:
    registration = Registration.objects.create(
        event=event,
        scope=event.scope,
        centre=who.centre,
        user=who.user,
        name=who.name,
        email=who.email,
        attends=EventMode.ONLINE if online or event.mode == EventMode.ONLINE else EventMode.ON_SITE,
        state=Booking.WALK_IN,
        registered_at=at,
    )
    RegistrationStep.objects.create(
        registration=registration, act="walk_in", old="", new=Booking.WALK_IN, by=by, at=at
    )
    return registration


def _miss(event: InfoEvent, *, by: User, at: datetime) -> None:
    """Everybody with a seat of whom nothing is known, in two statements."""
    missing = event.registrations.filter(state=Booking.BOOKED, attended=None)
    steps = [
        AttendanceStep(registration_id=pk, old=None, new=False, how=How.CLOSING, by=by, at=at)
        for pk in missing.order_by("pk").values_list("pk", flat=True)
    ]
    missing.update(attended=False, attendance_at=at, attendance_by=by)
    AttendanceStep.objects.bulk_create(steps)


def _was_there(registrations: Iterable[Registration], *, at: datetime) -> None:
    """What follows: the proof, a letter about it to whoever can be written to, and the fact of the centre."""
    there = list(registrations)
    proofs.order_all(there, at=at)
    letters.write_all((notices.attended(each) for each in there if each.email), at=at)
    by_event = {each.event_id: each.event for each in there}
    for event in by_event.values():
        centres = {each.centre_id for each in there if each.centre_id and each.event_id == event.pk}
        facts.state(FactKind.BRIEFING, _key(event), _label(event), sorted(centres), on=event.day)


def _was_not_there(registration: Registration, *, reason: str, at: datetime) -> None:
    event = registration.event
    if withdrawn := proofs.withdraw(registration, reason=reason, at=at):
        letters.write_all([notices.proof_withdrawn(withdrawn)] if registration.email else [], at=at)
    others = event.registrations.filter(centre=registration.centre_id, attended=True)
    if registration.centre_id and not others.exists():
        facts.retract(FactKind.BRIEFING, _key(event), registration.centre_id)


def _key(event: InfoEvent) -> str:
    return f"event-{event.pk}"


def _label(event: InfoEvent) -> str:
    """What other rooms show of it: no word about who was there."""
    return f"{event.title}, {wording.day(event.day)}"


def _require_running(event: InfoEvent, by: User, at: datetime) -> None:
    require_open(event, by=by, at=at)
    _require(not is_concluded(event), FINAL)


def require_open(event: InfoEvent, *, by: User, at: datetime) -> None:
    """Whether this person may record who was there now. Raises NotPossibleError."""
    _require(by.role in {Role.SERVICE_OFFICE, Role.MINISTRY}, "Das tut nur die Servicestelle.")
    because = closed_because(EventState(event.state), event.day, today=timezone.localdate(at))
    _require(not because, because)


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise NotPossibleError(sentence)
