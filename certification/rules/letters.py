"""What a letter about a case says about itself: why it was written, and what comes next."""

from __future__ import annotations

from datetime import date

from certification.rules.moves import State
from certification.rules.periods import long_date
from certification.rules.rounds import RoundDates

_RESULT = "Das Ergebnis liegt spätestens am {results_until} vor."
# By the state the case has come to; nothing where no further letter about the case will come.
_COMES_NEXT = {
    State.INVITED: "Bitte bestätigen Sie die Teilnahme bis zum {registration_until}; vorher erinnern wir Sie.",
    State.REGISTERED: "Bitte reichen Sie bis zum {submission_until} ein; vorher erinnern wir Sie.",
    State.SUBMITTED: f"Die Zertifizierungsstelle beginnt mit der Prüfung. {_RESULT}",
    State.IN_REVIEW: f"Wenn etwas unklar ist, kommt eine Rückfrage mit einem Datum. {_RESULT}",
    State.QUERIED: f"Vor dem Ende der Frist erinnern wir Sie, wenn Ihre Antwort noch fehlt. {_RESULT}",
    State.VISIT_AGREED: f"Vor der Begehung erinnern wir Sie. {_RESULT}",
    State.VISITED: _RESULT,
    State.RECOMMENDED: "Über die Verleihung entscheidet das Ministerium; auch darüber bekommen Sie einen Brief.",
    State.AWARDED: "Die Urkunde steht in wenigen Minuten im Portal bereit. "
    "Rechtzeitig vor dem Ende des Gütesiegels erinnern wir Sie.",
    State.SUPERSEDED: "Zum neuen Verfahren bekommen Sie einen eigenen Brief.",
}


def step_why(label: str, new: State, round_label: str, day: date) -> str:
    """Why the centre hears of a step: "„einreichen“ am 5. Mai 2026: Der Fall … hat seitdem den Stand …"."""
    return (
        f"„{label}“ am {long_date(day)}: Der Fall in der Runde „{round_label}“ hat seitdem den Stand „{new.label}“."
    )


def released_why(round_label: str, day: date) -> str:
    return f"Am {long_date(day)} hat eine zweite Person das Ergebnis der Runde „{round_label}“ freigegeben."


def corrected_why(round_label: str, day: date) -> str:
    return f"Am {long_date(day)} wurde das berichtigte Ergebnis der Runde „{round_label}“ freigegeben."


def objection_why(round_label: str, day: date) -> str:
    return f"Am {long_date(day)} ist zum Ergebnis der Runde „{round_label}“ ein Widerspruch eingegangen."


def comes_next(state: State, dates: RoundDates) -> str:
    """What follows once a case has come to this state, with the date of its round; empty where nothing does."""
    days = {name: long_date(getattr(dates, name)) for name in dates.__dataclass_fields__}
    return _COMES_NEXT.get(state, "").format(**days)
