"""When one may register: closing dates are the end of that day in Berlin. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class EventState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    HELD = "held"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    EventState.DRAFT: "Entwurf",
    EventState.PUBLISHED: "veröffentlicht",
    EventState.CANCELLED: "abgesagt",
    EventState.HELD: "durchgeführt",
}
MOVES = {
    "publish": (frozenset({EventState.DRAFT}), EventState.PUBLISHED),
    "cancel": (frozenset({EventState.PUBLISHED}), EventState.CANCELLED),
    "hold": (frozenset({EventState.PUBLISHED}), EventState.HELD),
}


@dataclass(frozen=True, slots=True)
class Window:
    """When registration to an event opens and closes, both days included, and when the event begins."""

    state: EventState
    opens_on: date
    closes_on: date
    starts_at: datetime

    def closed_because(self, at: datetime) -> str:
        """Why nobody can register now, as a sentence; empty where one can. `at` is a moment in Berlin time."""
        if self.state == EventState.CANCELLED:
            return "Die Veranstaltung ist abgesagt."
        if self.state == EventState.HELD or at >= self.starts_at:
            return "Die Veranstaltung hat schon begonnen; eine Anmeldung ist nicht mehr möglich."
        if self.state == EventState.DRAFT:
            return "Die Veranstaltung ist noch nicht veröffentlicht."
        if at.date() < self.opens_on:
            return f"Die Anmeldung beginnt am {self.opens_on:%d.%m.%Y}."
        if at.date() > self.closes_on:
            return f"Die Anmeldefrist endete am {self.closes_on:%d.%m.%Y}."
        return ""
