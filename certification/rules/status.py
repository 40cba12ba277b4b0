from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from certification.rules.periods import minus_months

RUNNING_OUT_MONTHS = 12


class SealStatus(StrEnum):
    NOT_YET_VALID = "not_yet_valid"
    VALID = "valid"
    RUNNING_OUT = "running_out"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def in_force(self) -> bool:
        """Whether the centre may carry the seal: running out is still valid."""
        return self in {SealStatus.VALID, SealStatus.RUNNING_OUT}


LABELS = {
    SealStatus.NOT_YET_VALID: "noch nicht gültig",
    SealStatus.VALID: "gültig",
    SealStatus.RUNNING_OUT: "gültig, läuft aus",
    SealStatus.ENDED: "abgelaufen",
    SealStatus.WITHDRAWN: "entzogen",
    SealStatus.SUPERSEDED: "ersetzt",
}


def running_out_from(valid_through: date) -> date:
    """First of the last twelve months: 1 August 2029 for a seal that ends on 31 July 2030."""
    return minus_months(valid_through + timedelta(days=1), RUNNING_OUT_MONTHS)


def status_on(
    day: date,
    *,
    valid_from: date,
    valid_through: date,
    void_from: date | None = None,
    void_kind: str = "",
) -> SealStatus:
    """What a seal is on a calendar day (Europe/Berlin): the one answer for page, letter, file and job.

    `valid_through` is the last valid day; `void_from` is the first day no longer valid because the
    seal was withdrawn or superseded, and `void_kind` says which: "withdrawn" or "superseded".
    What came first counts: a seal that had already ended cannot be withdrawn any more.
    """
    if void_from is not None and void_from <= min(day, valid_through):
        return SealStatus(void_kind)
    if day > valid_through:
        return SealStatus.ENDED
    if day < valid_from:
        return SealStatus.NOT_YET_VALID
    return SealStatus.RUNNING_OUT if day >= running_out_from(valid_through) else SealStatus.VALID
