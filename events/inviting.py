"""Acts of inviting: the only writers of `Invitation` and `InvitationBatch`.

What was confirmed is a row at once; the letters follow in the background, chunk by chunk. That may be run again after
a crash, also twice at once: a chunk is locked while it is written, and the key of a letter is unique.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from events import letters
from events.audience import Person
from events.models import EventKind, InfoEvent, Invitation, InvitationBatch, Registration
from events.models.invitation import InvitationQuerySet
from events.rules.opening import EventState

CHUNK = 100
INVITED = "Das Verfahren, um das es in der Veranstaltung geht, betrifft Ihr Familienzentrum."
REMINDED = "Wir haben Sie eingeladen und noch nichts von Ihnen gehört. Das ist die einzige Erinnerung."


class NotPossibleError(Exception):
    """Nobody can be invited like this; the text may be shown to the person."""


class StaleError(NotPossibleError):
    """The number somebody confirmed is not the number it would be now."""


@transaction.atomic
def invite(
    event: InfoEvent,
    find: Callable[[], Iterable[Person]],
    *,
    confirmed: int,
    chosen: str,
    by: User,
    at: datetime,
) -> InvitationBatch:
    """Invite whom `find` finds, if it is still as many as the person saw; `chosen` says in words who that is."""
    _lock_open(event, at)
    people = list(find())
    _require_number(len(people), confirmed)
    batch = InvitationBatch.objects.create(
        event=event, act=InvitationBatch.Act.INVITE, chosen=chosen, people=len(people), by=by, at=at
    )
    Invitation.objects.bulk_create(_invitation(batch, person) for person in people)
    return batch


@transaction.atomic
def remind(event: InfoEvent, *, confirmed: int, by: User, at: datetime) -> InvitationBatch:
    """The one gentle reminder to everybody invited who has not answered and was not reminded before."""
    _lock_open(event, at)
    silent = to_remind(event)
    _require_number(silent.count(), confirmed)
    batch = InvitationBatch.objects.create(
        event=event,
        act=InvitationBatch.Act.REMIND,
        chosen="alle Eingeladenen, die noch nicht geantwortet haben",
        people=confirmed,
        by=by,
        at=at,
    )
    silent.update(reminder=batch, reminded_at=at)
    return batch


def unanswered(event: InfoEvent) -> InvitationQuerySet:
    """Invited, and under no address registered, signed off again included: who signed off has answered.

    An address that nobody confirmed may have been typed by anybody; it has not answered.
    """
    series = event.series_id
    mine = Registration.objects.filter(event__series=series) if series else Registration.objects.filter(event=event)
    theirs = mine.confirmed().annotate(address=Lower("email")).filter(address=Lower(OuterRef("email")))
    return Invitation.objects.filter(event=event).exclude(Exists(theirs))


def to_remind(event: InfoEvent) -> InvitationQuerySet:
    return unanswered(event).filter(reminded_at=None)


def write_letters(*, now: Callable[[], datetime]) -> int:
    """Write every letter that was confirmed and is not written yet; the number of them."""
    written = 0
    for write_chunk in (_write_invitations, _write_reminders):
        while chunk := write_chunk(at=now()):
            written += chunk
    return written


@transaction.atomic
def _write_invitations(*, at: datetime) -> int:
    chunk = _chunk(Invitation.objects.without_letter())
    letters.write_all((_letter(each) for each in chunk if _is_open(each.event, at)), at=at)
    return Invitation.objects.filter(pk__in=[each.pk for each in chunk]).update(written_at=at)


@transaction.atomic
def _write_reminders(*, at: datetime) -> int:
    """Whoever registered in the meantime gets none."""
    chunk = _chunk(Invitation.objects.without_reminder())
    silent = {pk for event in {each.event for each in chunk} for pk in unanswered(event).values_list("pk", flat=True)}
    wanted = [each for each in chunk if each.pk in silent and _is_open(each.event, at)]
    letters.write_all(map(_reminder, wanted), at=at)
    return Invitation.objects.filter(pk__in=[each.pk for each in chunk]).update(reminder_written_at=at)


def _chunk(invitations: InvitationQuerySet) -> list[Invitation]:
    locked = invitations.select_for_update(of=("self",), skip_locked=True)
    return list(locked.select_related("event__series", "centre").order_by("pk")[:CHUNK])


def _letter(invitation: Invitation) -> letters.Note:
    return letters.to_invited(invitation, "event_invited", key=f"invitation-{invitation.pk}", why=INVITED)


def _reminder(invitation: Invitation) -> letters.Note:
    key = f"invitation-{invitation.pk}/reminder"
    return letters.to_invited(invitation, "event_reminded", key=key, why=REMINDED, mandatory=False)


def _invitation(batch: InvitationBatch, person: Person) -> Invitation:
    return Invitation(
        event=batch.event,
        batch=batch,
        centre=person.centre,
        user_id=person.user_id,
        name=person.name,
        email=person.email,
        invited_at=batch.at,
        invited_by=batch.by,
    )


def closed_because(event: InfoEvent, *, at: datetime) -> str:
    """Why nobody can be invited to it or reminded of it any more, or not yet; empty where somebody can."""
    if event.state == EventState.DRAFT:
        return "Bitte veröffentlichen Sie die Veranstaltung zuerst; vorher kann sich niemand anmelden."
    return "" if _is_open(event, at) else event.window.closed_because(timezone.localtime(at))


def is_due(event: InfoEvent, *, at: datetime) -> bool:
    """Whether the event concerns certain rounds, and nobody of them is invited yet."""
    return event.kind != EventKind.OPEN and not closed_because(event, at=at) and not event.invitations.exists()


def _lock_open(event: InfoEvent, at: datetime) -> None:
    event = InfoEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
    if because := closed_because(event, at=at):
        raise NotPossibleError(because)


def _is_open(event: InfoEvent, at: datetime) -> bool:
    """Registration may begin later; nobody is invited to what is over."""
    day = timezone.localdate(at)
    return event.state == EventState.PUBLISHED and event.starts_at > at and day <= event.registration_until


def _require_number(number: int, confirmed: int) -> None:
    if number == 0:
        raise NotPossibleError("Es ist niemand übrig, dem zu schreiben wäre.")
    if number != confirmed:
        raise StaleError(
            f"Inzwischen sind es {number} statt {confirmed} Personen. "
            "Bitte prüfen Sie die Zahlen und bestätigen Sie sie neu."
        )
