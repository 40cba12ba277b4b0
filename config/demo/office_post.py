"""What the service office has sent: invitations in one go, a mailing that went out, and one that is still a draft."""

from datetime import datetime, timedelta

from config.demo.people import Staff
from config.demo.world import World
from events import inviting, mailings
from events.models import InfoEvent, InvitationBatch, Mailing, MailingGroup
from events.rules.opening import EventState

PREPARE = """vielen Dank für Ihre Anmeldung zu „{Veranstaltung}“ am {Tag}.

Bitte halten Sie zur Veranstaltung den Fragebogen Ihres Familienzentrums bereit; wir gehen ihn gemeinsam durch."""
OPEN_SEATS = """für „{Veranstaltung}“ am {Tag} um {Uhrzeit} sind noch Plätze frei.

Melden Sie sich gern über den Link in Ihrer Einladung an."""


def make_office_post(world: World, staff: Staff) -> None:
    """The events and who was invited to them are there already."""
    coming = InfoEvent.objects.filter(state=EventState.PUBLISHED, starts_at__gt=_ago(world, 0)).order_by("starts_at")
    for event in coming.filter(invitations__isnull=False).distinct():
        _batch(event, staff)
        _mailing(event, MailingGroup.SILENT, "Noch Plätze frei am {Tag}", OPEN_SEATS, staff, _ago(world, 1))
    inviting.write_letters(now=lambda: _ago(world, 6))
    for event in coming.filter(registrations__state="booked").distinct()[:1]:
        sent = _mailing(
            event, MailingGroup.BOOKED, "Zur Vorbereitung: {Veranstaltung}", PREPARE, staff, _ago(world, 4)
        )
        people = len(mailings.readers(sent))
        mailings.release(sent, confirmed=people, by=staff.service_office, at=_ago(world, 4))
        mailings.write_letters(now=lambda: _ago(world, 4))


def _batch(event: InfoEvent, staff: Staff) -> None:
    first = event.invitations.earliest("invited_at")
    batch = InvitationBatch.objects.create(
        event=event,
        act=InvitationBatch.Act.INVITE,
        chosen="alle, die noch nicht eingeladen und nicht angemeldet sind",
        people=event.invitations.count(),
        by=staff.service_office,
        at=first.invited_at,
    )
    event.invitations.update(batch=batch)


def _mailing(event: InfoEvent, group: str, subject: str, text: str, staff: Staff, at: datetime) -> Mailing:
    return mailings.draft(
        Mailing(event=event, group=group, subject=subject, text=text), by=staff.service_office, at=at
    )


def _ago(world: World, days: int) -> datetime:
    return world.moment(world.on - timedelta(days=days))
