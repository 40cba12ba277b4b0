from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import User
from certification.answers import Given, Said, Saved, save_answers
from certification.models import Answer, Case
from certification.rules.moves import State
from certification.workflow import NotAllowedError
from tests.certification.portal_cases import AT, case_of, deputy, lead, part_of, say
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory

pytestmark = pytest.mark.django_db
EMPTY = Said()


@pytest.fixture
def case(db: None) -> Case:
    return case_of()


def save(case: Case, code: str, said: Said, *, shown: Said = EMPTY, by: User | None = None) -> Saved:
    part = part_of(case, code)
    given = {part.pk: Given(said, shown.stamp)}
    return save_answers(case, area=part.criterion.area, answers=given, by=by or lead(case), at=AT)


def stored(case: Case, code: str) -> Said:
    return Said.by(Answer.objects.filter(case=case, part=part_of(case, code)).first())


def test_a_first_answer_is_stored_with_who_and_when(case: Case) -> None:
    saved = save(case, "1.3", Said("yes", "Offene Treffen", 2, 0))

    assert saved == Saved(1, {})
    assert stored(case, "1.3") == Said("yes", "Offene Treffen", 2, 0)
    assert list(case.answers.values_list("saved_by", "saved_at")) == [(lead(case).pk, AT)]


def test_an_answer_is_changed_in_place(case: Case) -> None:
    say(case, "1.1", "no")

    save(case, "1.1", Said("yes", "Neu"), shown=Said("no"))

    assert stored(case, "1.1") == Said("yes", "Neu")


def test_an_empty_answer_is_not_stored(case: Case) -> None:
    assert save(case, "1.1", EMPTY) == Saved(0, {})
    assert not case.answers.exists()


def test_an_answer_can_be_taken_back(case: Case) -> None:
    say(case, "1.1", "yes")

    save(case, "1.1", EMPTY, shown=Said("yes"))

    assert stored(case, "1.1") == EMPTY


def test_what_somebody_else_changed_is_reported_and_not_overwritten(case: Case) -> None:
    theirs = say(case, "1.1", "no", text="Von nebenan", saved_by=deputy(case))

    saved = save(case, "1.1", Said("yes", "Von mir"))

    assert saved == Saved(0, {theirs.part_id: theirs})
    assert stored(case, "1.1") == Said("no", "Von nebenan")


def test_what_she_left_alone_keeps_the_change_of_somebody_else(case: Case) -> None:
    theirs = say(case, "1.1", "no", text="Von nebenan", saved_by=deputy(case))

    assert save(case, "1.1", EMPTY) == Saved(0, {}, {theirs.part_id: theirs})
    assert stored(case, "1.1") == Said("no", "Von nebenan")


def test_the_same_change_by_two_people_is_no_conflict(case: Case) -> None:
    say(case, "1.1", "yes", saved_by=deputy(case))

    assert save(case, "1.1", Said("yes")) == Saved(0, {})


def test_dates_are_stored_and_take_part_in_the_stamp(case: Case) -> None:
    dated = Said("yes", offers=(date(2025, 3, 14), date(2025, 9, 12)))

    save(case, "1.3", dated)

    assert stored(case, "1.3") == dated
    assert dated.stamp != Said("yes").stamp


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"value": "vielleicht"[:6]}, "answer_value_known"),
        ({"offers": [date(2025, 3, 1)] * 61}, "answer_offers_are_dates"),
        ({"offers": [None]}, "answer_offers_are_dates"),
    ],
)
def test_database_refuses_answers_that_are_none(case: Case, fields: dict[str, Any], constraint: str) -> None:
    answer = say(case, "1.3")

    with pytest.raises(IntegrityError, match=constraint):
        Answer.objects.filter(pk=answer.pk).update(**fields)


def test_a_part_of_another_area_is_left_alone(case: Case) -> None:
    other = part_of(case, "5.1")

    save_answers(
        case,
        area=part_of(case, "1.1").criterion.area,
        answers={other.pk: Given(Said("yes"), EMPTY.stamp)},
        by=lead(case),
        at=AT,
    )

    assert not case.answers.exists()


def test_an_area_of_another_edition_is_left_alone(case: Case) -> None:
    foreign = part_of(case_of(), "1.1")

    save_answers(
        case,
        area=foreign.criterion.area,
        answers={foreign.pk: Given(Said("yes"), EMPTY.stamp)},
        by=lead(case),
        at=AT,
    )

    assert not case.answers.exists()


@pytest.mark.parametrize("state", [s for s in State if s not in {State.INVITED, State.REGISTERED}])
def test_after_the_hand_in_nothing_changes(state: State) -> None:
    case = case_of(state)

    with pytest.raises(NotAllowedError, match="nach dem Einreichen nicht mehr ändern"):
        save(case, "1.1", Said("yes"))


@pytest.mark.parametrize("role", ["ministry", "auditor", "service_office"])
def test_staff_never_answers_for_a_centre(case: Case, role: str) -> None:
    staff = UserFactory.create(**{role: True})
    MembershipFactory.create(centre=case.centre, user=staff, deputy=True)

    with pytest.raises(NotAllowedError, match="nur das Familienzentrum selbst"):
        save(case, "1.1", Said("yes"), by=staff)


def test_the_lead_of_another_centre_does_not_answer(case: Case) -> None:
    with pytest.raises(NotAllowedError):
        save(case, "1.1", Said("yes"), by=lead(case_of()))


@pytest.mark.parametrize("parts", [["1.1"], ["1.1", "1.2", "1.3"]])
def test_saving_takes_the_same_queries_for_any_number(
    case: Case, parts: list[str], django_assert_num_queries: Any
) -> None:
    area = part_of(case, "1.1").criterion.area
    answers = {part_of(case, code).pk: Given(Said("yes"), EMPTY.stamp) for code in parts}
    by = lead(case)

    with django_assert_num_queries(7):
        save_answers(case, area=area, answers=answers, by=by, at=AT)
