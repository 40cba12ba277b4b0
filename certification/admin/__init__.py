"""The ministry's side of certification; each module registers what it shows."""

from certification.admin import (
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
