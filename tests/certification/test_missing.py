"""A case is missed by the clock only once its last reminder has arrived and had its days."""

from datetime import date, timedelta

import pytest

from centres.models import Letter, LetterState
from certification import lateness, missing, reminders
from certification.models import Case, Chain, ReminderRule, Step
from certification.rules.moves import Actor, State
from tests.certification.moves import AT
from tests.factories.certification import CaseFactory

pytestmark = pytest.mark.django_db

TODAY = AT.date()  # 2 March 2026
UNTIL = date(2026, 2, 10)
NOTICE = UNTIL - timedelta(days=3)


@pytest.fixture
def case() -> Case:
    """A case that was reminded for the last time, three days before the end of its registration."""
    ReminderRule.objects.filter(chain=Chain.REGISTRATION, key="3-days").update(consequence_days=14)
    case: Case = CaseFactory.create(state=State.INVITED, round__registration_until=UNTIL)
    reminders.write_due(NOTICE, at=AT - timedelta(days=23))
    return case


def delivered(days_ago: int) -> None:
    Letter.objects.update(state=LetterState.SENT, sent_at=AT - timedelta(days=days_ago))


def state_of(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def unreached() -> int:
    return lateness.counts(Case.objects.all(), today=TODAY)["unerreicht"]


def test_the_consequence_counts_from_the_delivery_of_the_last_reminder(case: Case) -> None:
    delivered(14)

    assert missing.miss_due(TODAY, at=AT) == 1

    step = Step.objects.get(case=case)
    assert (state_of(case), step.actor, step.by) == (State.MISSED, Actor.CLOCK, None)
    assert step.reason.startswith("Die Frist endete am 10.02.2026; auch auf die letzte Erinnerung vom 16.02.2026")


@pytest.mark.parametrize("days_ago", [0, 13])
def test_mail_that_was_late_or_slowed_down_gives_the_same_days(case: Case, days_ago: int) -> None:
    delivered(days_ago)

    assert missing.miss_due(TODAY, at=AT) == 0
    assert (state_of(case), unreached()) == (State.INVITED, 0)


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.RETRYING])
def test_mail_on_its_way_has_no_consequence_yet(case: Case, state: LetterState) -> None:
    Letter.objects.update(state=state)

    assert missing.miss_due(TODAY, at=AT) == 0
    assert unreached() == 0


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.WITHHELD])
def test_a_reminder_that_never_arrived_becomes_a_work_item(case: Case, state: LetterState) -> None:
    Letter.objects.update(state=state)

    assert missing.miss_due(TODAY, at=AT) == 0
    assert (state_of(case), unreached()) == (State.INVITED, 1)


def test_a_reminder_that_was_never_written_becomes_a_work_item(case: Case) -> None:
    Letter.objects.all().delete()

    assert (missing.miss_due(TODAY, at=AT), unreached()) == (0, 1)


def test_a_second_run_finds_nothing_to_do_and_one_in_parallel_gives_way(case: Case) -> None:
    delivered(14)
    [(seen, until)] = missing._due(TODAY)

    assert [missing.miss_due(TODAY, at=AT), missing.miss_due(TODAY, at=AT)] == [1, 0]
    assert not missing._miss(seen, until, at=AT)


def test_without_a_set_number_of_days_nothing_happens_by_itself(case: Case) -> None:
    ReminderRule.objects.update(consequence_days=None)
    delivered(20)

    assert missing.miss_due(TODAY, at=AT) == 0
    assert (state_of(case), unreached()) == (State.INVITED, 0)


def test_whoever_takes_part_after_all_is_not_missed(case: Case) -> None:
    delivered(14)
    Case.objects.update(state=State.REGISTERED)

    assert missing.miss_due(TODAY, at=AT) == 0
