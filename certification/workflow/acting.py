"""What all acts have in common: lock the case, ask the table, write fields, step and letter in one transaction."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from centres import facts, post
from centres.models import FactKind
from certification import letters, permissions
from certification.models import Case, Step
from certification.rules.moves import BY_ACT, FINAL, Move, State

VISIT_MISSING = (
    "Eine Begehung hat noch nicht stattgefunden. Bitte vereinbaren Sie eine und halten Sie sie fest, oder schlagen "
    "Sie das Ergebnis ohne Begehung vor und begründen Sie das."
)
VISIT_HELD = (
    "Die Begehung hat schon stattgefunden. Bitte schlagen Sie das Ergebnis nach der Begehung vor; eine Begründung, "
    "warum keine nötig ist, entfällt."
)


class NotAllowedError(Exception):
    """The case cannot take this step from where it stands; the text may be shown to the person."""


def require(condition: bool, sentence: str) -> None:
    if not condition:
        raise NotAllowedError(sentence)


def lock(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("centre", "round", "auditor").get(pk=case.pk)


def take(case: Case, act: str, *, by: User | None, at: datetime, reason: str = "-") -> Case:
    """The case, locked, once the table and the person's part allow the act."""
    listed, case = BY_ACT[act], lock(case)
    state = State(case.state)
    require(state in listed.sources, f"„{listed.label}“ geht nicht, solange der Fall „{state.label}“ ist.")
    on = timezone.localdate(at)
    require(permissions.may(by, listed, case, on=on), f"„{listed.label}“ ist nicht Ihre Aufgabe in diesem Fall.")
    require(not listed.needs_reason or bool(reason.strip()), "Bitte geben Sie eine Begründung an.")
    _require_visit(listed, case)
    return case


def _require_visit(listed: Move, case: Case) -> None:
    if listed.after_visit is None:
        return
    sentence = VISIT_MISSING if listed.after_visit else VISIT_HELD
    require(listed.fits(visited=case.visits.held().exists()), sentence)


def move(
    case: Case,
    act: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    context: dict[str, Any] | None = None,
    attach: post.Attach | None = None,
    **fields: Any,
) -> Step:
    """Write the state and whatever else changes, the step, and the letter of the table with its context."""
    listed, old = BY_ACT[act], case.state
    for name, value in {"state": listed.target, "state_since": at, **fields}.items():
        setattr(case, name, value)
    case.save(update_fields=["state", "state_since", *fields])
    step = Step.objects.create(
        case=case,
        act=act,
        old=old,
        new=listed.target,
        actor=permissions.actor_of(by) or "",  # never empty: `take` asked whether this person may
        by=by,
        at=at,
        reason=reason.strip(),
    )
    if listed.target in FINAL:
        facts.end(FactKind.ROUND, case.round.fact_key, case.centre_id, on=timezone.localdate(at))
    if letter := letters.of_step(step, attach=attach, **context or {}):
        post.write_all([letter], at=at)
    return step
