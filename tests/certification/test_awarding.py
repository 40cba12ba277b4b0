from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certification import awarding, sealing
from certification.awarding import NotPossibleError
from certification.models import AwardBatch, Case, Seal
from certification.rules.moves import State
from tests.certification.admin import AT, DAY, released
from tests.factories.accounts import UserFactory
from tests.factories.certification import CaseFactory, SealFactory

pytestmark = pytest.mark.django_db


def batch_of(*cases: Case, on: date = DAY) -> AwardBatch:
    return awarding.prepare(cases, by=UserFactory.create(ministry=True), at=AT, on=on)


def confirmed(*cases: Case, expected: int, on: date = DAY) -> AwardBatch:
    batch = batch_of(*cases, on=on)
    awarding.confirm(batch, expected=expected, by=batch.created_by, at=AT)
    batch.refresh_from_db()
    return batch


def test_plans_say_what_a_single_award_would() -> None:
    renewed = released()
    SealFactory.create(centre=renewed.centre, awarded_on=date(2022, 5, 5))

    (plan,) = awarding.plans(batch_of(renewed))

    assert plan.validity == sealing.planned(renewed.centre, on=DAY)
    assert plan.validity is not None
    assert plan.validity.valid_from == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("case", "obstacle"),
    [
        (lambda: released(eligible=False), "Das freigegebene Ergebnis lautet: nicht gütesiegelfähig."),
        (lambda: CaseFactory.create(state=State.VISITED), "Der Fall ist „begangen“."),
        (
            lambda: CaseFactory.create(state=State.RECOMMENDED),
            "Das Ergebnis ist noch nicht von einer zweiten Person freigegeben.",
        ),
    ],
)
def test_plans_name_the_obstacle(case: Callable[[], Case], obstacle: str) -> None:
    (plan,) = awarding.plans(batch_of(case()))

    assert (plan.validity, plan.obstacle) == (None, obstacle)


def test_plans_name_a_seal_that_runs_as_long() -> None:
    case = released()
    SealFactory.create(centre=case.centre, awarded_on=date(2026, 4, 1))

    (plan,) = awarding.plans(batch_of(case))

    assert plan.obstacle.startswith("Das bisherige Gütesiegel gilt bis 31. Juli 2030")


def test_plans_ask_as_often_for_three_as_for_one() -> None:
    small, large = batch_of(released()), batch_of(released(), released(), released())

    with CaptureQueriesContext(connection) as for_one:
        awarding.plans(small)
    with CaptureQueriesContext(connection) as for_three:
        awarding.plans(large)

    assert len(for_one) == len(for_three)


def test_confirm_awards_nothing_itself_and_notes_who() -> None:
    batch = confirmed(released(), expected=1)

    assert (batch.confirmed_at, batch.confirmed_by) == (AT, batch.created_by)
    assert not Seal.objects.exists()


def test_confirm_settles_what_cannot_be_awarded() -> None:
    batch = confirmed(released(), released(eligible=False), expected=1)

    assert batch.items.get(done_at=None).case.outcomes.get().eligible
    assert batch.items.get(done_at=AT).problem == "Das freigegebene Ergebnis lautet: nicht gütesiegelfähig."


def test_confirm_refuses_another_number_than_was_shown() -> None:
    with pytest.raises(NotPossibleError, match="hat sich etwas geändert"):
        confirmed(released(), expected=2)


def test_confirm_refuses_a_second_time() -> None:
    batch = confirmed(released(), expected=1)

    with pytest.raises(NotPossibleError, match="schon bestätigt"):
        awarding.confirm(batch, expected=1, by=batch.created_by, at=AT)


def test_reschedule_moves_only_a_batch_that_is_not_confirmed() -> None:
    draft, running = batch_of(released()), confirmed(released(), expected=1)

    for batch in (draft, running):
        awarding.reschedule(batch, on=date(2026, 8, 1))
        batch.refresh_from_db()

    assert (draft.awarded_on, running.awarded_on) == (date(2026, 8, 1), DAY)


def test_carry_out_awards_each_seal_and_finishes() -> None:
    batch = confirmed(released(), released(), expected=2)

    awarding.carry_out(batch, now=lambda: AT)

    batch.refresh_from_db()
    assert batch.finished_at == AT
    assert set(Seal.objects.values_list("valid_through", flat=True)) == {date(2030, 7, 31)}
    assert set(Case.objects.values_list("state", flat=True)) == {State.AWARDED}


def test_carry_out_twice_awards_once() -> None:
    batch = confirmed(released(), expected=1)

    for _ in range(2):
        awarding.carry_out(batch, now=lambda: AT)

    assert Seal.objects.count() == 1


def test_carry_out_goes_on_after_one_that_meanwhile_cannot() -> None:
    first, second = released(), released()
    batch = confirmed(first, second, expected=2)
    Case.objects.filter(pk=first.pk).update(state=State.SUPERSEDED)

    awarding.carry_out(batch, now=lambda: AT)

    assert (
        batch.items.get(case=first).problem == "„Gütesiegel verleihen“ geht nicht, solange der Fall „abgelöst“ ist."
    )
    assert Seal.objects.get().case == second


def test_carry_out_begins_with_the_end_of_a_seal_withdrawn_later() -> None:
    case = released()
    SealFactory.create(
        centre=case.centre, awarded_on=date(2022, 5, 5), void_from=date(2026, 7, 1), void_kind="withdrawn"
    )
    batch = confirmed(case, expected=1)

    awarding.carry_out(batch, now=lambda: AT)

    assert batch.items.get().problem == ""
    assert case.seal.valid_from == date(2026, 7, 1)


def test_carry_out_stopped_halfway_leaves_no_half_award() -> None:
    batch = confirmed(released(), released(), expected=2)
    moments = iter([AT])

    with pytest.raises(StopIteration):
        awarding.carry_out(batch, now=lambda: next(moments))

    assert (Seal.objects.count(), batch.items.filter(done_at=None).count()) == (1, 1)
    awarding.carry_out(batch, now=lambda: AT)
    assert Seal.objects.count() == 2


def test_carry_out_of_a_preview_does_nothing() -> None:
    awarding.carry_out(batch_of(released()), now=lambda: AT)

    assert not Seal.objects.exists()


def test_the_task_carries_out() -> None:
    batch = confirmed(released(), expected=1)

    awarding.award_batch(batch.pk)

    assert Seal.objects.get().awarded_on == DAY
