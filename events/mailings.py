"""Acts on mailings: the only writers of `Mailing` and `MailingRecipient`.

Released, a mailing's text and recipients stay as they are. Its letters follow in the background, once each by their
key; one hold of the mailing's occasion stops whatever has not left the house.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres import delivery, holds, post
from centres.models import FamilyCentre, Hold, Letter
from centres.models.letter import LetterQuerySet
from centres.rules import placeholders
from events.inviting import unanswered
from events.models import InfoEvent, Mailing, MailingGroup, MailingRecipient, MailingState
from events.rules.bookings import TAKEN, Booking

CHUNK = 100
RULE = "mailing/event"
PLACEHOLDERS = {
    "Name": "Name der Person",
    "Familienzentrum": "Name des Familienzentrums",
    "Veranstaltung": "Titel der Veranstaltung",
    "Tag": "Tag der Veranstaltung",
    "Uhrzeit": "Beginn der Veranstaltung",
}
WHY = {
    MailingGroup.BOOKED: "Sie sind zu dieser Veranstaltung angemeldet.",
    MailingGroup.WAITING: "Sie stehen auf der Warteliste dieser Veranstaltung.",
    MailingGroup.SILENT: "Sie sind zu dieser Veranstaltung eingeladen.",
    MailingGroup.ATTENDED: "Sie haben an dieser Veranstaltung teilgenommen.",
}


class NotPossibleError(Exception):
    """The mailing cannot take this step; the text may be shown to the person."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who would get the mailing, as things stand."""

    name: str
    email: str
    centre: FamilyCentre | None


def readers(mailing: Mailing) -> list[Reader]:
    """Each address once, by name; in one query."""
    found: dict[str, Reader] = {}
    for name, email, centre in _people(mailing):
        found.setdefault(email.lower(), Reader(name, email.lower(), centre))
    return sorted(found.values(), key=lambda each: (each.name.casefold(), each.email))


@transaction.atomic
def draft(mailing: Mailing, *, by: User, at: datetime) -> Mailing:
    """Store a new mailing, or an edited one that has not been released."""
    if mailing.pk:
        _require_draft(_lock(mailing))
    else:
        mailing.drafted_by, mailing.drafted_at = by, at
    mailing.save()
    return mailing


@transaction.atomic
def discard(mailing: Mailing) -> None:
    _require_draft(_lock(mailing))
    mailing.delete()


@transaction.atomic
def release(mailing: Mailing, *, confirmed: int, by: User, at: datetime) -> Mailing:
    """Freeze the recipients, if they are still as many as the person saw. From now on nothing of it changes."""
    mailing = _lock(mailing)
    _require_draft(mailing)
    people = readers(mailing)
    if len(people) != confirmed:
        raise NotPossibleError(
            f"Inzwischen sind es {len(people)} statt {confirmed} Personen. Bitte prüfen Sie die Liste noch einmal."
        )
    if not people:
        raise NotPossibleError("Zu dieser Gruppe gehört im Augenblick niemand.")
    mailing.state, mailing.released_by, mailing.released_at = MailingState.RELEASED, by, at
    mailing.save(update_fields=["state", "released_by", "released_at"])
    MailingRecipient.objects.bulk_create(
        MailingRecipient(mailing=mailing, name=each.name, email=each.email, centre=each.centre) for each in people
    )
    return mailing


@transaction.atomic
def stop(mailing: Mailing, *, by: User, at: datetime, reason: str) -> Hold:
    """Keep whatever has not left the house; what has left cannot be called back."""
    mailing = _lock(mailing)
    if mailing.state != MailingState.RELEASED or hold_of(mailing):
        raise NotPossibleError("Dieser Rundbrief ist nicht unterwegs.")
    about = f"Rundbrief „{mailing.subject}“ zu {mailing.event}"
    return holds.hold(by=by, at=at, reason=reason, about=about, occasion=mailing.occasion)


@transaction.atomic
def resume(mailing: Mailing, *, by: User, at: datetime) -> int:
    hold = hold_of(_lock(mailing))
    if hold is None:
        raise NotPossibleError("Dieser Rundbrief ist nicht angehalten.")
    going = holds.lift(hold, by=by, at=at)
    post.wake_delivery()
    return going


