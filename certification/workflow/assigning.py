"""Who looks after a case, and who may: each change is a row, each exemption a decision of the team lead."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from certification import independence
from certification.models import Assignment, AssignmentBatch, Case, Exemption
from certification.rules.independence import Obstacle
from certification.workflow.acting import lock, require

ASK_TEAM_LEAD = "Die Teamleitung kann eine Ausnahme zulassen und begründen."


@transaction.atomic
def assign(
    case: Case,
    *,
    to: User,
    by: User,
    at: datetime,
    instead_of: int | None,
    note: str = "",
    exemption: str = "",
    batch: AssignmentBatch | None = None,
) -> Case:
    """Give the case to an auditor. `instead_of` is the person whom the page showed, if any.

    Raises NotAllowedError where somebody else has it by now, or where something stands against that person;
    the team lead gives the reason for an exemption along with it. `batch` is the act on many it belongs to, if any.
    """
    case = lock(case)
    require(by.is_active and by.is_auditor, "Fälle verteilt nur die Zertifizierungsstelle.")
    require(to.is_active and to.is_auditor, "Diese Person prüft keine Fälle.")
    require(case.is_open, "Dieser Fall ist abgeschlossen.")
    holder = case.auditor.name if case.auditor else "niemand"
    require(case.auditor_id in {instead_of, to.pk}, f"Zuständig ist inzwischen {holder}.")
    if exemption.strip():
        _exempt(case, to, by, at, exemption)
    require_independent(case, to, at=at)
    if case.auditor_id != to.pk:
        _give(case, to=to, by=by, at=at, note=note, batch=batch)
    return case


@transaction.atomic
def take_on(case: Case, *, by: User, at: datetime) -> None:
    """Whoever begins a review has the case, unless somebody has it already. Within an act, the case locked."""
    if case.auditor is None:
        require_independent(case, by, at=at)
        _give(case, to=by, by=by, at=at, note="")


@transaction.atomic
def exempt(case: Case, *, auditor: User, by: User, at: datetime, reason: str) -> Exemption:
    """Let an auditor have a part in the case despite all that stands against it today."""
    return _exempt(lock(case), auditor, by, at, reason)


def require_independent(case: Case, person: User, *, at: datetime) -> None:
    found = independence.against(case, person, on=timezone.localdate(at))
    require(not found, f"{person.name}: {sentences(found)}. {ASK_TEAM_LEAD}")


def sentences(found: Iterable[Obstacle]) -> str:
    return "; ".join(each.sentence for each in found)


def _exempt(case: Case, auditor: User, by: User, at: datetime, reason: str) -> Exemption:
    require(by.is_active and by.is_team_lead, "Eine Ausnahme lässt nur die Teamleitung zu.")
    require(by.pk != auditor.pk, "Über eine Ausnahme für sich selbst entscheidet eine andere Teamleitung.")
    require(bool(reason.strip()), "Bitte begründen Sie die Ausnahme.")
    found = independence.against(case, auditor, on=timezone.localdate(at))
    require(bool(found), f"Gegen {auditor.name} spricht in diesem Fall nichts. Eine Ausnahme ist nicht nötig.")
    return Exemption.objects.create(
        case=case,
        auditor=auditor,
        grounds=[each.key for each in found],
        about=sentences(found),
        reason=reason.strip(),
        granted_by=by,
        granted_at=at,
    )


def _give(case: Case, *, to: User, by: User, at: datetime, note: str, batch: AssignmentBatch | None = None) -> None:
    given = {"case": case, "to": to, "instead_of": case.auditor, "by": by, "at": at, "batch": batch}
    Assignment.objects.create(**given, note=note.strip())
    case.auditor = to
    case.save(update_fields=["auditor"])
