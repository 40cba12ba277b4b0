"""The letters the service office sends off: invitations, their one reminder, and mailings."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from centres.models import FamilyCentre
from centres.texts.book import Context, Example, LetterKind, Placeholder, declare
from events.models import EventKind, EventMode, InfoEvent, Invitation
from events.rules import wording


def _span(context: Context) -> str:
    event: InfoEvent = context["event"]
    return wording.span(timezone.localtime(event.starts_at), timezone.localtime(event.ends_at))


def _place(context: Context) -> str:
    event: InfoEvent = context["event"]
    return {EventMode.ONLINE: "online", EventMode.ON_SITE: event.place}.get(
        EventMode(event.mode), f"online oder vor Ort, {event.place}"
    )


def _closes(context: Context) -> str:
    return wording.day(context["event"].registration_until)


INVITED = (
    Placeholder("Veranstaltung", "Titel der Veranstaltung", lambda c: c["event"].title),
    Placeholder("Tag", "Tag der Veranstaltung", lambda c: wording.day(timezone.localtime(c["event"].starts_at))),
    Placeholder("Zeit", "Tag und Uhrzeiten", _span, mandatory=True),
    Placeholder("Ort", "Anschrift, oder „online“", _place),
    Placeholder("Veranstalter", "wer einlädt", lambda c: c["event"].hosts),
    Placeholder("Anmeldefrist", "letzter Tag der Anmeldung", _closes, mandatory=True),
)
MAILING = (
    Placeholder("Betreff", "Betreff, den die Servicestelle geschrieben hat", lambda c: c["mailing_subject"]),
    Placeholder("Text", "Text, den die Servicestelle geschrieben hat", lambda c: c["mailing_text"], mandatory=True),
)
WORDS = {
    "register_url": "https://familienzentrum.example.org/veranstaltungen/einladung/muster/",
    "why": "Das Verfahren, um das es in der Veranstaltung geht, betrifft Ihr Familienzentrum.",
}


def invited() -> dict[str, Any]:
    """An invitation, made up and stored nowhere."""
    begins = datetime(2027, 4, 14, 10, tzinfo=timezone.get_default_timezone())
    event = InfoEvent(
        title="Informationsveranstaltung zur Re-Zertifizierung",
        kind=EventKind.RENEWAL,
        mode=EventMode.ONLINE,
        starts_at=begins,
        ends_at=begins.replace(hour=12),
        registration_until=begins.replace(day=11).date(),
        hosts="Ministerium, Pädquis und ISA",
    )
    return {"event": event, "centre": _centre(), **WORDS}


def mailed() -> dict[str, Any]:
    words = {"mailing_subject": "Unterlagen zur Veranstaltung", "mailing_text": "Die Unterlagen stehen jetzt bereit."}
    return {"centre": _centre(), "why": "Sie sind zu dieser Veranstaltung angemeldet.", **words}


def newest(number: str) -> Example | None:
    """The newest invitation, of the centre with this number where one is given; its link stays made up."""
    found = Invitation.objects.select_related("event", "centre").order_by("-invited_at", "-pk")
    each = (found.filter(centre__certification_number=number) if number else found).first()
    return Example(str(each), {**WORDS, "event": each.event, "centre": each.centre}, ("der Link",)) if each else None


def _centre() -> FamilyCentre:
    return FamilyCentre(name="Familienzentrum Musterstraße", certification_number="0000000")


declare(
    [
        LetterKind(
            "event_invited",
            "Veranstaltung: Einladung",
            "wenn die Servicestelle zu einer Veranstaltung einlädt",
            INVITED,
            invited,
            newest,
        ),
        LetterKind(
            "event_reminded",
            "Veranstaltung: Erinnerung an die Einladung",
            "wenn die Servicestelle alle erinnert, die noch nicht geantwortet haben",
            INVITED,
            invited,
            newest,
        ),
        LetterKind(
            "event_mailing",
            "Veranstaltung: Rundbrief",
            "wenn die Servicestelle einer Gruppe einer Veranstaltung schreibt",
            MAILING,
            mailed,
        ),
    ]
)