@transaction.atomic
def retry(mailing: Mailing, *, at: datetime) -> int:
    """Try again what did not arrive; the number of letters."""
    again = delivery.retry(letters_of(mailing), at=at)
    post.wake_delivery()
    return again


def hold_of(mailing: Mailing) -> Hold | None:
    return Hold.objects.in_force().filter(occasion=mailing.occasion).first()


def letters_of(mailing: Mailing) -> LetterQuerySet:
    return Letter.objects.of_occasion(mailing.occasion)


def filled(mailing: Mailing, reader: Reader | MailingRecipient) -> tuple[str, str]:
    """Subject and text as this person reads them."""
    values = _values(mailing.event, reader)
    return " ".join(placeholders.filled(mailing.subject, values).split()), placeholders.filled(mailing.text, values)


def write_letters(*, now: Callable[[], datetime]) -> int:
    """Write the letters of every released mailing that are not written yet; the number seen to."""
    written = 0
    while chunk := _write_chunk(at=now()):
        written += chunk
    return written


@transaction.atomic
def _write_chunk(*, at: datetime) -> int:
    waiting = MailingRecipient.objects.filter(written_at=None).select_for_update(of=("self",), skip_locked=True)
    chunk = list(waiting.select_related("mailing__event", "centre").order_by("pk")[:CHUNK])
    post.write_all(map(_occasion, chunk), at=at)
    return MailingRecipient.objects.filter(pk__in=[each.pk for each in chunk]).update(written_at=at)


def _occasion(recipient: MailingRecipient) -> post.Occasion:
    return post.Occasion(
        recipient.centre,
        "event_mailing",
        recipient.key,
        RULE,
        WHY[MailingGroup(recipient.mailing.group)],
        mandatory=False,
        context=_words(recipient),
        recipients=[{"user": 0, "email": recipient.email, "name": recipient.name}],
    )


def _words(recipient: MailingRecipient) -> dict[str, Any]:
    subject, text = filled(recipient.mailing, recipient)
    return {"mailing_subject": subject, "mailing_text": text}


def _values(event: InfoEvent, reader: Reader | MailingRecipient) -> Mapping[str, str]:
    begins = timezone.localtime(event.starts_at)
    return {
        "Name": reader.name or "liebe Kolleginnen und Kollegen",
        "Familienzentrum": reader.centre.name if reader.centre else "Ihr Familienzentrum",
        "Veranstaltung": event.title,
        "Tag": f"{begins:%d.%m.%Y}",
        "Uhrzeit": f"{begins:%H:%M} Uhr",
    }


def _people(mailing: Mailing) -> Iterable[tuple[str, str, FamilyCentre | None]]:
    event, office = mailing.event, mailing.youth_office_id
    mine = {"centre__youth_office": office} if office else {}
    if mailing.group == MailingGroup.SILENT:
        invited = unanswered(event).filter(**mine).select_related("centre").order_by("pk")
        return [(each.name, each.email, each.centre) for each in invited]
    states: dict[str, object] = {
        MailingGroup.BOOKED: {"state__in": sorted(TAKEN - {Booking.PENDING})},
        MailingGroup.WAITING: {"state": Booking.WAITING},
        MailingGroup.ATTENDED: {"attended": True},
    }
    chosen = event.registrations.filter(**states[mailing.group], **mine)  # type: ignore[arg-type]
    chosen = chosen.exclude(email="")  # somebody who came without a registration may have left none
    return [(each.name, each.email, each.centre) for each in chosen.select_related("centre").order_by("pk")]


def _lock(mailing: Mailing) -> Mailing:
    return Mailing.objects.select_for_update(of=("self",)).select_related("event").get(pk=mailing.pk)


def _require_draft(mailing: Mailing) -> None:
    if mailing.state != MailingState.DRAFT:
        raise NotPossibleError("Dieser Rundbrief ist schon freigegeben; er lässt sich nicht mehr ändern.")
