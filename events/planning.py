"""Acts on events: the only writers of `InfoEvent.state` and `sequence`."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from accounts.models import User
from events import letters, notices, registration
from events.models import (
    Contribution,
    EventMode,
    EventSeries,
    EventStep,
    FeedbackQuestion,
    InfoEvent,
    Question,
    Registration,
)
from events.rules.feedback import QUESTIONS
from events.rules.opening import MOVES, EventState

# What people keep in their calendars: a change of these is told to everyone registered.
IN_CALENDARS = {"title", "starts_at", "ends_at", "place", "mode", "join_link"}
COPIED = ("title", "kind", "mode", "place", "capacity", "per_centre", "hosts", "description", "offer_hours")


class NotPossibleError(Exception):
    """The event cannot take this step; the text may be shown to the person."""


@transaction.atomic
def draft(event: InfoEvent, *, by: User, at: datetime, series: str | None = None) -> InfoEvent:
    """Store a new event; only the service office and the ministry see it. `series` is as in `change`."""
    _put_into(event, series)
    event.save()
    FeedbackQuestion.objects.bulk_create(
        FeedbackQuestion(event=event, position=position, text=text, scale=scale)
        for position, (text, scale) in enumerate(QUESTIONS, start=1)
    )
    _note(event, "draft", "", by=by, at=at)
    return event


@transaction.atomic
def publish(event: InfoEvent, *, by: User, at: datetime) -> EventStep:
    """From now on the event is public and can be booked. Raises NotPossibleError where something is still missing."""
    event = _lock(event)
    _require(event.starts_at > at, "Der Beginn liegt in der Vergangenheit. Bitte prüfen Sie Tag und Uhrzeit.")
    _require(
        event.mode == EventMode.ONLINE or bool(event.place),
        "Bitte tragen Sie den Ort ein; ohne ihn lässt sich eine Veranstaltung vor Ort nicht veröffentlichen.",
    )
    _require(
        event.registration_until <= event.day,
        "Die Anmeldung endet erst nach dem Tag der Veranstaltung. Bitte prüfen Sie das Ende der Anmeldung.",
    )
    return _move(event, "publish", by=by, at=at)


@transaction.atomic
def change(
    event: InfoEvent,
    *,
    changed: Collection[str],
    by: User,
    at: datetime,
    reason: str = "",
    series: str | None = None,
) -> EventStep | None:
    """Store an edited event. What people keep in their calendars raises `sequence`, and the step tells why.

    `changed` names the fields that differ. `series` names the series it belongs to, which is made where there is none
    of the name; empty means none, None leaves it as it is. Free seats that came with a larger capacity are offered
    at once.
    """
    current = _lock(event)
    _require(current.state in {EventState.DRAFT, EventState.PUBLISHED}, _over(current))
    _require_seats(event)
    ahead = max(current.starts_at, event.starts_at) > at  # what is corrected afterwards is news to nobody
    told = ahead and current.state == EventState.PUBLISHED and bool(IN_CALENDARS.intersection(changed))
    _put_into(event, series)
    event.state, event.sequence = current.state, current.sequence + told
    event.save()
    rescope(event)
    if event.mode != EventMode.BOTH:  # there is one way left to take part
        event.registrations.active().exclude(attends=event.mode).update(attends=event.mode)
    step = _tell(current, event, by=by, at=at, reason=reason) if told else None
    if event.state == EventState.PUBLISHED:
        registration.offer_free_seats(event, at=at)
    return step


@transaction.atomic
def cancel(event: InfoEvent, *, by: User, at: datetime, reason: str) -> EventStep:
    """Everyone registered learns of it, with the reason."""
    _require(bool(reason.strip()), "Bitte nennen Sie den Grund der Absage; er steht in der Nachricht an alle.")
    event = _lock(event)
    _require(
        not event.registrations.filter(attended=True).exists(),
        "Es ist schon jemand als anwesend vermerkt; eine Veranstaltung, die stattfindet, lässt sich nicht absagen.",
    )
    event.sequence += 1
    step = _move(event, "cancel", by=by, at=at, reason=reason.strip())
    letters.write_all(notices.called_off(step), at=at)
    return step


@transaction.atomic
def hold(event: InfoEvent, *, by: User, at: datetime) -> EventStep:
    """The event took place."""
    event = _lock(event)
    _require(event.starts_at <= at, "Die Veranstaltung hat noch nicht begonnen.")
    return _move(event, "hold", by=by, at=at)


@transaction.atomic
def copy(
    event: InfoEvent, *, starts_at: datetime, by: User, at: datetime, place: str | None = None, join_link: str = ""
) -> InfoEvent:
    """A draft like this event on another day, with programme, questions and the same time to register.

    The join link is not copied: a room of last time must not be announced for this time.
    """
    later = starts_at - event.starts_at
    days = timedelta(days=(timezone.localdate(starts_at) - event.day).days)
    copied = InfoEvent(
        **{**model_to_dict(event, fields=COPIED), "place": event.place if place is None else place},
        join_link=join_link,
        series=event.series,
        starts_at=starts_at,
        ends_at=event.ends_at + later,
        registration_from=event.registration_from + days,
        registration_until=event.registration_until + days,
    )
    draft(copied, by=by, at=at)
    copied.feedback.all().delete()
    for model in (Contribution, Question, FeedbackQuestion):
        model._default_manager.bulk_create(_copies(model, event, copied))
    return copied


def _tell(old: InfoEvent, event: InfoEvent, *, by: User, at: datetime, reason: str) -> EventStep:
    step = _note(event, "change", event.state, by=by, at=at, reason=reason)
    letters.write_all(notices.changed(old, step), at=at)
    return step


def rescope(event: InfoEvent) -> None:
    """After the event has joined or left a series: within what one booking per person is enough."""
    stale = Registration.objects.filter(event=event).exclude(scope=event.scope)
    try:
        with transaction.atomic():
            stale.update(scope=event.scope)
    except IntegrityError as error:
        raise NotPossibleError(
            "Jemand ist zu dieser Veranstaltung und zu einem anderen Termin der Reihe angemeldet. "
            "Bitte melden Sie die Person erst von einem der beiden ab."
        ) from error


def _require_seats(event: InfoEvent) -> None:
    """The database says so, too; here it becomes a sentence with the number that would do."""
    held = registration.seats_by_centre(event)
    taken, most = held.total(), max((seats for centre, seats in held.items() if centre), default=0)
    _require(
        event.capacity >= taken,
        f"Es sind schon {taken} Plätze vergeben oder angeboten. Bitte geben Sie insgesamt mindestens so viele an.",
    )
    _require(
        event.per_centre is None or event.per_centre >= most,
        f"Ein Familienzentrum hat schon {most} Plätze. Bitte geben Sie je Familienzentrum mindestens so viele an.",
    )


def _put_into(event: InfoEvent, series: str | None) -> None:
    if series is not None:
        event.series = EventSeries.objects.get_or_create(label=series)[0] if series else None


def _copies(model: type[models.Model], event: InfoEvent, copied: InfoEvent) -> list[Any]:
    rows: list[Any] = list(model._default_manager.filter(event=event).order_by("position"))
    for row in rows:
        row.pk, row.event = None, copied
    return rows


def _lock(event: InfoEvent) -> InfoEvent:
    return InfoEvent.objects.select_for_update(no_key=True).get(pk=event.pk)


def _move(event: InfoEvent, act: str, *, by: User, at: datetime, reason: str = "") -> EventStep:
    sources, target = MOVES[act]
    _require(event.state in sources, _over(event))
    old, event.state = event.state, target.value
    event.save(update_fields=["state", "sequence"])
    return _note(event, act, old, by=by, at=at, reason=reason)


def _note(event: InfoEvent, act: str, old: str, *, by: User, at: datetime, reason: str = "") -> EventStep:
    return EventStep.objects.create(event=event, act=act, old=old, new=event.state, by=by, at=at, reason=reason)


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise NotPossibleError(sentence)


def _over(event: InfoEvent) -> str:
    return f"Das geht nicht, die Veranstaltung ist „{EventState(event.state).label}“."
