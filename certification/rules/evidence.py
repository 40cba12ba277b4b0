from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certification.rules.periods import half_years, long_date, plus_years

TRAINING_YEARS = 7
MISSING_DATE = "Angaben fehlen: Bitte geben Sie an, von wann der Nachweis ist."


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

    @property
    def label(self) -> str:
        """The verdict in a word or two, for a badge."""
        return self.sentence.partition(":")[0]


def usable(
    kind: EvidenceKind,
    *,
    issued_on: date,
    audit_from: date,
    audit_until: date,
    ends_on: date | None = None,
    renews: bool = False,
    on: date,
) -> Usability:
    """Whether evidence counts in an audit period, asked on the day `on`.

    Source: offers only from the current period; agreements need no renewal while they run, with
    automatic extension too (no `ends_on`, or `renews`); training not older than seven years and
    finished by the end of the period; Pädquis, FAQ Re-Zertifizierung and FAQ node/14; domain.md § 3.4.

    An offer on several days has its first in `issued_on` and its last in `ends_on`.

    Assumption: the seven years end on the anniversary and are asked about on the day `on`.
    Assumption: nothing counts that was issued after `on` or after the audit period.
    Assumption: concepts and other evidence have no age limit but end where they say so.
    Assumption: an offer that began before the period counts where its last day is in it.
    """
    if issued_on > min(on, audit_until):
        return _too_new(issued_on, on, audit_until)
    if kind == EvidenceKind.OFFER:
        return _offer(issued_on, ends_on or issued_on, audit_from, audit_until)
    if kind == EvidenceKind.TRAINING:
        return _training(issued_on, ends_on, on)
    if renews:
        return _yes(None, f"{kind.label}, die sich von selbst verlängert.")
    return _running(kind, ends_on, on)


def _too_new(issued_on: date, on: date, audit_until: date) -> Usability:
    if issued_on > on:
        return _no(f"Noch nicht verwendbar: Der Nachweis ist auf den {long_date(issued_on)} datiert.")
    return _no(
        f"Nicht verwendbar: Der Nachweis vom {long_date(issued_on)} ist erst nach dem Ende "
        f"des Prüfzeitraums ({long_date(audit_until)}) entstanden."
    )


def _offer(issued_on: date, last_day: date, audit_from: date, audit_until: date) -> Usability:
    period = f"{long_date(audit_from)} bis {long_date(audit_until)}"
    if last_day < audit_from:
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


@dataclass(frozen=True, slots=True)
class Period:
    """What a round asks of the age of evidence. Not `sure`: expected from the end of the seal, no round says so."""

    audit_from: date
    audit_until: date
    hand_in_until: date
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Dated:
    """What is known about the age of a piece of evidence. Without `issued_on` nothing can be said yet."""

    kind: EvidenceKind
    issued_on: date | None
    ends_on: date | None = None
    renews: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on a day, and for the round on the day its papers are due; both are equal once that has passed."""

    now: Usability
    due: Usability

    @property
    def usable(self) -> bool:
        return self.now.usable and self.due.usable

    @property
    def label(self) -> str:
        return self.now.label if not self.now.usable or self.due.usable else "Gilt nicht mehr lange genug"

    @property
    def sentence(self) -> str:
        if not self.now.usable or self.due.usable:
            return self.now.sentence
        return f"{self.now.sentence} Bis zur Einreichung reicht das nicht. {self.due.sentence}"


def judged(piece: Dated, period: Period | None, *, on: date) -> Judged:
    """Without a period (neither a round nor a seal) offers have nothing yet to be measured by."""
    if piece.issued_on is None:
        missing = _no(MISSING_DATE)
        return Judged(missing, missing)
    if period is None:
        if piece.kind == EvidenceKind.OFFER:
            unknown = _yes(None, "Der nächste Prüfzeitraum steht noch nicht fest; Angebote zählen nur daraus.")
            return Judged(unknown, unknown)
        period = Period(on, on, on)
    days = (on, max(on, period.hand_in_until))
    now, due = (_in_period(piece, piece.issued_on, period, day) for day in days)
    return Judged(now, due)


def _in_period(piece: Dated, issued_on: date, period: Period, on: date) -> Usability:
    return usable(
        piece.kind,
        issued_on=issued_on,
        audit_from=period.audit_from,
        audit_until=period.audit_until,
        ends_on=piece.ends_on,
        renews=piece.renews,
        on=on,
    )


def halves_touched(first: date, last: date | None, *, audit_from: date, audit_until: date) -> tuple[str, ...]:
    """The half-years of the audit period in which an offer took place."""
    return tuple(
        half.label
        for half in half_years(audit_from, audit_until)
        if first <= half.last and (last or first) >= half.first
    )


@dataclass(frozen=True, slots=True)
class HoursNeeded:
    """How long training must be: each piece, or all pieces of the criterion `together`."""

    least: int
    together: bool = False


# Source: normally at least 6 hours, 30 together for 1.3, 3 for "4B6 (Kindertagespflege)"; Pädquis, FAQ
# Re-Zertifizierung; domain.md § 3.4. Assumption: the numbers of the criteria are those of the edition of 2020.
USUAL_HOURS = HoursNeeded(6)
HOURS_NEEDED = {"1.3": HoursNeeded(30, together=True), "4B6": HoursNeeded(3)}


def hours_sentence(code: str, hours: Sequence[int | None]) -> str:
    """What is missing in the training shown for a criterion, in German; empty where it is enough or none is shown.

    A shorter online course counts with preparation and follow-up (domain.md § 3.4), so this warns and never refuses.
    """
    if not hours:
        return ""
    if None in hours:
        return "Bitte geben Sie bei jedem Fortbildungsnachweis die Stunden an."
    known = [each for each in hours if each is not None]
    needed = HOURS_NEEDED.get(code, USUAL_HOURS)
    if needed.together:
        missing = needed.least - sum(known)
        there = f"{sum(known)} von {needed.least} Stunden sind belegt"
        return f"{there}, es fehlen {missing}." if missing > 0 else ""
    if min(known) >= needed.least:
        return ""
    return (
        f"Eine Fortbildung ist kürzer als {needed.least} Stunden. Das zählt nur online und mit "
        "Vor- und Nachbereitung; bitte beschreiben Sie diese in Ihrer Antwort."
    )
