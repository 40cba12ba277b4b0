"""Prints receipts of hand-ins. Import this late, and in workers only: see the package."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from weasyprint import CSS, HTML

from certification.pdf.conformance import claim_accessible
from certification.pdf.press import HERE, OwnFiles, press


def render(facts: Mapping[str, Any]) -> bytes:
    """PDF/A-3a and PDF/UA-1 in one file, as many pages as it takes; the same facts give the same bytes."""
    at = datetime.fromisoformat(facts["handed_in_at"])
    context = {"facts": _dated(facts), "at": at, "created": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    own = press()
    document = HTML(string=render_to_string("pdf/receipt.html", context), url_fetcher=OwnFiles()).render(
        font_config=own.fonts, stylesheets=[_style()], color_profiles={"srgb": own.colours}
    )
    claim_accessible(document.metadata)
    pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a", output_intent="the profile given")
    return pdf


@cache
def _style() -> CSS:
    return CSS(HERE / "receipt.css", font_config=press().fonts, url_fetcher=OwnFiles())


def _dated(value: Any) -> Any:
    """The facts with the dates of offers as dates."""
    if isinstance(value, Mapping):
        return {
            name: [date.fromisoformat(day) for day in each] if name == "dates" else _dated(each)
            for name, each in value.items()
        }
    return [_dated(each) for each in value] if isinstance(value, list) else value
