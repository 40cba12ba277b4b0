"""What came of events that were held: what was handed out, what people said; and who had been invited."""

import io
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from centres.files import Kept
from centres.models import Membership, MembershipRole
from centres.rules.file_types import PDF
from config.demo.people import Staff
from config.demo.world import World
from events import feedback, materials
from events.models import FeedbackQuestion, FeedbackRight, InfoEvent, Invitation, Registration
from events.rules.materials import Audience, When
from events.rules.opening import EventState

SLIDE = (960, 540)
SILENT = 9
SHARE = 0.7  # of those asked have answered
SCORES = (5, 5, 5, 4, 4, 4, 3, 2)
WORDS = (
    "Das Beispiel aus der Praxis war sehr anschaulich, davon gern mehr.",
    "Mehr Zeit für Fragen am Ende.",
    "Bitte die Folien vorher verschicken, dann kann man besser mitschreiben.",
    "",
    "",
    "Ein Termin am Nachmittag wäre für uns leichter.",
)


def make_event_results(world: World, staff: Staff) -> None:
    """One event after the other, as time went by; the lead has not answered yet."""
    held = InfoEvent.objects.filter(state=EventState.HELD).order_by("starts_at", "pk")
    for event in held:
        _invitations(event, staff)
        _materials(event, staff)
        feedback.write_due(at=timezone.make_aware(datetime.combine(event.day + timedelta(days=1), time(8))))
        _answers(world, event, staff)


def _invitations(event: InfoEvent, staff: Staff) -> None:
    """Whoever came had been invited, and others who did not answer."""
    at = timezone.make_aware(datetime.combine(event.registration_from, time(9)))
    came = event.registrations.exclude(user=None).values("user")
    leads = Membership.objects.on_day(event.day).filter(role=MembershipRole.LEAD).select_related("user", "centre")
    others = leads.exclude(user__in=came).order_by("centre__certification_number", "pk")[:SILENT]
    booked = event.registrations.exclude(user=None).exclude(centre=None).select_related("user", "centre")
    people = [(each.user, each.centre) for each in booked.order_by("pk")]
    people += [(each.user, each.centre) for each in others]
    once = {user.email.lower(): (user, centre) for user, centre in people if user and centre}
    Invitation.objects.bulk_create(
        Invitation(
            event=event,
            centre=centre,
            user=user,
            name=user.name,
            email=email,
            invited_at=at,
            invited_by=staff.service_office,
            written_at=at,
        )
        for email, (user, centre) in once.items()
    )


def _materials(event: InfoEvent, staff: Staff) -> None:
    for title, when, audience, days in (
        ("Zur Vorbereitung: Fragebogen und Fristen", When.BEFORE, Audience.REGISTERED, -5),
        ("Folien der Veranstaltung", When.AFTER, Audience.REGISTERED, 1),
        ("Fragen und Antworten", When.AFTER, Audience.ATTENDED, 2),
    ):
        said = materials.Said(title, when, audience, Kept(f"{title.replace(': ', ' ')}.pdf", PDF, _slide(title), 1))
        materials.add(event, said, by=staff.service_office, at=event.ends_at + timedelta(days=days))
    film = materials.Said(
        "Aufzeichnung", When.AFTER, Audience.INVITED, link="https://konferenz.example.org/aufzeichnung"
    )
    materials.add(event, film, by=staff.service_office, at=event.ends_at + timedelta(days=2))


def _answers(world: World, event: InfoEvent, staff: Staff) -> None:
    questions = list(event.feedback.order_by("position"))
    rights = FeedbackRight.objects.filter(registration__event=event).exclude(registration__user=staff.lead)
    people = Registration.objects.filter(pk__in=rights.values("registration")).order_by("pk")
    for each in people[: int(len(people) * SHARE)]:
        feedback.answer(each, _said(world, questions))


def _said(world: World, questions: Sequence[FeedbackQuestion]) -> dict[FeedbackQuestion, int | str]:
    return {each: world.one_of(SCORES) if each.scale else world.one_of(WORDS) for each in questions}


def _slide(title: str) -> bytes:
    sheet = Image.new("L", SLIDE, 255)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, SLIDE[0], 90), fill=60)
    pen.text((50, 220), title, fill=0, font=ImageFont.load_default(34))
    pen.text((50, 290), "Muster zum Ausprobieren", fill=90, font=ImageFont.load_default(20))
    out = io.BytesIO()
    sheet.save(out, "PDF", quality=60)
    return out.getvalue()
