"""When it may be recorded who was there. Plain Python."""

from __future__ import annotations

from datetime import date

from events.rules.opening import EventState

NOT_YET = "Die Veranstaltung ist noch nicht veröffentlicht. Bitte veröffentlichen Sie sie zuerst."
CALLED_OFF = "Die Veranstaltung ist abgesagt; es kann niemand da gewesen sein."


def closed_because(state: EventState, day: date, *, today: date) -> str:
    """Why nobody can be recorded, as a sentence; empty where it goes. Doors open before the start: its day counts."""
    if state == EventState.DRAFT:
        return NOT_YET
    if state == EventState.CANCELLED:
        return CALLED_OFF
    if today < day:
        return f"Wer da ist, lässt sich erst am Tag der Veranstaltung festhalten, ab dem {day:%d.%m.%Y}."
    return ""
