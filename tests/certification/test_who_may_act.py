"""Every act, tried by every role, on a case of their own and on another's: from the table and beside it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Role, User
from certification import workflow
from certification.models import Case, ObjectionResult, VisitSlot
from certification.rules.moves import BY_ACT, Actor, State
from certification.workflow import NotAllowedError
from tests.certification.moves import AT, LATER, case_in, try_act
from tests.certification.reviewing import auditor
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory

pytestmark = pytest.mark.django_db
ROLES = {Role.CENTRE: Actor.CENTRE, Role.AUDITOR: Actor.AUDITOR, Role.MINISTRY: Actor.MINISTRY}
OBJECTION = {"received_on": AT.date(), "objector": "Der Träger"}
DECISION = {"result": ObjectionResult.REJECTED, "decided_on": AT.date(), "decision": "Die Bewertung trägt."}
CORRECTION: dict[str, Any] = {"reason": "Übersehen.", "eligible": False, "closing_text": "Neu."}


def released() -> Case:
    return case_in(State.RECOMMENDED, act="award")


def corrected() -> Case:
    case = released()
    workflow.correct_outcome(case, by=auditor(), at=AT, **CORRECTION)
    return case


def objected() -> Case:
    case = released()
    workflow.record_objection(case, by=UserFactory.create(ministry=True), at=AT, **OBJECTION)
    return case


def offered(case: Case) -> VisitSlot:
    span = {"starts_at": LATER, "ends_at": LATER + timedelta(hours=4)}
    return VisitSlot.objects.create(case=case, visitor=auditor(), offered_at=AT, **span)


def visit_to_come() -> Case:
    case = case_in(State.VISIT_AGREED)
    case.visits.update(starts_at=LATER, ends_at=LATER + timedelta(hours=4))
    return case


def with_slot() -> Case:
    case = case_in(State.IN_REVIEW)
    offered(case)
    return case


OFFER = workflow.Offer(LATER, LATER + timedelta(hours=4))
LATER_STILL = workflow.Offer(LATER + timedelta(days=1), LATER + timedelta(days=1, hours=4))


# Acts that are no moves of the table: who may, from where, with what.
BESIDE: dict[str, tuple[set[Role], Callable[[], Case], dict[str, Any]]] = {
    "release": ({Role.AUDITOR}, lambda: case_in(State.RECOMMENDED), {}),
    "correct_outcome": ({Role.AUDITOR}, released, CORRECTION),
    "release_correction": ({Role.AUDITOR}, corrected, {}),
    "send_back_correction": ({Role.AUDITOR}, corrected, {"reason": "Nein."}),
    "record_objection": ({Role.MINISTRY}, released, OBJECTION),
    "offer_slots": (
        {Role.AUDITOR},
        lambda: case_in(State.IN_REVIEW),
        {"offers": [OFFER], "override_reason": "Ferien nicht bekannt."},
    ),
    "withdraw_slots": ({Role.AUDITOR}, with_slot, {}),
    "ask_for_other_slots": ({Role.CENTRE}, with_slot, {"reason": "Da ist Sommerfest."}),
    "move_visit": (
        {Role.AUDITOR},
        visit_to_come,
        {"offer": LATER_STILL, "reason": "Krank.", "override_reason": "Ferien nicht bekannt."},
    ),
    "extend_deadline": ({Role.AUDITOR}, lambda: case_in(State.QUERIED), {"working_days": 5, "reason": "Ferien."}),
    "pause_deadline": ({Role.AUDITOR}, lambda: case_in(State.QUERIED), {"reason": "Ferien."}),
    "decide_objection": ({Role.MINISTRY}, objected, DECISION),
}


def person(role: Role, case: Case, *, own: bool) -> User:
    """Of the centre itself or of another; the auditor who has the case or another one."""
    user: User = UserFactory.create(role=role)
    if role == Role.CENTRE:
        MembershipFactory.create(user=user, **({"centre": case.centre} if own else {}))
    if role == Role.AUDITOR and own:
        Case.objects.filter(pk=case.pk).update(auditor=user)
    return user


def outcome_of(attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except NotAllowedError:
        return "refused"
    return "done"


@pytest.mark.parametrize("own", [True, False], ids=["own", "foreign"])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", BY_ACT)
def test_a_move_is_made_by_whom_the_table_names(act: str, role: Role, own: bool) -> None:
    move = BY_ACT[act]
    case = case_in(min(move.sources - {State.NOT_AWARDED}), act=act)
    by = person(role, case, own=own)

    slot = offered(case) if (act, role) == ("agree_visit", Role.CENTRE) else None
    more = {"slot": slot} if slot else None
    happened = outcome_of(
        lambda: getattr(workflow, act)(case, by=by, at=AT, **more) if more else try_act(act, case, by=by)
    )

    may = ROLES.get(role) in move.actors and (own or role != Role.CENTRE)
    assert happened == ("done" if may else "refused")


@pytest.mark.parametrize("own", [True, False], ids=["own", "foreign"])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", BESIDE)
def test_other_acts_are_made_by_whom_they_are_for(act: str, role: Role, own: bool) -> None:
    roles, prepared, fields = BESIDE[act]
    case = prepared()
    by = person(role, case, own=own)

    happened = outcome_of(lambda: getattr(workflow, act)(case, by=by, at=AT, **fields))

    assert happened == ("done" if role in roles and (own or role != Role.CENTRE) else "refused")


@pytest.mark.parametrize("act", BESIDE)
def test_whoever_may_no_longer_sign_in_may_do_nothing(act: str) -> None:
    _, prepared, fields = BESIDE[act]
    case, gone = prepared(), UserFactory.create(auditor=True, is_active=False)

    assert outcome_of(lambda: getattr(workflow, act)(case, by=gone, at=AT, **fields)) == "refused"


@pytest.mark.parametrize("act", ["record_objection", "decide_objection"])
def test_the_team_lead_records_objections_too(act: str) -> None:
    _, prepared, fields = BESIDE[act]
    case, head = prepared(), UserFactory.create(auditor=True, team_lead=True)

    assert outcome_of(lambda: getattr(workflow, act)(case, by=head, at=AT, **fields)) == "done"


def test_whoever_visited_does_not_release_a_correction() -> None:
    case, visitor = corrected(), auditor()
    case.visits.create(starts_at=AT - timedelta(days=20), visitor=visitor, held_on=AT.date() - timedelta(days=20))

    assert outcome_of(lambda: workflow.release_correction(case, by=visitor, at=AT)) == "refused"
