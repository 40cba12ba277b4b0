"""The ministry's side of certification; each module registers what it shows."""

from certification.admin import (
    assignments,
    awards,
    calendars,
    cases,
    catalogue,
    certificates,
    handovers,
    independence,
    profiles,
    proposals,
    reminders,
    rounds,
    seals,
    texts,
)

__all__ = [
    "assignments",
    "awards",
    "calendars",
    "cases",
    "catalogue",
    "certificates",
    "handovers",
    "independence",
    "profiles",
    "proposals",
    "reminders",
    "rounds",
    "seals",
    "texts",
]
