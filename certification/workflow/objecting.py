"""Objections to a released outcome or to the decision: recorded, and closed with their result."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres import post
from certification import letters, permissions
from certification.models import Case, Objection, ObjectionResult
from certification.rules.periods import long_date
from certification.workflow.acting import NotAllowedError, lock, require

ONLY_THEY = "Widersprüche hält das Ministerium oder die Teamleitung fest."


@transaction.atomic
def record_objection(
    case: Case, *, by: User, at: datetime, received_on: date, objector: str, grounds: str = ""
) -> Objection:
    """Record that somebody objects. The centre gets an acknowledgement, and the case stays where it is."""
    case = lock(case)
    _require_part(by)
    outcome = case.outcomes.standing().exclude(released_at=None).first()
    require(outcome is not None, "Ein Widerspruch richtet sich gegen ein freigegebenes Ergebnis.")
    require(bool(objector.strip()), "Bitte geben Sie an, von wem der Widerspruch kommt.")
    require(received_on <= timezone.localdate(at), "Der Eingang liegt in der Zukunft. Bitte prüfen Sie den Tag.")
    require(not case.objections.filter(decided_on=None).exists(), "Zu diesem Fall ist schon ein Widerspruch offen.")
    objection = Objection.objects.create(
        case=case,
        received_on=received_on,
        objector=objector.strip(),
        grounds=grounds.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    post.write_all([letters.of_objection(objection, case)], at=at)
    return objection


@transaction.atomic
def decide_objection(
    case: Case, *, by: User, at: datetime, result: ObjectionResult, decided_on: date, decision: str
) -> Objection:
    """Record how the open objection ended. What has to be corrected is an act of its own."""
    case = lock(case)
    _require_part(by)
    try:
        objection: Objection = case.objections.select_for_update().get(decided_on=None)
    except Objection.DoesNotExist as error:
        raise NotAllowedError("Zu diesem Fall ist kein Widerspruch offen.") from error
    require(bool(decision.strip()), "Bitte geben Sie eine Begründung an.")
    require(
        objection.received_on <= decided_on <= timezone.localdate(at),
        f"Die Entscheidung liegt zwischen dem Eingang am {long_date(objection.received_on)} und heute.",
    )
    objection.result, objection.decided_on = result, decided_on
    objection.decision, objection.decided_by = decision.strip(), by
    objection.save(update_fields=["result", "decided_on", "decision", "decided_by"])
    post.write_all([letters.of_objection_decided(objection, case)], at=at)
    return objection


def _require_part(by: User) -> None:
    require(permissions.may_record_objections(by), ONLY_THEY)
