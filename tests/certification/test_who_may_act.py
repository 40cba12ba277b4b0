"""Every act, tried by every role, on a case of their own and on another's: from the table and beside it.

The acts are found by looking: a new one that nobody names here fails the first test.
"""

import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from inspect import getmembers, isfunction, signature
from typing import Any

import pytest

from accounts.models import Role, User
from certification import workflow
from certification.models import Case, ObjectionResult, Tie, VisitSlot
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


def paused() -> Case:
    case = case_in(State.QUERIED)
    case.queries.update(paused_on=AT.date())
    return case


def with_slot() -> Case:
    case = case_in(State.IN_REVIEW)
    offered(case)
    return case


SOMEBODY, HOLDER = object(), object()  # an auditor whom nothing ties, or who is tied; whoever has the case


def somebody() -> User:
    user, _ = User.objects.get_or_create(
        email="jemand@example.org", defaults={"role": Role.AUDITOR, "name": "Jonas Weber"}
    )
    return user


def tie(user: User, case: Case) -> None:
    Tie.objects.create(
        auditor=user, centre=case.centre, starts_on=AT.date(), reason="Nachbarin", declared_by=user, declared_at=AT
    )


def tied_somebody() -> Case:
    case = case_in(State.IN_REVIEW)
    tie(somebody(), case)
    return case


def given(fields: dict[str, Any], case: Case) -> dict[str, Any]:
    """The fields of an act with the people they stand for."""
    case.refresh_from_db()
    people = {id(SOMEBODY): somebody(), id(HOLDER): case.auditor_id}
    return {name: people.get(id(value), value) for name, value in fields.items()}


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
    "resume_deadline": ({Role.AUDITOR}, paused, {"reason": "Ferien vorbei."}),
    "save_drafts": ({Role.CENTRE}, lambda: case_in(State.QUERIED), {"drafts": {}}),
    "follow_calendar": ({Role.MINISTRY}, lambda: case_in(State.QUERIED), {}),
    "assign": ({Role.AUDITOR}, lambda: case_in(State.IN_REVIEW), {"to": SOMEBODY, "instead_of": HOLDER}),
    "exempt": (set(), tied_somebody, {"auditor": SOMEBODY, "reason": "Niemand sonst."}),
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


OF_NO_CASE = {"follow_calendar_everywhere"}
WITHIN_ACTS = {"take", "move", "take_on"}  # they get the person of the act that calls them


def acts() -> Iterator[str]:
    """Whatever in the folder of the acts is done by somebody at a moment."""
    for module in pkgutil.iter_modules(workflow.__path__, f"{workflow.__name__}."):
        for name, function in getmembers(import_module(module.name), isfunction):
            here = function.__module__ == module.name and not name.startswith("_")
            if here and {"by", "at"} <= signature(function).parameters.keys():
                yield name


def test_no_act_is_left_out() -> None:
    assert set(acts()) - WITHIN_ACTS - OF_NO_CASE - {"require_apart"} == {*BY_ACT, *BESIDE}
    assert {*BY_ACT, *BESIDE} | OF_NO_CASE <= set(workflow.__all__)


@pytest.mark.parametrize("role", Role)
def test_only_the_ministry_moves_all_periods_to_the_calendar(role: Role) -> None:
    by = UserFactory.create(role=role)

    happened = outcome_of(lambda: workflow.follow_calendar_everywhere(by=by, at=AT))

    assert happened == ("done" if role == Role.MINISTRY else "refused")


BY_AUDITORS = [name for name, move in BY_ACT.items() if Actor.AUDITOR in move.actors]
BY_AUDITORS += [name for name, (roles, _, _) in BESIDE.items() if Role.AUDITOR in roles]
BARS_THE_TIED = {"start_review", "recommend", "recommend_without_visit", "release", "release_correction"}
BARS_THE_VISITOR = {"release", "release_correction"}
BARRED_BY_A_VISIT = {"recommend_without_visit"}  # whoever held it


def attempted(act: str, by: User, *, prepare: Callable[[User, Case], None]) -> str:
    if act in BY_ACT:
        case = case_in(min(BY_ACT[act].sources - {State.NOT_AWARDED}), act=act)
        prepare(by, case)
        return outcome_of(lambda: try_act(act, case, by=by))
    _, prepared, fields = BESIDE[act]
    case = prepared()
    prepare(by, case)
    return outcome_of(lambda: getattr(workflow, act)(case, by=by, at=AT, **given(fields, case)))


@pytest.mark.parametrize("act", BY_AUDITORS)
def test_a_tie_bars_from_having_a_part_in_the_outcome(act: str) -> None:
    assert attempted(act, auditor(), prepare=tie) == ("refused" if act in BARS_THE_TIED else "done")


@pytest.mark.parametrize("act", BY_AUDITORS)
def test_whoever_visited_does_everything_else_but_release(act: str) -> None:
    def visited(user: User, case: Case) -> None:
        case.visits.create(starts_at=AT - timedelta(days=20), visitor=user, held_on=AT.date() - timedelta(days=20))

    refused = act in BARS_THE_VISITOR | BARRED_BY_A_VISIT
    assert attempted(act, auditor(), prepare=visited) == ("refused" if refused else "done")


def test_a_case_is_not_given_to_somebody_who_is_tied() -> None:
    case = tied_somebody()

    happened = outcome_of(
        lambda: workflow.assign(case, to=somebody(), by=auditor(), at=AT, instead_of=case.auditor_id)
    )

    assert happened == "refused"


def test_the_team_lead_exempts_others_but_never_herself() -> None:
    case, head = tied_somebody(), UserFactory.create(auditor=True, team_lead=True)
    tie(head, case)
    about = {"by": head, "at": AT, "reason": "Niemand sonst."}

    assert outcome_of(lambda: workflow.exempt(case, auditor=somebody(), **about)) == "done"
    assert outcome_of(lambda: workflow.exempt(case, auditor=head, **about)) == "refused"


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

    happened = outcome_of(lambda: getattr(workflow, act)(case, by=by, at=AT, **given(fields, case)))

    assert happened == ("done" if role in roles and (own or role != Role.CENTRE) else "refused")


@pytest.mark.parametrize("act", BESIDE)
def test_whoever_may_no_longer_sign_in_may_do_nothing(act: str) -> None:
    _, prepared, fields = BESIDE[act]
    case, gone = prepared(), UserFactory.create(auditor=True, is_active=False)

    assert outcome_of(lambda: getattr(workflow, act)(case, by=gone, at=AT, **given(fields, case))) == "refused"


@pytest.mark.parametrize("act", ["record_objection", "decide_objection"])
def test_the_team_lead_records_objections_too(act: str) -> None:
    _, prepared, fields = BESIDE[act]
    case, head = prepared(), UserFactory.create(auditor=True, team_lead=True)

    assert outcome_of(lambda: getattr(workflow, act)(case, by=head, at=AT, **fields)) == "done"
