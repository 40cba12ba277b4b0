"""The letters of a case: what each is called, why it is written and what comes next, as acts and demo write them."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from centres import post
from certification.models import Absence, Case, Objection, Outcome, Step
from certification.rules.letters import comes_next, corrected_why, objection_why, released_why, step_why
from certification.rules.moves import BY_ACT, State

INVITATION = "case_invited"  # opening a round is no move of the table: no case was there before


def of_step(step: Step, *, attach: post.Attach | None = None, **context: Any) -> post.Occasion | None:
    """The letter to the centre about this step; None where the table of moves has none."""
    template = BY_ACT[step.act].letter if step.act in BY_ACT else INVITATION
    if not template:
        return None
    case = step.case
    return post.Occasion(
        case.centre,
        template,
        key=f"step-{step.pk}",
        rule=step.act,
        why=why(step),
        comes_next=_comes_next(case, State(step.new)),
        context={"case": case, "step": step, **context},
        attach=attach,
    )


def of_release(outcome: Outcome, case: Case, *, at: datetime) -> post.Occasion:
    """The letter about a result that a second person released at this moment."""
    return post.Occasion(
        case.centre,
        "outcome_released",
        key=f"outcome-{outcome.pk}/released",
        rule="release",
        why=released_why(case.round.label, timezone.localdate(at)),
        comes_next=_comes_next(case, State.RECOMMENDED),
        context={"case": case, "outcome": outcome},
    )


def of_correction(correction: Outcome, case: Case, *, at: datetime) -> post.Occasion:
    """The letter about a released outcome that a corrected one has replaced."""
    return post.Occasion(
        case.centre,
        "outcome_corrected",
        key=f"outcome-{correction.pk}/released",
        rule="correction",
        why=corrected_why(case.round.label, timezone.localdate(at)),
        comes_next=_comes_next(case, State(case.state)) if case.state == State.RECOMMENDED else "",
        context={"case": case, "outcome": correction},
    )


def of_objection(objection: Objection, case: Case) -> post.Occasion:
    """The acknowledgement of an objection; who objects and why stays in the house."""
    return post.Occasion(
        case.centre,
        "objection_received",
        key=f"objection-{objection.pk}/received",
        rule="objection",
        why=objection_why(case.round.label, objection.received_on),
        comes_next="Über den Widerspruch wird entschieden; auch darüber bekommen Sie einen Brief.",
        context={"case": case, "objection": objection},
    )


def of_objection_decided(objection: Objection, case: Case) -> post.Occasion:
    return post.Occasion(
        case.centre,
        "objection_decided",
        key=f"objection-{objection.pk}/decided",
        rule="objection",
        why=objection_why(case.round.label, objection.received_on),
        context={"case": case, "objection": objection},
    )


def to_auditor(person: User, template: str, *, key: str, at: datetime, **about: Any) -> int:
    """Tell an auditor of a case; while she is away, whoever stands in for her reads it as well. Once each."""
    away = Absence.objects.on_day(timezone.localdate(at)).filter(auditor=person).select_related("deputy")
    written = post.write_to_staff(person, template, key=key, at=at, **about)
    for absence in away:
        about["stands_in_for"] = person
        written += post.write_to_staff(absence.deputy, template, key=f"{key}/deputy", at=at, **about)
    return written


def why(step: Step) -> str:
    label = BY_ACT[step.act].label if step.act in BY_ACT else "einladen"
    return step_why(label, State(step.new), step.case.round.label, timezone.localdate(step.at))


def _comes_next(case: Case, state: State) -> str:
    return comes_next(state, case.round.dates)
