from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from certification.rules.periods import long_date, plus_months

# A notice about something past is news for four weeks: longer than the weeks a Kita closes in
# summer and than any outage we plan for. After that the situation page speaks, not a letter.
NOTICE_USEFUL_DAYS = 28


@dataclass(frozen=True, slots=True)
class Offset:
    """How far from its anchor a reminder falls due: negative is before it. Months count first, then days."""

    key: str
    months: int
    days: int


# Source: design.md § 4; the ministry may change them, so they are defaults and no more.
SEAL_OFFSETS = (
    Offset("22-months", -22, 0),
    Offset("12-months", -12, 0),
    Offset("6-months", -6, 0),
    Offset("3-months", -3, 0),
    Offset("1-month", -1, 0),
    Offset("day-after", 0, 1),
)
REGISTRATION_OFFSETS = (
    Offset("28-days", 0, -28),
    Offset("14-days", 0, -14),
    Offset("3-days", 0, -3),
)
SUBMISSION_OFFSETS = (
    Offset("90-days", 0, -90),
    Offset("30-days", 0, -30),
    Offset("14-days", 0, -14),
    Offset("3-days", 0, -3),
)
# Assumption: nobody has said when to remind of a question or a visit.
QUERY_OFFSETS = (
    Offset("7-days", 0, -7),
    Offset("2-days", 0, -2),
    Offset("day-after", 0, 1),
)
VISIT_OFFSETS = (
    Offset("7-days", 0, -7),
    Offset("1-day", 0, -1),
)
DEFAULT_OFFSETS = {
    "seal": SEAL_OFFSETS,
    "registration": REGISTRATION_OFFSETS,
    "submission": SUBMISSION_OFFSETS,
    "query": QUERY_OFFSETS,
    "visit": VISIT_OFFSETS,
}

# What each chain counts from, as a sentence would say it.
ANCHORS = {
    "seal": "dem letzten gültigen Tag des Gütesiegels",
    "registration": "dem Ende der Anmeldung",
    "submission": "dem Ende der Einreichung",
    "query": "dem Ende der Frist für Ihre Antwort",
    "visit": "dem Tag der Begehung",
}
# On what condition a chain goes on, as a sentence would say it.
STILL_OPEN = {
    "seal": "wenn bis dahin kein neues Gütesiegel verliehen ist",
    "registration": "wenn die Teilnahme bis dahin nicht bestätigt ist",
    "submission": "wenn die Unterlagen bis dahin nicht eingereicht sind",
    "query": "wenn Ihre Antwort bis dahin fehlt",
    "visit": "wenn der Termin bis dahin besteht",
}


def due_day(anchor: date, offset: Offset) -> date:
    return plus_months(anchor, offset.months) + timedelta(days=offset.days)


def schedule(anchor: date, offsets: Sequence[Offset]) -> list[tuple[Offset, date]]:
    """Every reminder of the chain with its day, in the order of their days."""
    return sorted(((offset, due_day(anchor, offset)) for offset in offsets), key=lambda pair: pair[1])


def due(anchor: date, offsets: Sequence[Offset], *, today: date, over_from: date | None) -> Offset | None:
    """The one reminder of the chain in force today: the latest whose day has come.

    After an outage only the latest goes out, never the backlog. None once it is over: a reminder
    due up to the anchor is useful through the anchor day, a notice due after it for
    NOTICE_USEFUL_DAYS days from its own. `over_from` is the first day on which the thing no longer
    stands for another reason (seal withdrawn or superseded, papers handed in); from then on none.
    """
    come = [(offset, day) for offset, day in schedule(anchor, offsets) if day <= today]
    if not come or (over_from is not None and over_from <= today):
        return None
    offset, _ = come[-1]
    return offset if today <= useful_through(anchor, offset) else None


def useful_through(anchor: date, offset: Offset) -> date:
    """The last day on which a reminder still helps."""
    day = due_day(anchor, offset)
    return anchor if day <= anchor else day + timedelta(days=NOTICE_USEFUL_DAYS - 1)


def why(chain: str, offset: Offset, anchor: date) -> str:
    """Which rule wrote a reminder and which date it counts from, as a sentence."""
    return f"Erinnerung {in_words(chain, offset)}, dem {long_date(anchor)}."


def comes_next(chain: str, offset: Offset, anchor: date, offsets: Sequence[Offset]) -> str:
    """The reminder that follows in the chain, its day and on what condition; empty after the last."""
    later = [day for _, day in schedule(anchor, offsets) if day > due_day(anchor, offset)]
    return f"Die nächste Erinnerung geht am {long_date(later[0])} hinaus, {STILL_OPEN[chain]}." if later else ""


def in_words(chain: str, offset: Offset) -> str:
    """When a reminder goes out, as a sentence would say it: "6 Monate vor dem Ende der Anmeldung"."""
    what = ANCHORS[chain]
    if offset.months * offset.days < 0:  # months one way, days the other
        months, days = _span(Offset("", offset.months, 0)), _span(Offset("", 0, offset.days))
        return f"{months} {_side(offset.months)} {what}, davon {days} {_other(offset.days)}"
    if not (offset.months or offset.days):
        return f"am Tag selbst: {what}"
    return f"{_span(offset)} {_side(offset.months or offset.days)} {what}"


def _span(offset: Offset) -> str:
    months, days = abs(offset.months), abs(offset.days)
    parts = [f"{months} {'Monat' if months == 1 else 'Monate'}"] if months else []
    parts += [f"{days} {'Tag' if days == 1 else 'Tage'}"] if days else []
    return " und ".join(parts)


def _side(number: int) -> str:
    return "vor" if number < 0 else "nach"


def _other(number: int) -> str:
    return "früher" if number < 0 else "später"
