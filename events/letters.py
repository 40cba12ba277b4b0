"""The letters about events: to the one person concerned, with the entry for their calendar."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from centres import post
from centres.calendar import Entry, Method, Person, calendar_file, content_type
from centres.models import FamilyCentre
from events.models import EventMode, InfoEvent, Invitation, Registration

REGISTRATION = "event-registration"
INVITATION = "event-invitation"
# What these speak of comes after the event.
AFTER = {"event_after", "event_attended", "event_feedback", "event_proof_withdrawn"}
LINKS_LAST = timedelta(days=400)  # from the letter that brought it: proof and feedback come after the event


@dataclass(frozen=True, slots=True)
class Note:
    """One letter to one person about an event. `calendar` is what its attachment asks of their calendar."""

    event: InfoEvent
    template: str
    key: str
    why: str
    email: str
    name: str
    centre: FamilyCentre | None
    comes_next: str = ""
    mandatory: bool = True
    calendar: Method | None = None
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        return f"event/{self.template.removeprefix('event_')}"


def about(registration: Registration, template: str, *, key: str, why: str, **more: Any) -> Note:
    """A letter about a registration; it always brings the link by which the person manages it."""
    context = {
        "registration": registration,
        "manage_url": manage_url(registration),
        "event_url": event_url(registration.event),
        **more.pop("context", {}),
    }
    person: dict[str, Any] = {name: getattr(registration, name) for name in ("email", "name", "centre")}
    return Note(registration.event, template, key, why, **person, context=context, **more)


def to_invited(invitation: Invitation, template: str, *, key: str, why: str, mandatory: bool = True) -> Note:
    """A letter about an invitation; its link lets the person register without an account."""
    event = invitation.event
    return Note(
        event,
        template,
        key,
        why,
        invitation.email,
        invitation.name,
        invitation.centre,
        mandatory=mandatory,
        context={"invitation": invitation, "register_url": invitation_url(invitation)},
    )


def write_all(notes: Iterable[Note], *, at: datetime) -> int:
    """Write each letter once, all in one go; the number of new ones. A centre finds its own in its correspondence."""
    return post.write_all(map(_occasion, notes), at=at)


def manage_url(registration: Registration) -> str:
    """Where the person sees and changes the registration, without an account."""
    token = signing.dumps(registration.public_id, salt=REGISTRATION)
    return f"{settings.SITE_URL}{reverse('event_registration', args=[token])}"


def confirm_url(registration: Registration) -> str:
    """Where whoever owns the address confirms that the registration is theirs."""
    token = signing.dumps(registration.public_id, salt=REGISTRATION)
    return f"{settings.SITE_URL}{reverse('event_confirm', args=[token])}"


def registration_of(token: str) -> Registration | None:
    """What a link in a letter is about; None where it is forged or older than any event stays of interest."""
    try:
        public_id = signing.loads(token, salt=REGISTRATION, max_age=LINKS_LAST)
    except signing.BadSignature:
        return None
    return Registration.objects.select_related("event__series", "centre").filter(public_id=public_id).first()


def event_url(event: InfoEvent) -> str:
    return f"{settings.SITE_URL}{reverse('event', args=[event.public_id])}"


def invitation_url(invitation: Invitation) -> str:
    """Where an invited person registers, without an account."""
    token = signing.dumps([invitation.event_id, invitation.email.lower()], salt=INVITATION)
    return f"{settings.SITE_URL}{reverse('event_invitation', args=[token])}"


def invitation_of(token: str) -> Invitation | None:
    """Who was invited to what by this link; None where it is forged or too old."""
    try:
        event, email = signing.loads(token, salt=INVITATION, max_age=LINKS_LAST)
    except signing.BadSignature:
        return None
    invitations = Invitation.objects.select_related("event__series", "centre", "user")
    return invitations.filter(event=event, email__iexact=email).first()


def entry(event: InfoEvent, *, changed_at: datetime, attends: str = "") -> Entry:
    """The event as calendars show it; to whoever is registered as they take part, with the link to join online."""
    begins = timezone.localtime(event.starts_at)
    by_link = attends in {EventMode.ONLINE, EventMode.BOTH} and event.join_link
    joining = f"Zugang: {event.join_link}\n" if by_link else ""
    place = "" if attends == EventMode.ONLINE else event.place
    page = event_url(event)
    return Entry(
        uid=event.uid,
        sequence=event.sequence,
        changed_at=changed_at,
        summary=event.title,
        starts=begins,
        ends=timezone.localtime(event.ends_at),
        description=f"{joining}{page}",
        location=place or ("" if event.mode == EventMode.ON_SITE else "online"),
        url=page,
        cancelled=event.state == "cancelled",
    )


def own_entry(registration: Registration) -> Entry:
    """The event for the calendar of somebody with a seat, as of its last change."""
    event = registration.event
    changed = event.steps.aggregate(last=Max("at"))["last"]
    return entry(
        event, changed_at=max(filter(None, (changed, registration.registered_at))), attends=registration.attends
    )


def _occasion(note: Note) -> post.Occasion:
    return post.Occasion(
        note.centre,
        note.template,
        note.key,
        note.rule,
        note.why,
        comes_next=note.comes_next,
        mandatory=note.mandatory,
        context={"event": note.event, **note.context},
        attach=_attach(note),
        recipients=[{"user": 0, "email": note.email, "name": note.name}],
        useful_through=_useful_through(note),
    )


def _useful_through(note: Note) -> date | None:
    """What comes after the event, a proof or a question, stays useful; everything else ends with its day."""
    return None if note.template in AFTER else note.event.day


def _attach(note: Note) -> post.Attach | None:
    method = note.calendar
    if method is None:
        return None

    def attachment(recipient: post.Recipient) -> post.Attachment:
        organizer = Person(settings.DEFAULT_FROM_EMAIL.partition("<")[2].rstrip(">") or settings.DEFAULT_FROM_EMAIL)
        attends = note.context["registration"].attends
        mine = entry(note.event, changed_at=note.context["changed_at"], attends=attends)
        theirs = replace(mine, organizer=organizer, attendees=(Person(recipient.email, recipient.name),))
        return post.Attachment("termin.ics", content_type(method), calendar_file([theirs], method=method))

    return attachment
