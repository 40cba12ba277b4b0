"""What comes after a decision: two objections, one of them open, and a correction that waits for a second person."""

from datetime import timedelta

from django.utils import timezone

from certification import workflow
from certification.models import AreaResult, Case, ObjectionResult
from certification.models.review import Grade
from certification.rules.moves import State
from config.demo.people import Staff
from config.demo.world import World


def make_aftermath(world: World, staff: Staff) -> None:
    _objections(world, staff)
    _correction(world, staff)


def _objections(world: World, staff: Staff) -> None:
    decided = Case.objects.filter(outcomes__released_at__isnull=False).distinct().order_by("-state_since", "pk")
    for number, case in enumerate(decided.filter(state=State.NOT_AWARDED)[:2]):
        at = world.moment(min(timezone.localdate(case.state_since) + timedelta(days=20), world.on))
        workflow.record_objection(
            case,
            by=staff.ministry,
            at=at,
            received_on=timezone.localdate(at),
            objector=world.texts["objectors"][number],
            grounds=world.texts["grounds"][number],
        )
        if number:
            _decide(world, case, staff)


def _decide(world: World, case: Case, staff: Staff) -> None:
    objection = case.objections.get()
    at = world.moment(min(objection.received_on + timedelta(days=30), world.on))
    workflow.decide_objection(
        case,
        by=staff.ministry,
        at=at,
        result=ObjectionResult.REJECTED,
        decided_on=timezone.localdate(at),
        decision=world.texts["decisions"][0],
    )


def _correction(world: World, staff: Staff) -> None:
    """Only a grade changes: the outcome stays, and a seal with it."""
    to_improve = AreaResult.objects.exclude(grade=Grade.VERY_GOOD)
    graded = Case.objects.filter(state=State.AWARDED, auditor=staff.second, area_results__in=to_improve).distinct()
    case = graded.order_by("-state_since", "pk").first()
    if case is None:
        return
    old = case.outcomes.standing().get()
    first = to_improve.filter(case=case).select_related("area").order_by("area__number")[0]
    workflow.correct_outcome(
        case,
        by=staff.second,
        at=world.moment(world.on - timedelta(days=1)),
        reason=world.texts["corrections"][0],
        eligible=old.eligible,
        deviation_reason=old.deviation_reason or world.texts["corrections"][0],
        closing_text=old.closing_text,
        areas=[workflow.AreaChange(first, Grade.VERY_GOOD, first.text, first.potential)],
    )
