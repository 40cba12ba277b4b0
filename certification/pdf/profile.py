"""Prints quality profiles. Import this late, and in workers only: see the package."""

from datetime import UTC, datetime
from pathlib import Path

from django.template.loader import render_to_string

from centres.pdf import press
from certification.rules.profile import ProfileFacts

STYLE = Path(__file__).with_name("profile.css")


def render(facts: ProfileFacts, *, ordered_at: datetime, draft: bool = False) -> bytes:
    """PDF/A-3a and PDF/UA-1 in one file, on as many pages as it takes; the same facts give the same bytes.

    A `draft` says so across every page.
    """
    created = f"{ordered_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    html = render_to_string("pdf/profile.html", {"facts": facts, "created": created, "draft": draft})
    document = press.lay_out(html, STYLE)
    return press.written(
        document,
        facts.written(),
        name="qualitaetsprofil.json",
        description="Die Angaben dieses Qualitätsprofils, maschinenlesbar",
        ordered_at=ordered_at,
    )
