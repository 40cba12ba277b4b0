"""Prints proofs of attendance. Import late, and in workers only: see the package."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from centres.pdf.press import lay_out, written
from events.models import EventMode

STYLE = Path(__file__).with_name("proof.css")
MANY = 8  # contributions; from here on the programme is set in two columns


def render(facts: Mapping[str, Any], *, ordered_at: datetime) -> bytes:
    """PDF/A-3a and PDF/UA-1 in one file; the same facts and moment give the same bytes.

    Not so the first file of a process, whose typeface is cut anew.
    """
    context = {
        "facts": facts,
        "begins": datetime.fromisoformat(facts["begins"]),
        "ends": datetime.fromisoformat(facts["ends"]),
        "issued_on": date.fromisoformat(facts["issued_on"]),
        "is_online": facts["attends"] == EventMode.ONLINE,
        "many": len(facts["programme"]) >= MANY,
        "created": f"{ordered_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    return written(
        lay_out(render_to_string("pdf/attendance_proof.html", context), STYLE),
        facts,
        name="teilnahme.json",
        description="Die Angaben dieser Bescheinigung, maschinenlesbar",
        ordered_at=ordered_at,
    )
