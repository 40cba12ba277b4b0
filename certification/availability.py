"""What auditors say of themselves: what ties them, and when they are away."""

from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from centres.models import FamilyCentre, Provider
from centres.refusals import sentence_of
from certification.models import Absence, Tie
from certification.workflow.acting import NotAllowedError, require

Row = TypeVar("Row", Tie, Absence)
OWN = "Für andere trägt das nur die Teamleitung ein."


def declare(
    *,
    auditor: User,
    by: User,
    at: datetime,
    starts_on: date,
    reason: str,
    provider: Provider | None = None,
    centre: FamilyCentre | None = None,
    ends_on: date | None = None,
) -> Tie:
    """Declare a tie to a provider or a centre."""
    _require_own(auditor, by)
    row = Tie(auditor=auditor, provider=provider, centre=centre, starts_on=starts_on, ends_on=ends_on,
              reason=reason.strip(), declared_by=by, declared_at=at)  # fmt: skip
    return _stored(row)


def end_tie(tie: Tie, *, by: User, ends_on: date) -> Tie:
    """The tie stays on record and ends with this day."""
    _require_own(tie.auditor, by)
    tie.ends_on = ends_on
    return _stored(tie)


def be_away(*, auditor: User, deputy: User, by: User, at: datetime, starts_on: date, ends_on: date) -> Absence:
    """Enter an absence. Raises NotAllowedError where it overlaps another one."""
    _require_own(auditor, by)
    require(deputy.is_active and deputy.is_auditor, "Diese Person prüft keine Fälle.")
    require(ends_on >= timezone.localdate(at), "Diese Abwesenheit ist schon vorbei. Bitte prüfen Sie beide Daten.")
    row = Absence(auditor=auditor, deputy=deputy, starts_on=starts_on, ends_on=ends_on, entered_by=by, entered_at=at)
    return _stored(row)


def come_back(absence: Absence, *, by: User, on: date) -> None:
    """The absence ends the day before; one that had not begun is gone."""
    _require_own(absence.auditor, by)
    if absence.starts_on >= on:
        absence.delete()
        return
    require(absence.ends_on >= on, "Diese Abwesenheit ist schon vorbei.")
    absence.ends_on = on - timedelta(days=1)
    absence.save(update_fields=["ends_on"])


def _require_own(auditor: User, by: User) -> None:
    require(auditor.is_active and auditor.is_auditor, "Diese Person prüft keine Fälle.")
    require(by.is_active and (by == auditor or by.is_team_lead), OWN)


def _stored(row: Row) -> Row:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NotAllowedError(sentence_of(error)) from error
    return row
