"""The letters about events, and what their texts may speak of (found by `centres.apps`)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from centres.models import FamilyCentre
from centres.texts.book import Context, Example, LetterKind, Placeholder, declare
from events import office_letters  # noqa: F401 - it declares those the service office sends off
from events.models import EventKind, EventMode, InfoEvent, Registration
from events.rules import wording
from events.rules.bookings import Booking

SAMPLE_PAGE = "https://familienzentrum.example.org/veranstaltungen"


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment)


def _of_event(name: str) -> Callable[[Context], str]:
    return lambda context: str(getattr(context["event"], name))


def _span(context: Context) -> str:
    event: InfoEvent = context["event"]
    return wording.span(_local(event.starts_at), _local(event.ends_at))


def _until(context: Context) -> str:
    until = context["registration"].offered_until
    return f"zum {wording.at_clock(_local(until))}" if until else "zum Beginn der Veranstaltung"


def taking_part(event: InfoEvent, registration: Registration) -> str:
    """Where to go or which link to open. Whoever has no seat does not learn the link."""
    if registration.attends == EventMode.ON_SITE:
        return f"vor Ort, {event.place}"
    if registration.state != Booking.BOOKED:
        return "online"
    return f"online, {event.join_link}" if event.join_link else "online; den Link bekommen Sie vor Beginn"


def _confirm_until(context: Context) -> str:
    until = context["registration"].confirm_until
    return f"bis zum {wording.at_clock(_local(until))}" if until else "vor Beginn der Veranstaltung"


EVENT = (
    Placeholder("Veranstaltung", "Titel der Veranstaltung", _of_event("title")),
    Placeholder("Tag", "Tag der Veranstaltung", lambda c: wording.day(_local(c["event"].starts_at))),
    Placeholder("Zeit", "Wochentag, Tag und Uhrzeiten", _span, mandatory=True),
    Placeholder("Veranstalter", "wer einlädt", _of_event("hosts")),
)
TAKING_PART = Placeholder(
    "Teilnahme",
    "vor Ort mit Anschrift, oder online mit dem Link zur Videokonferenz",
    lambda c: taking_part(c["event"], c["registration"]),
    mandatory=True,
)
MANAGE = Placeholder("Anmeldelink", "Link, unter dem die Person annimmt oder absagt", lambda c: c["manage_url"], True)
PLACE = Placeholder("Wartestelle", "Stelle auf der Warteliste, als Zahl", lambda c: str(c["place"]), mandatory=True)
HOURS = Placeholder(
    "Bedenkzeit", "Stunden, die ein angebotener Platz freigehalten wird", _of_event("offer_hours"), mandatory=True
)
UNTIL = Placeholder("Annahmefrist", "bis wann der Platz angeboten ist, mit „zum“", _until, mandatory=True)
CONFIRM = Placeholder(
    "Bestätigungsfrist", "bis wann zu bestätigen ist, mit „bis zum“", _confirm_until, mandatory=True
)
CHANGES = Placeholder("Änderungen", "was sich geändert hat, eine Zeile je Angabe", lambda c: c["changes"], True)
PROOF = Placeholder(
    "Bescheinigungslink", "Link, unter dem die Person ihre Bescheinigung findet", lambda c: c["manage_url"], True
)
REASON = Placeholder("Begründung", "Grund der Absage oder der Rücknahme", lambda c: c["reason"], mandatory=True)
LEFT = Placeholder("Restzeit", "wie lange es noch ist, zum Beispiel „In 7 Tagen“", lambda c: c["left"])


def sample() -> dict[str, Any]:
    """An event and a registration, made up and stored nowhere."""
    begins = datetime(2027, 4, 14, 10, tzinfo=timezone.get_default_timezone())
    event = InfoEvent(
        title="Informationsveranstaltung zur Re-Zertifizierung",
        kind=EventKind.RENEWAL,
        mode=EventMode.ONLINE,
        starts_at=begins,
        ends_at=begins.replace(hour=12),
        join_link="https://konferenz.example.org/musterraum",
        hosts="Ministerium, Pädquis und ISA",
    )
    centre = FamilyCentre(name="Familienzentrum Musterstraße", certification_number="0000000")
    registration = Registration(
        event=event,
        centre=centre,
        name="Erika Muster",
        email="erika.muster@example.org",
        attends=EventMode.ONLINE,
        state=Booking.BOOKED,
        offered_until=begins.replace(day=10),
        confirm_until=begins.replace(day=10),
    )
    return {"event": event, "registration": registration, "centre": centre, **WORDS}


WORDS = {
    "manage_url": f"{SAMPLE_PAGE}/anmeldung/muster/",
    "event_url": f"{SAMPLE_PAGE}/muster/",
    "confirm_url": f"{SAMPLE_PAGE}/anmeldung/muster/bestaetigen/",
    "feedback_url": f"{SAMPLE_PAGE}/rueckmeldung/muster/",
    "why": "Sie haben sich zu dieser Veranstaltung angemeldet.",
    "place": 3,
    "changes": "- Ort: Stadthalle, Musterplatz 1, 40213 Düsseldorf (bisher: Rathaus, Musterplatz 2)",
    "reason": "Die Referentin ist erkrankt.",
    "left": "In 7 Tagen",
}


def _newest(*made_up: str) -> Callable[[str], Example | None]:
    """The newest registration, of the centre with this number where one is given; the links stay made up."""

    def newest(number: str) -> Example | None:
        found = Registration.objects.select_related("event", "centre").order_by("-registered_at", "-pk")
        each = (found.filter(centre__certification_number=number) if number else found).first()
        if each is None:
            return None
        context = {**WORDS, "event": each.event, "registration": each, "centre": each.centre}
        return Example(str(each), context, ("die Links", *made_up))

    return newest


def _letter(name: str, title: str, occasion: str, *own: Placeholder, made_up: tuple[str, ...] = ()) -> LetterKind:
    return LetterKind(f"event_{name}", title, occasion, (*EVENT, *own), sample, _newest(*made_up))


declare(
    [
        _letter("booked", "Veranstaltung: Platz bestätigt", "wenn jemand einen Platz bekommt", TAKING_PART),
        _letter(
            "confirm",
            "Veranstaltung: Anmeldung zu bestätigen",
            "wenn sich jemand über das öffentliche Formular anmeldet und ein Platz frei ist",
            CONFIRM,
        ),
        _letter("feedback", "Veranstaltung: Rückmeldung", "am Tag nach der Veranstaltung, an alle, die da waren"),
        _letter(
            "waiting",
            "Veranstaltung: auf der Warteliste",
            "wenn sich jemand anmeldet und kein Platz frei ist",
            PLACE,
            HOURS,
            made_up=("die Stelle auf der Warteliste",),
        ),
        _letter(
            "offered",
            "Veranstaltung: Platz angeboten",
            "wenn ein Platz frei wird und jemand an der Reihe ist",
            UNTIL,
            MANAGE,
        ),
        _letter("lapsed", "Veranstaltung: Angebot abgelaufen", "wenn ein angebotener Platz nicht angenommen wird"),
        _letter("cancelled", "Veranstaltung: abgemeldet", "wenn eine Anmeldung zurückgenommen wird"),
        _letter(
            "changed",
            "Veranstaltung: geändert",
            "wenn sich Zeit, Ort, Titel, Form oder Zugang ändern",
            TAKING_PART,
            CHANGES,
            made_up=("die Änderungen",),
        ),
        _letter(
            "called_off",
            "Veranstaltung: abgesagt",
            "wenn eine Veranstaltung abgesagt wird",
            REASON,
            made_up=("der Grund der Absage",),
        ),
        _letter(
            "reminder",
            "Veranstaltung: Erinnerung",
            "sieben Tage und einen Tag vor Beginn",
            TAKING_PART,
            LEFT,
            made_up=("die Zeit bis dahin",),
        ),
        _letter(
            "attended",
            "Veranstaltung: Teilnahmebescheinigung",
            "wenn die Servicestelle abgeschlossen hat, wer da war",
            PROOF,
        ),
        _letter(
            "proof_withdrawn",
            "Veranstaltung: Teilnahmebescheinigung zurückgezogen",
            "wenn berichtigt wird, dass jemand nicht da war",
            REASON,
            made_up=("der Grund",),
        ),
        _letter(
            "known",
            "Veranstaltung: schon angemeldet",
            "wenn jemand, der schon angemeldet ist, das öffentliche Formular noch einmal absendet",
        ),
    ]
)
