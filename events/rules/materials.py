"""Who may read what of an event's materials, and from when on. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class When(StrEnum):
    BEFORE = "before"
    AFTER = "after"

    @property
    def label(self) -> str:
        return {When.BEFORE: "zur Vorbereitung, sofort zu sehen", When.AFTER: "nach der Veranstaltung"}[self]


class Audience(StrEnum):
    """For whom the office means it: the wider one includes the narrower one."""

    REGISTERED = "registered"
    ATTENDED = "attended"
    INVITED = "invited"


AUDIENCES = [
    (Audience.REGISTERED.value, "alle, die angemeldet sind"),
    (Audience.ATTENDED.value, "alle, die da waren"),
    (Audience.INVITED.value, "alle Eingeladenen und Angemeldeten"),
]


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody is to an event: has a seat, was there, was asked or is waiting."""

    registered: bool = False
    attended: bool = False
    invited: bool = False


def may_read(claim: Claim, *, audience: Audience, when: When, ended: bool) -> bool:
    """What comes after the event is shown to nobody before its end."""
    if when == When.AFTER and not ended:
        return False
    if audience == Audience.ATTENDED:
        return claim.attended
    if audience == Audience.REGISTERED:
        return claim.registered or claim.attended
    return claim.registered or claim.attended or claim.invited
