"""The visit as an entry of a calendar, and as the file a letter brings."""

from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse

from centres.calendar import Entry, Method, Person, calendar_file, content_type
from centres.post import Attach, Attachment, Recipient
from certification.models import SiteVisit, VisitMode

FILE = "begehung.ics"
PREPARE = (
    "Bitte planen Sie drei bis vier Stunden ein. Angesehen werden Räume und Material; dazu gehört ein Gespräch. "
    "Alles Weitere steht im Portal."
)


def entry_of(visit: SiteVisit, *, url: str, attendees: tuple[Person, ...] = ()) -> Entry:
    """The same visit keeps its UID and counts its changes, whoever reads the entry."""
    name, email = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Entry(
        uid=str(visit.uid),
        sequence=visit.sequence,
        changed_at=visit.changed_at or visit.starts_at,
        summary=f"Begehung: {visit.case.centre.name}",
        starts=visit.starts_at,
        ends=visit.ends_at,
        description=PREPARE,
        location=place_of(visit),
        url=url,
        cancelled=visit.cancelled_at is not None,
        organizer=Person(email, name) if attendees else None,
        attendees=attendees,
    )


def place_of(visit: SiteVisit) -> str:
    if visit.mode == VisitMode.VIDEO:
        return "Videokonferenz"
    return "; ".join(f"{each.name}, {each.address}" for each in visit.facilities.order_by("pk"))


def attached(visit: SiteVisit, *, to_staff: bool = False) -> Attach:
    """What a letter about the visit brings: enter it, change it, or strike it out."""
    method = Method.CANCEL if visit.cancelled_at else Method.REQUEST
    page = reverse("review:case" if to_staff else "portal:visit", args=[visit.case_id])

    def attach(recipient: Recipient) -> Attachment:
        person = Person(recipient.email, recipient.name)
        entry = entry_of(visit, url=f"{settings.SITE_URL}{page}", attendees=(person,))
        return Attachment(FILE, content_type(method), calendar_file([entry], method=method))

    return attach
