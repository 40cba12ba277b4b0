"""Prints the list for the door. Import late: see the package."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import timezone

from centres.pdf.press import lay_out, written
from events.models import InfoEvent, Registration
from events.rules.names import family_name, given_names

STYLE = Path(__file__).with_name("attendance_list.css")
BLANK_LINES = 8  # for people who come without a registration (assumption)


def render(event: InfoEvent, registrations: Sequence[Registration], *, at: datetime) -> bytes:
    """PDF/A-3a and PDF/UA-1 in one file, in the order given; no more of each person than the door needs."""
    context = {
        "event": event,
        "rows": [(_in_order(each.name), _centre(each)) for each in registrations],
        "blank": range(1, BLANK_LINES + 1),
        "at": timezone.localtime(at),
        "created": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    facts = {"event": event.title, "begins": event.starts_at.isoformat(), "people": len(registrations)}
    return written(
        lay_out(render_to_string("pdf/attendance_list.html", context), STYLE),
        facts,
        name="anwesenheitsliste.json",
        description="Veranstaltung und Zahl der Angemeldeten, maschinenlesbar",
        ordered_at=at,
    )


def _in_order(name: str) -> str:
    """As the list is sorted, so that people find themselves."""
    return ", ".join(filter(None, (family_name(name), given_names(name))))


def _centre(registration: Registration) -> str:
    centre = registration.centre
    return f"{centre.name}, {centre.certification_number}" if centre else "ohne Familienzentrum"
