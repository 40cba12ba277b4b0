"""The daily jobs while workers die, and two of everything run at once."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from centres.models import JobRun, Letter, LetterState
from certification import missing, reminders
from certification.models import Case, Chain, ReminderRule, Seal, Step
from certification.rules.moves import State
from certification.tasks import miss_unanswered, write_due_reminders
from config.embedded.house import die_with_parent
from tests.factories.certification import CaseFactory, SealFactory
from tests.factories.post import LetterFactory
from tests.worker.conftest import AT, Worker, later, wait_until, waiting_in_the_database, wake
from tests.worker.mail_server import MailServer

LATELY, SOON, SPRING = date(2026, 2, 10), date(2026, 3, 4), date(2026, 4, 1)  # seen from the workers' day
WAIT = 14  # days


@pytest.fixture
def seals(worker: Worker) -> list[Seal]:
    """Twenty whose six months fell due on the last day of February."""
    ReminderRule.objects.get_or_create(chain=Chain.SEAL, key="6-months", defaults={"months": -6})
    return SealFactory.create_batch(20, valid_through=date(2026, 8, 31))


def reminded(until: date) -> list[Case]:
    """Three cases with this deadline; their last reminder is written and not sent."""
    rule, _ = ReminderRule.objects.get_or_create(chain=Chain.REGISTRATION, key="3-days", defaults={"days": -3})
    ReminderRule.objects.filter(pk=rule.pk).update(consequence_days=WAIT)
    cases = CaseFactory.create_batch(
        3, state=State.INVITED, round__registration_until=until, round__submission_until=SPRING
    )
    assert reminders.write_due(until, at=AT) == len(cases)
    return cases


def sent(number: int) -> bool:
    return Letter.objects.filter(state=LetterState.SENT).count() == number


def once_each(mail: MailServer) -> bool:
    assert mail.addresses() == sorted(Letter.objects.values_list("to", flat=True))
    return len(set(mail.addresses())) == 20


def test_the_daily_job_twice_at_once_writes_each_letter_once(
    seals: list[Seal], worker: Worker, hire: Callable[..., Worker], mail: MailServer
) -> None:
    second = hire()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE centres_letter IN EXCLUSIVE MODE")  # both have read what is due before one writes
        for _ in range(2):
            write_due_reminders.delay()
        wait_until(lambda: waiting_in_the_database() == 2)

    wait_until(lambda: sent(20))
    wait_until(worker.idle)
    second.stop()
    assert once_each(mail)


def test_a_job_killed_between_writing_and_commit_has_written_nothing_and_the_next_writes_all(
    seals: list[Seal], worker: Worker, mail: MailServer
) -> None:
    with transaction.atomic():
        LetterFactory.create(key=f"seal-{seals[-1].pk}/2026-08-31/6-months")  # the last of its rows waits for ours
        write_due_reminders.delay()
        wait_until(lambda: waiting_in_the_database() == 1)
        worker.kill()
        transaction.set_rollback(True)
    wait_until(lambda: not waiting_in_the_database())
    assert not Letter.objects.exists()

    worker.start()
    write_due_reminders.delay()

    wait_until(lambda: sent(20))
    assert once_each(mail)


def runs() -> QuerySet[JobRun]:
    return JobRun.objects.well().filter(job=write_due_reminders.name).order_by("pk")


@contextmanager
def scheduler(file: Path) -> Iterator[None]:
    """`celery beat` as a process of its own."""
    tied = die_with_parent(signal.SIGTERM)
    command = [sys.executable, "-m", "tests.worker.beat", str(file)]
    with subprocess.Popen(command, preexec_fn=tied) as beat:  # noqa: S603, PLW1509 - as `config.embedded` does
        try:
            yield
        finally:
            beat.terminate()


def test_two_schedulers_at_once_start_the_job_twice_as_often_and_write_each_letter_once(
    seals: list[Seal], worker: Worker, mail: MailServer, tmp_path: Path
) -> None:
    with ExitStack() as both:
        for name in ("first", "second"):
            both.enter_context(scheduler(tmp_path / name))
        wait_until(lambda: runs().count() >= 12)
    wait_until(worker.idle)

    wait_until(lambda: sent(20))
    assert once_each(mail)
    assert [run.wrote for run in runs() if run.wrote] == [20]


def test_the_consequence_in_two_processes_at_once_happens_once(
    worker: Worker, hire: Callable[..., Worker], mail: MailServer
) -> None:
    reminded(until=LATELY)
    second = hire()
    Letter.objects.update(state=LetterState.SENT, sent_at=AT - timedelta(days=WAIT))

    with transaction.atomic():
        list(Case.objects.select_for_update())  # both have read who is to be missed before one of them may act
        for _ in range(2):
            miss_unanswered.delay()
        wait_until(lambda: waiting_in_the_database() == 2)

    wait_until(lambda: JobRun.objects.well().filter(job=miss_unanswered.name).count() == 2)
    wait_until(lambda: sent(6))
    second.stop()
    assert Step.objects.filter(act="miss").count() == Letter.objects.filter(template="case_missed").count() == 3
    assert len(mail.accepted) == 3  # the reminders had gone before


def missed() -> set[int]:
    return set(Case.objects.filter(state=State.MISSED).values_list("centre", flat=True))


def told() -> set[int]:
    sent = Letter.objects.filter(state=LetterState.SENT, rule="registration/3-days")
    return set(sent.values_list("centre", flat=True))


def test_however_slowly_reminders_go_out_no_consequence_overtakes_its_own(
    worker: Worker, hire: Callable[..., Worker], mail: MailServer
) -> None:
    worker.stop()
    mail.will("BODY", "250 accepted", "451 later")
    reminded(until=SOON)
    hire(60)  # one letter in a second

    def has_missed(number: int) -> bool:
        told_before = told()
        missing.miss_due(AT.date() + timedelta(days=WAIT), at=AT + timedelta(days=WAIT))
        assert missed() <= told()
        return len(missed()) == len(told_before) == number

    wake()
    wait_until(lambda: has_missed(2))
    assert Letter.objects.filter(state=LetterState.RETRYING, error__contains="later").count() == 1

    later()
    wake()
    wait_until(lambda: has_missed(3))
