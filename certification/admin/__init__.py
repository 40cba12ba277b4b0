"""The ministry's side of certification; each module registers what it shows."""

from certification.admin import (
    awards,
    cases,
    catalogue,
    certificates,
    handovers,
    profiles,
    proposals,
    reminders,
    rounds,
    seals,
)

__all__ = [
    "awards",
    "cases",
    "catalogue",
    "certificates",
    "handovers",
    "profiles",
    "proposals",
    "reminders",
    "rounds",
    "seals",
]
