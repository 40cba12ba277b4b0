"""A released outcome changes by a correction alone, which another person releases; objections around it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from centres.models import Letter
from certification import workflow
from certification.models import AreaResult, Case, Objection, ObjectionResult, Outcome
from certification.rules.moves import State
from certification.workflow import AreaChange, NotAllowedError
from tests.certification.moves import AT, case_in
from tests.certification.reviewing import auditor
from tests.factories.accounts import UserFactory
from tests.factories.certification import ProfileFactory

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)
NEW: dict[str, Any] = {"reason": "Ein Nachweis wurde übersehen.", "eligible": False, "closing_text": "Neu gelesen."}


def released_case(state: State = State.RECOMMENDED) -> Case:
    case = case_in(State.RECOMMENDED, act="award")
    Case.objects.filter(pk=case.pk).update(state=state)
    return Case.objects.get(pk=case.pk)


def propose(case: Case, by: User | None = None, **fields: Any) -> Outcome:
    return workflow.correct_outcome(case, by=by or auditor(), at=LATER, **{**NEW, **fields})


def grade_of(case: Case) -> AreaResult:
    return AreaResult.objects.select_related("area").get(case=case)


@pytest.mark.parametrize("state", [State.RECOMMENDED, State.AWARDED, State.NOT_AWARDED])
def test_a_proposed_correction_changes_nothing_yet(state: State) -> None:
    case = released_case(state)
    old = case.outcomes.get()

    propose(case, areas=[AreaChange(grade_of(case), "not_met", "Zu wenig.")])

    assert case.outcomes.standing().get() == old
    assert (grade_of(case).grade, Case.objects.get(pk=case.pk).state) == ("good", state)
    assert not Letter.objects.filter(centre=case.centre).exists()


def test_the_release_puts_it_in_the_place_of_the_old_one_which_stays_to_be_read() -> None:
    case, second = released_case(), auditor()
    old = case.outcomes.get()
    correction = propose(case, areas=[AreaChange(grade_of(case), "not_met", "Zu wenig.")])

    workflow.release_correction(case, by=second, at=LATER)

    old.refresh_from_db()
    assert (case.outcomes.standing().get(), old.replaced_at, old.eligible) == (correction, LATER, True)
    assert (grade_of(case).grade, grade_of(case).text) == ("not_met", "Zu wenig.")
    kept = correction.area_corrections.get()
    assert (kept.old_grade, kept.grade) == ("good", "not_met")


def test_the_release_tells_the_centre_without_a_word_of_the_content() -> None:
    case = released_case()
    propose(case)

    correction = workflow.release_correction(case, by=auditor(), at=LATER)

    letter = Letter.objects.get(centre=case.centre, template="outcome_corrected")
    assert letter.key == f"outcome-{correction.pk}/released"
    assert NEW["reason"] not in letter.body
    assert NEW["closing_text"] not in letter.body


def test_the_profile_gets_a_version_that_supersedes_the_old_one() -> None:
    case = released_case()
    old = ProfileFactory.create(outcome=case.outcomes.get())
    correction = propose(case)

    workflow.release_correction(case, by=auditor(), at=LATER)

    new = correction.profiles.get()
    old.refresh_from_db()
    assert (old.replaced_at, old.replaced_reason) == (LATER, NEW["reason"])
    assert (new.version, new.replaces, new.facts["correction"]) == (2, old, NEW["reason"])
    assert new.facts["eligible"] is False


def test_a_profile_still_on_its_way_does_not_hinder_a_correction() -> None:
    case = released_case()
    ProfileFactory.create(outcome=case.outcomes.get(), issued_at=None, file="", sha256="")
    correction = propose(case)

    workflow.release_correction(case, by=auditor(), at=LATER)

    assert correction.profiles.get().version == 2


@pytest.mark.parametrize("act", [workflow.release_correction, workflow.send_back_correction])
def test_whoever_proposed_a_correction_does_not_decide_on_it(act: Any) -> None:
    case, first = released_case(), auditor()
    propose(case, by=first)
    more = {"reason": "Nein."} if act == workflow.send_back_correction else {}

    with pytest.raises(NotAllowedError, match="entscheidet eine zweite Person"):
        act(case, by=first, at=LATER, **more)


def test_a_correction_sent_back_leaves_the_outcome_as_it_was_and_another_may_follow() -> None:
    case = released_case()
    old = case.outcomes.get()
    propose(case)

    workflow.send_back_correction(case, by=auditor(), at=LATER, reason="Der Nachweis lag vor.")
    propose(case)

    assert case.outcomes.standing().get() == old
    returned = case.outcomes.get(sent_back_at=LATER)
    assert Letter.objects.get(template="staff_sent_back").to == returned.recommended_by.email
    assert case.outcomes.count() == 3


def test_the_ministry_may_award_what_a_correction_made_eligible() -> None:
    case = case_in(State.RECOMMENDED, act="decline")
    ministry = UserFactory.create(ministry=True)
    workflow.decline(case, by=ministry, at=AT)
    propose(case, eligible=True, deviation_reason="Der Nachweis liegt jetzt vor.")
    workflow.release_correction(case, by=auditor(), at=LATER)

    step = workflow.award(case, by=ministry, at=LATER, on=LATER.date())

    assert (step.old, step.new) == (State.NOT_AWARDED, State.AWARDED)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": " "}, "Begründung"),
        ({"eligible": True, "closing_text": ""}, "ändert nichts"),
        ({"eligible": True}, "weicht vom errechneten Ergebnis ab"),
    ],
)
def test_a_correction_is_refused_with_a_sentence(wrong: dict[str, Any], said: str) -> None:
    case = released_case()

    with pytest.raises(NotAllowedError, match=said):
        propose(case, **wrong)


def test_only_a_released_outcome_is_corrected_and_once_at_a_time() -> None:
    with pytest.raises(NotAllowedError, match="nur ein freigegebenes"):
        propose(case_in(State.RECOMMENDED))
    case = released_case()
    propose(case)
    with pytest.raises(NotAllowedError, match="schon eine Berichtigung"):
        propose(case)


def test_without_a_proposal_there_is_nothing_to_release() -> None:
    with pytest.raises(NotAllowedError, match="keine Berichtigung vorgeschlagen"):
        workflow.release_correction(released_case(), by=auditor(), at=LATER)


def test_to_send_a_correction_back_takes_a_reason() -> None:
    case = released_case()
    propose(case)

    with pytest.raises(NotAllowedError, match="Begründung"):
        workflow.send_back_correction(case, by=auditor(), at=LATER, reason=" ")


def test_the_database_knows_one_standing_outcome_and_reasons() -> None:
    case = released_case()
    correction = propose(case)

    for wrong in ({"correction_reason": ""}, {"released_at": AT, "released_by": auditor()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Outcome.objects.filter(pk=correction.pk).update(**wrong)


def record(case: Case, by: User, **fields: Any) -> Objection:
    known = {"received_on": AT.date(), "objector": "Der Träger", "grounds": "Bereich 3 sei falsch bewertet."}
    return workflow.record_objection(case, by=by, at=LATER, **{**known, **fields})


def decide(case: Case, by: User, **fields: Any) -> Objection:
    known = {"result": ObjectionResult.REJECTED, "decided_on": LATER.date(), "decision": "Die Bewertung trägt."}
    return workflow.decide_objection(case, by=by, at=LATER, **{**known, **fields})


def test_an_objection_is_recorded_and_decided_with_letters_that_carry_no_content() -> None:
    case, person = released_case(), UserFactory.create(ministry=True)
    objection = record(case, person)

    decide(case, person)

    objection.refresh_from_db()
    assert (objection.result, objection.decided_by, objection.is_open) == ("rejected", person, False)
    letters = Letter.objects.filter(centre=case.centre, rule="objection").order_by("pk")
    assert [letter.template for letter in letters] == ["objection_received", "objection_decided"]
    assert not [letter for letter in letters if "Bereich 3" in letter.body or "trägt" in letter.body]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"objector": " "}, "von wem"), ({"received_on": date(2026, 4, 1)}, "in der Zukunft")],
)
def test_an_objection_is_refused_with_a_sentence(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(NotAllowedError, match=said):
        record(released_case(), UserFactory.create(ministry=True), **wrong)


def test_objections_come_one_at_a_time_and_only_after_a_release() -> None:
    person, case = UserFactory.create(ministry=True), released_case()
    with pytest.raises(NotAllowedError, match="freigegebenes Ergebnis"):
        record(case_in(State.RECOMMENDED), person)
    record(case, person)
    with pytest.raises(NotAllowedError, match="schon ein Widerspruch offen"):
        record(case, person)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"decision": " "}, "Begründung"), ({"decided_on": date(2026, 3, 1)}, "zwischen dem Eingang am 2. März 2026")],
)
def test_a_decision_is_refused_with_a_sentence(wrong: dict[str, Any], said: str) -> None:
    case, person = released_case(), UserFactory.create(ministry=True)
    record(case, person)

    with pytest.raises(NotAllowedError, match=said):
        decide(case, person, **wrong)


def test_without_an_open_objection_there_is_nothing_to_decide() -> None:
    with pytest.raises(NotAllowedError, match="kein Widerspruch offen"):
        decide(released_case(), UserFactory.create(ministry=True))


def test_what_stands_and_what_waits_is_the_same_for_rows_and_objects() -> None:
    case = released_case()
    propose(case)
    workflow.send_back_correction(case, by=auditor(), at=LATER, reason="Nein.")
    propose(case)
    workflow.release_correction(case, by=auditor(), at=LATER)
    propose(case, closing_text="Noch einmal gelesen.")

    outcomes = list(case.outcomes.all())

    assert len(outcomes) == 4
    assert [each for each in outcomes if each.stands] == list(case.outcomes.standing())
    assert [each for each in outcomes if each.waits_as_correction] == list(case.outcomes.pending_corrections())
