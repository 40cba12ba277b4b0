"""Prints receipts of hand-ins. Import this late, and in workers only: see the package."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from centres.pdf.press import lay_out, written

STYLE = Path(__file__).with_name("receipt.css")


def render(facts: Mapping[str, Any]) -> bytes:
    """PDF/A-3a and PDF/UA-1 in one file, as many pages as it takes; the same facts give the same bytes.

    Not so the first file of a process, whose typeface is cut anew.
    """
    at = datetime.fromisoformat(facts["handed_in_at"])
    context = {"facts": _dated(facts), "at": at, "created": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    return written(
        lay_out(render_to_string("pdf/receipt.html", context), STYLE),
        facts,
        name="quittung.json",
        description="Was eingereicht wurde, maschinenlesbar",
        ordered_at=at,
    )


def _dated(value: Any) -> Any:
    """The facts with the dates of offers as dates."""
    if isinstance(value, Mapping):
        return {
            name: [date.fromisoformat(day) for day in each] if name == "dates" else _dated(each)
            for name, each in value.items()
        }
    return [_dated(each) for each in value] if isinstance(value, list) else value
