"""What each act tells the people concerned: one letter per person, occasion and registration."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.utils import timezone

from centres.calendar import Method
from events.letters import Note, about, confirm_url
from events.models import EventMode, EventStep, InfoEvent, Proof, Registration
from events.rules import wording
from events.rules.bookings import Booking
from events.rules.reminders import to_come

REGISTERED = "Sie haben sich zu dieser Veranstaltung angemeldet."
WAITED = "Sie haben sich zu dieser Veranstaltung angemeldet und stehen auf der Warteliste."
SIGNED_OFF = "Sie haben Ihre Anmeldung zu dieser Veranstaltung zurückgenommen."
TAKEN_OFF = "Die Servicestelle hat Ihre Anmeldung zu dieser Veranstaltung zurückgenommen"
TYPED_IN = "Jemand hat Ihre E-Mail-Adresse in das Anmeldeformular dieser Veranstaltung eingetragen."
REMINDERS = "Sieben Tage und einen Tag vor Beginn erinnern wir Sie noch einmal."
LAST_REMINDER = "Einen Tag vor Beginn erinnern wir Sie noch einmal."


def booked(registration: Registration, *, at: datetime) -> Note:
    """With the entry for the calendar and, where people meet online, the link: whoever comes late misses nothing."""
    coming = reminders_to_come(registration.event.day, timezone.localdate(at))
    return about(
        registration,
        "event_booked",
        key=f"registration-{registration.pk}/booked",
        why=REGISTERED,
        comes_next=coming,
        calendar=Method.REQUEST,
        context={"changed_at": at},
    )


def to_confirm(registration: Registration, *, day: date | None = None) -> Note:
    """To an address somebody typed into the public form. Asked for again, it comes once more on another `day`."""
    return about(
        registration,
        "event_confirm",
        key=f"registration-{registration.pk}/confirm{f'-{day}' if day else ''}",
        why=TYPED_IN,
        comes_next="Haben Sie bestätigt, bekommen Sie den Termin für Ihren Kalender.",
        context={"confirm_url": confirm_url(registration)},
    )


def waiting(registration: Registration, *, place: int) -> Note:
    return about(
        registration,
        "event_waiting",
        key=f"registration-{registration.pk}/waiting",
        why=REGISTERED,
        comes_next="Wir schreiben Ihnen, sobald wir Ihnen einen Platz anbieten können.",
        context={"place": place},
    )


def offered(registration: Registration) -> Note:
    return about(
        registration,
        "event_offered",
        key=f"registration-{registration.pk}/offered",
        why=WAITED,
        comes_next="Nehmen Sie den Platz an, bekommen Sie eine Bestätigung mit dem Termin für Ihren Kalender.",
    )


def lapsed(registration: Registration) -> Note:
    return about(
        registration,
        "event_lapsed",
        key=f"registration-{registration.pk}/lapsed",
        why="Wir hatten Ihnen einen Platz bei dieser Veranstaltung angeboten.",
    )


def cancelled(registration: Registration, *, had_seat: bool, reason: str, at: datetime) -> Note:
    """The entry is struck out of the calendar of whoever had one; `reason` is given where the office signed off."""
    return about(
        registration,
        "event_cancelled",
        key=f"registration-{registration.pk}/cancelled",
        why=f"{TAKEN_OFF}: {reason}" if reason else SIGNED_OFF,
        calendar=Method.CANCEL if had_seat else None,
        context={"changed_at": at},
    )


def known(registration: Registration, *, at: datetime) -> Note:
    """To an address that is registered already, once a day: the page of the form must not tell who is."""
    return about(
        registration,
        "event_known",
        key=f"registration-{registration.pk}/known-{timezone.localdate(at)}",
        why=TYPED_IN,
    )


def changed(old: InfoEvent, step: EventStep) -> Iterator[Note]:
    """To everyone with a seat or a place in the queue; to those who wait not that the link is another one."""
    event, without_link = step.event, differences(old, step.event)
    everything = [*without_link, *_another_link(old, event)]
    for each in _active(event):
        seated = each.state == Booking.BOOKED
        told = everything if seated else without_link
        if told:
            yield about(
                each,
                "event_changed",
                key=f"registration-{each.pk}/changed-{event.sequence}",
                why=REGISTERED if seated else WAITED,
                calendar=Method.REQUEST if seated else None,
                context={"changed_at": step.at, "changes": _listed(told, step.reason)},
            )


def called_off(step: EventStep) -> Iterator[Note]:
    for each in _active(step.event):
        seated = each.state == Booking.BOOKED
        yield about(
            each,
            "event_called_off",
            key=f"registration-{each.pk}/called-off",
            why=REGISTERED if seated else WAITED,
            calendar=Method.CANCEL if seated else None,
            context={"changed_at": step.at, "reason": step.reason},
        )


def attended(registration: Registration) -> Note:
    """Once for each person, whatever is corrected afterwards."""
    return about(
        registration,
        "event_attended",
        key=f"registration-{registration.pk}/attended",
        why="Sie haben an dieser Veranstaltung teilgenommen.",
        mandatory=False,
    )


def proof_withdrawn(proof: Proof) -> Note:
    return about(
        proof.registration,
        "event_proof_withdrawn",
        key=f"proof-{proof.pk}/withdrawn",
        why="Zu dieser Veranstaltung hatten wir Ihnen eine Teilnahmebescheinigung bereitgestellt.",
        context={"reason": proof.withdrawn_reason},
    )


def reminders_to_come(event_day: date, today: date) -> str:
    """What to expect, for the confirmation of somebody who registers today."""
    return {2: REMINDERS, 1: LAST_REMINDER}.get(len(to_come(event_day, today=today)), "")


def differences(old: InfoEvent, new: InfoEvent) -> list[str]:
    """What people planned with and must plan anew, as lines; the link itself is not among them."""
    pairs = [
        ("Titel", old.title, new.title),
        ("Zeit", _span(old), _span(new)),
        ("Form", EventMode(old.mode).label, EventMode(new.mode).label),
        ("Ort", old.place or "ohne", new.place or "ohne"),
    ]
    return [f"- {what}: {now} (bisher: {before})" for what, before, now in pairs if before != now]


def _another_link(old: InfoEvent, new: InfoEvent) -> list[str]:
    if new.join_link == old.join_link or new.mode == EventMode.ON_SITE:
        return []
    return ["- Zugang zur Videokonferenz: Es gilt der Link in diesem Brief."]


def _listed(told: Iterable[str], reason: str) -> str:
    return "\n".join([*told, *([f"\nDer Grund: {reason}"] if reason else [])])


def _active(event: InfoEvent) -> Iterable[Registration]:
    """The event is the one in hand: it carries what has just changed."""
    for each in event.registrations.told().select_related("centre").order_by("pk"):
        each.event = event
        yield each


def _span(event: InfoEvent) -> str:
    return wording.span(timezone.localtime(event.starts_at), timezone.localtime(event.ends_at))
