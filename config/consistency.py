"""What should always hold but no constraint can say: each check names its finding and what to do about it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from centres import kept
from centres.models import CentreKind, FamilyCentre, Letter, LetterState, LetterText, NetworkMembership
from centres.texts import rendering
from certification import certificates, receipts
from certification.models import (
    Case,
    Certificate,
    Evidence,
    LedgerKind,
    QualityProfile,
    Receipt,
    Round,
    Seal,
    SealEntry,
    Step,
)
from events.models import Proof

LATE = timedelta(hours=1)
MISFIT = "Diese Fassung passt nicht mehr zu ihrem Brief; bis jemand sie ändert, gilt der mitgelieferte Text."


@dataclass(frozen=True, slots=True)
class Finding:
    about: str
    sentence: str


def findings(*, at: datetime, files: bool = False) -> Iterator[Finding]:
    """Every finding; with `files`, each file that must never change is read and its hash compared as well."""
    today = timezone.localdate(at)
    for check in CHECKS:
        yield from check(today, at)
    if files:
        yield from _damaged_files()
        yield from _damaged_evidence()


def _seals_without_ledger(today: date, at: datetime) -> Iterator[Finding]:
    awarded = SealEntry.objects.filter(seal=OuterRef("pk"), kind=LedgerKind.AWARDED)
    for seal in Seal.objects.exclude(Exists(awarded)).select_related("centre"):
        yield Finding(str(seal), "Dem Gütesiegel fehlt der Eintrag der Verleihung.")


def _cases_off_their_steps(today: date, at: datetime) -> Iterator[Finding]:
    last = Step.objects.filter(case=OuterRef("pk")).order_by("-at", "-pk").values("new")[:1]
    cases = Case.objects.annotate(last=Subquery(last)).filter(~Q(state=F("last")) | Q(last=None))
    for case in cases.select_related("centre", "round"):
        yield Finding(str(case), "Der Stand des Falles passt nicht zu seinem letzten Schritt.")


def _networks_without_recipient(today: date, at: datetime) -> Iterator[Finding]:
    members = NetworkMembership.objects.on_day(today).filter(centre=OuterRef("pk"))
    networks = FamilyCentre.objects.running().filter(kind=CentreKind.NETWORK)
    for centre in networks.exclude(Exists(members.filter(grant_recipient=True))):
        yield Finding(str(centre), "Der Verbund hat heute keinen Zuschussempfänger. Bitte tragen Sie ihn ein.")
    now = Q(facility_memberships__in=NetworkMembership.objects.on_day(today))
    for centre in networks.annotate(size=Count("facility_memberships", filter=now)).filter(size__lt=2):
        yield Finding(str(centre), "Der Verbund hat heute weniger als zwei Einrichtungen.")


def _search_out_of_date(today: date, at: datetime) -> Iterator[Finding]:
    for centre in FamilyCentre.objects.search_out_of_date():
        yield Finding(
            str(centre), "Die Suche findet dieses Familienzentrum nicht mehr richtig. Bitte speichern Sie es."
        )


def _waiting_too_long(today: date, at: datetime) -> Iterator[Finding]:
    for certificate in Certificate.objects.unissued().filter(requested_at__lt=at - LATE):
        yield Finding(str(certificate), "Die Urkunde ist seit über einer Stunde nicht ausgestellt. Läuft der Worker?")
    for round_ in Round.objects.filter(confirmed_at__lt=at - LATE, opened_at=None):
        yield Finding(str(round_), "Die Runde ist seit über einer Stunde nicht fertig eröffnet. Läuft der Worker?")
    waiting = Letter.objects.filter(state__in=[LetterState.QUEUED, LetterState.IN_FLIGHT])
    for letter in waiting.filter(written_at__lt=at - LATE):
        yield Finding(str(letter), "Der Brief wartet seit über einer Stunde. Läuft der Worker?")


def _undelivered(today: date, at: datetime) -> Iterator[Finding]:
    for letter in Letter.objects.filter(state=LetterState.FAILED):
        yield Finding(str(letter), f"Der Brief ist nicht zustellbar: {letter.error}")


def _texts_left_behind(today: date, at: datetime) -> Iterator[Finding]:
    for text in LetterText.objects.in_force():
        if reason := rendering.misfit(text):
            yield Finding(str(text), f"{MISFIT} {reason}")


CHECKS: list[Callable[[date, datetime], Iterator[Finding]]] = [
    _seals_without_ledger,
    _cases_off_their_steps,
    _networks_without_recipient,
    _search_out_of_date,
    _waiting_too_long,
    _undelivered,
    _texts_left_behind,
]


def _damaged_evidence() -> Iterator[Finding]:
    for piece in Evidence.objects.select_related("centre").iterator():
        try:
            with piece.file.open("rb") as file:
                is_same = hashlib.file_digest(file, "sha256").hexdigest() == piece.sha256
        except OSError:
            is_same = False
        if not is_same:
            about = f"{piece}, {piece.centre.certification_number}"
            yield Finding(
                about, "Die gespeicherte Datei ist nicht die hochgeladene. Bitte holen Sie sie aus der Sicherung."
            )


def _damaged_files() -> Iterator[Finding]:
    issued: Iterator[Certificate | QualityProfile] = chain(
        Certificate.objects.issued().iterator(), QualityProfile.objects.issued().iterator()
    )
    for document in issued:
        if not _reads(partial(certificates.read, document)):
            said = "Die gespeicherte Datei ist nicht die ausgestellte. Bitte stellen Sie neu aus."
            yield Finding(str(document), said)
    for proof in Proof.objects.issued().select_related("registration__event").iterator():
        if not _reads(partial(kept.read, proof)):
            said = "Die gespeicherte Datei ist nicht die gedruckte. Bitte holen Sie sie aus der Sicherung."
            yield Finding(str(proof), said)
    for receipt in Receipt.objects.printed().select_related("step__case__centre").iterator():
        if not _reads(partial(receipts.read, receipt)):
            said = "Die gespeicherte Datei ist nicht die gedruckte. Bitte holen Sie sie aus der Sicherung."
            yield Finding(f"{receipt}, {receipt.step.case.centre.certification_number}", said)


def _reads(read: Callable[[], bytes]) -> bool:
    try:
        read()
    except (kept.DamagedFileError, OSError):
        return False
    return True
