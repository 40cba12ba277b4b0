"""Prints the pack for a visit. Import this late: see the package."""

from datetime import UTC, datetime
from pathlib import Path

from django.template.loader import render_to_string

from centres.pdf.press import lay_out, written
from certification.visit_pack import Pack

STYLE = Path(__file__).with_name("visit_pack.css")


def render(pack: Pack, *, at: datetime) -> bytes:
    """PDF/A-3a and PDF/UA-1 in one file, on as many pages as it takes."""
    context = {"pack": pack, "at": at, "created": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    facts = {
        "certification_number": pack.case.centre.certification_number,
        "starts_at": pack.visit.starts_at.isoformat(),
        "ends_at": pack.visit.ends_at.isoformat(),
        "route": [stop.address for stop, _ in pack.route],
        "criteria": [point.code for point in pack.points],
    }
    return written(
        lay_out(render_to_string("pdf/visit_pack.html", context), STYLE),
        facts,
        name="begehung.json",
        description="Termin, Weg und offene Kriterien, maschinenlesbar",
        ordered_at=at,
    )
