"""An event as pages show it at a moment: sentences instead of numbers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from events.models import EventMode, InfoEvent
from events.rules import wording


@dataclass(frozen=True)
class Shown:
    """`event` comes from `with_seats`; `now` is a moment in Berlin time."""

    event: Any  # with `taken` and `waiting`
    now: datetime

    @property
    def when(self) -> str:
        return wording.span(timezone.localtime(self.event.starts_at), timezone.localtime(self.event.ends_at))

    @property
    def place(self) -> str:
        return where(self.event)

    @property
    def place_in_short(self) -> str:
        return in_short(self.event)

    @property
    def closed_because(self) -> str:
        event: InfoEvent = self.event
        return event.window.closed_because(self.now)

    @property
    def is_full(self) -> bool:
        return bool(self.event.taken >= self.event.capacity or self.event.waiting)

    @property
    def action(self) -> str:
        return "Auf die Warteliste" if self.is_full else "Anmelden"

    @property
    def seats(self) -> str:
        return wording.seats(self.event.capacity - self.event.taken, self.event.waiting)

    @property
    def per_centre(self) -> str:
        return wording.per_centre(self.event.per_centre)

    @property
    def window(self) -> str:
        return f"{wording.day(self.event.registration_from)} bis {wording.day(self.event.registration_until)}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        limit = [("Plätze je Familienzentrum", self.per_centre)] if self.per_centre else []
        return [
            ("Wann", self.when),
            ("Wo", self.place),
            ("Für wen", self.event.get_kind_display()),
            ("Anmeldung", self.window),
            ("Plätze", f"{self.event.capacity} insgesamt. {'' if self.closed_because else self.seats}".strip()),
            *limit,
            ("Veranstalter", self.event.hosts),
        ]


def in_short(event: InfoEvent) -> str:
    """For lists."""
    return {EventMode.ONLINE: "online", EventMode.ON_SITE: event.place}.get(
        EventMode(event.mode), f"{event.place}, oder online"
    )


def where(event: InfoEvent) -> str:
    """The place anybody may know; the link to join is for people registered."""
    online = "online (den Link bekommen Angemeldete)"
    return {EventMode.ONLINE: online, EventMode.ON_SITE: event.place}.get(
        EventMode(event.mode), f"{event.place}, oder {online}"
    )
