"""The one letter the house writes to itself (found by `centres.apps`)."""

from collections.abc import Callable
from typing import Any

from centres.texts.book import Context, LetterKind, Placeholder, declare


def _said(field: str, nothing: str = "") -> Callable[[Context], str]:
    return lambda context: context.get("report", {}).get(field) or nothing


def sample() -> dict[str, Any]:
    message = "Auf der Seite mit den Kriterien lässt sich das Menü mit der Tastatur nicht schließen."
    return {"report": {"page": "/portal/", "name": "Erika Muster", "email": "", "message": message}}


declare(
    [
        LetterKind(
            "feedback",
            "Feedback und gemeldete Barrieren, an das Ministerium",
            "wenn jemand das Formular „Feedback und Barriere melden“ absendet",
            (
                Placeholder("Nachricht", "was die Person mitteilt", _said("message"), mandatory=True),
                Placeholder("Seite", "um welche Seite es geht", _said("page", "nicht angegeben")),
                Placeholder("Absender", "Name der Person", _said("name", "nicht angegeben")),
                Placeholder(
                    "Antwortadresse",
                    "wohin die Antwort soll",
                    _said("email", "keine Antwort gewünscht"),
                    mandatory=True,
                ),
            ),
            sample,
        )
    ]
)
