"""The daily job in two workers at once."""

from collections.abc import Callable
from datetime import date

from django.db import connection, transaction

from centres.models import Letter, LetterState
from certification.models import Chain, ReminderRule
from certification.tasks import write_due_reminders
from tests.factories.certification import SealFactory
from tests.worker.conftest import Worker, wait_until
from tests.worker.mail_server import MailServer

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'centres_letter'::regclass"


def writers_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


def test_the_daily_job_twice_at_once_writes_each_letter_once(
    worker: Worker, hire: Callable[[], Worker], mail: MailServer
) -> None:
    ReminderRule.objects.get_or_create(chain=Chain.SEAL, key="6-months", defaults={"months": -6})
    SealFactory.create_batch(20, valid_through=date(2026, 8, 31))
    second = hire()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE centres_letter IN EXCLUSIVE MODE")  # both have read what is due before one writes
        for _ in range(2):
            write_due_reminders.delay()
        wait_until(lambda: writers_waiting() == 2)

    wait_until(lambda: Letter.objects.filter(state=LetterState.SENT).count() == 20)
    wait_until(worker.idle)
    second.stop()
    assert len(mail.accepted) == Letter.objects.count() == 20
