"""Acts on seals. Every change is an appended entry of the ledger, with who, when and why."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from centres.models import FamilyCentre
from certification import certificates
from certification.models import Case, LedgerKind, Seal, SealEntry
from certification.models.seal import VoidKind
from certification.rules.periods import long_date
from certification.rules.validity import RULE_VERSION, AlreadyCoveredError, Validity, validity


class NotPossibleError(Exception):
    """The seal cannot be changed like this; the text may be shown to the person."""


def planned(centre: FamilyCentre, *, on: date) -> Validity:
    """What an award on this day would mean, saving nothing. Raises NotPossibleError."""
    earlier = centre.seals.last_days(reaching=on).first()
    try:
        return validity(on, previous_through=earlier["last_day"] if earlier else None)
    except AlreadyCoveredError as error:
        raise NotPossibleError(str(error)) from error


@transaction.atomic
def award(centre: FamilyCentre, *, case: Case, on: date, by: User, at: datetime) -> Seal:
    """Award the seal and order its certificate. Raises NotPossibleError."""
    FamilyCentre.objects.select_for_update().get(pk=centre.pk)
    plan = planned(centre, on=on)
    seal = Seal.objects.create(
        centre=centre,
        case=case,
        awarded_on=on,
        valid_from=plan.valid_from,
        valid_through=plan.valid_through,
        rule_version=RULE_VERSION,
        explanation=list(plan.sentences),
    )
    _enter(seal, LedgerKind.AWARDED, on, by=by, at=at)
    certificates.order(seal, at=at)
    return seal


@transaction.atomic
def extend(seal: Seal, *, through: date, legal_basis: str, reason: str, by: User, at: datetime) -> SealEntry:
    """Move the last valid day to a later one, as DVO KiBiz § 11 (1a) did. Raises NotPossibleError."""
    seal = _lock_standing(seal)
    if through <= seal.valid_through:
        raise NotPossibleError(f"Das Gütesiegel gilt schon bis zum {long_date(seal.valid_through)}.")
    if not (legal_basis.strip() and reason.strip()):
        raise NotPossibleError("Bitte geben Sie Rechtsgrundlage und Begründung an.")
    seal.valid_through = through
    seal.save(update_fields=["valid_through"])
    return _enter(seal, LedgerKind.EXTENDED, through, by=by, at=at, reason=reason, legal_basis=legal_basis)


@transaction.atomic
def withdraw(seal: Seal, *, on: date, reason: str, by: User, at: datetime) -> SealEntry:
    """End the seal early; `on` is the first day on which it no longer counts. Raises NotPossibleError."""
    return _void(seal, VoidKind.WITHDRAWN, on=on, reason=reason, by=by, at=at)


@transaction.atomic
def supersede(seal: Seal, *, on: date, reason: str, by: User, at: datetime) -> SealEntry:
    """End the seal because another takes its place; `on` is its first day without force. Raises NotPossibleError."""
    return _void(seal, VoidKind.SUPERSEDED, on=on, reason=reason, by=by, at=at)


def _void(seal: Seal, kind: VoidKind, *, on: date, reason: str, by: User, at: datetime) -> SealEntry:
    seal = _lock_standing(seal)
    if not reason.strip():
        raise NotPossibleError("Bitte geben Sie eine Begründung an.")
    if not seal.valid_from <= on <= seal.valid_through:
        raise NotPossibleError(
            f"Bitte wählen Sie einen Tag zwischen {long_date(seal.valid_from)} und {long_date(seal.valid_through)}."
        )
    seal.void_from, seal.void_kind = on, kind
    seal.save(update_fields=["void_from", "void_kind"])
    return _enter(seal, LedgerKind(kind.value), on, by=by, at=at, reason=reason)


def _lock_standing(seal: Seal) -> Seal:
    locked = Seal.objects.select_for_update().standing().filter(pk=seal.pk).first()
    if locked is None:
        raise NotPossibleError("Dieses Gütesiegel ist schon entzogen oder abgelöst.")
    return locked


def _enter(
    seal: Seal,
    kind: LedgerKind,
    effective_on: date,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    legal_basis: str = "",
) -> SealEntry:
    return SealEntry.objects.create(
        seal=seal,
        kind=kind,
        effective_on=effective_on,
        valid_through=seal.valid_through,
        legal_basis=legal_basis.strip(),
        reason=reason.strip(),
        by=by,
        at=at,
    )
