from __future__ import annotations

from datetime import date

from centres.rules.kindergarten_year import KindergartenYear
from certification.rules.periods import long_date


def next_seal_end(today: date) -> date:
    """The cohort to invite next: until 31 July the one of next year, whose audit period has just begun.

    From August on the one of the year after next: its papers go out in October or November, before its
    audit period begins in January (domain.md § 3.2).
    """
    return date(today.year + (2 if today.month >= 8 else 1), 7, 31)


def renewal_label(seal_end: date) -> str:
    return f"Re-Zertifizierung zum {long_date(seal_end)}"


def initial_label(year: KindergartenYear) -> str:
    return f"Erst-Zertifizierung {year}"
