from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certification.rules.periods import long_date, plus_years

TRAINING_YEARS = 7


class EvidenceKind(StrEnum):
    TRAINING = "training"
    AGREEMENT = "agreement"
    OFFER = "offer"
    CONCEPT = "concept"
    OTHER = "other"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    EvidenceKind.TRAINING: "Fortbildungsnachweis",
    EvidenceKind.AGREEMENT: "Kooperationsvereinbarung",
    EvidenceKind.OFFER: "Angebot oder Kurs",
    EvidenceKind.CONCEPT: "Konzept",
    EvidenceKind.OTHER: "Sonstiger Nachweis",
}


@dataclass(frozen=True, slots=True)
class Usability:
    """Whether a piece of evidence counts, until which day (none: no end set), and why, in German."""

    usable: bool
    until: date | None
    sentence: str


def usable(
    kind: EvidenceKind,
    *,
    issued_on: date,
    audit_from: date,
    audit_until: date,
    ends_on: date | None = None,
    on: date,
) -> Usability:
    """Whether evidence counts in an audit period, asked on the day `on`.

    Source: offers only from the current period; agreements need no renewal while they run, with
    automatic extension too (no `ends_on`); training not older than seven years and finished by
    the end of the period; Pädquis, FAQ Re-Zertifizierung and FAQ node/14; domain.md § 3.4.

    Assumption: the seven years end on the anniversary and are asked about on the day `on`.
    Assumption: nothing counts that was issued after `on` or after the audit period.
    Assumption: concepts and other evidence have no age limit but end where they say so.
    """
    if issued_on > min(on, audit_until):
        return _too_new(issued_on, on, audit_until)
    if kind == EvidenceKind.OFFER:
        return _offer(issued_on, audit_from, audit_until)
    if kind == EvidenceKind.TRAINING:
        return _training(issued_on, ends_on, on)
    return _running(kind, ends_on, on)


def _too_new(issued_on: date, on: date, audit_until: date) -> Usability:
    if issued_on > on:
        return _no(f"Noch nicht verwendbar: Der Nachweis ist auf den {long_date(issued_on)} datiert.")
    return _no(
        f"Nicht verwendbar: Der Nachweis vom {long_date(issued_on)} ist erst nach dem Ende "
        f"des Prüfzeitraums ({long_date(audit_until)}) entstanden."
    )


def _offer(issued_on: date, audit_from: date, audit_until: date) -> Usability:
    period = f"{long_date(audit_from)} bis {long_date(audit_until)}"
    if issued_on < audit_from:
        return _no(
            f"Muss neu sein: Das Angebot vom {long_date(issued_on)} liegt vor dem Prüfzeitraum ({period}); "
            "Angebote zählen nur aus dem laufenden Prüfzeitraum."
        )
    return _yes(None, f"Das Angebot vom {long_date(issued_on)} liegt im Prüfzeitraum ({period}).")


def _training(issued_on: date, ends_on: date | None, on: date) -> Usability:
    limit = plus_years(issued_on, TRAINING_YEARS)
    if ends_on is not None and ends_on < limit:
        return _running(EvidenceKind.TRAINING, ends_on, on)
    if on > limit:
        return _no(
            f"Zu alt: Der Fortbildungsnachweis vom {long_date(issued_on)} war sieben Jahre verwendbar, "
            f"bis {long_date(limit)}."
        )
    return _yes(limit, "Fortbildungsnachweise zählen sieben Jahre ab ihrer Ausstellung.")


def _running(kind: EvidenceKind, ends_on: date | None, on: date) -> Usability:
    if ends_on is None:
        return _yes(None, f"{kind.label} ohne festes Ende.")
    if on > ends_on:
        return _no(f"Abgelaufen: {kind.label}, gültig bis {long_date(ends_on)}. Bitte neu einreichen.")
    return _yes(ends_on, f"So lange läuft der Nachweis ({kind.label}).")


def _yes(until: date | None, why: str) -> Usability:
    return Usability(True, until, f"Verwendbar bis {long_date(until)}: {why}" if until else f"Verwendbar: {why}")


def _no(sentence: str) -> Usability:
    return Usability(False, None, sentence)
