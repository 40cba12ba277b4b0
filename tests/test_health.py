"""Heartbeats of the jobs, and who hears of their silence."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from centres import tasks as post_tasks
from centres.heartbeat import KEPT, heartbeat
from centres.models import JobRun, Letter, LetterState
from certification import tasks as certification_tasks
from config import jobs
from config import tasks as config_tasks
from events import tasks as events_tasks
from tests.certification.admin import ministry
from tests.factories.certification import SealFactory
from tests.factories.post import LetterFactory
from tests.post.conftest import mail_server
from tests.post.mail_server import MailServer

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 5, 9, 0, 30, tzinfo=UTC)
DELIVERY = "centres.tasks.deliver_letters"
REMINDERS = "certification.tasks.write_due_reminders"
OFFERS = "events.tasks.pass_on_offers"  # every five minutes, as the delivery


@pytest.fixture(autouse=True)
def long_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database was made, and the process begun, long ago."""
    monkeypatch.setattr(jobs, "LOADED", datetime(2026, 1, 1, tzinfo=UTC))
    migrated(datetime(2026, 1, 1, tzinfo=UTC))


def migrated(at: datetime) -> None:
    MigrationRecorder(connection).migration_qs.update(applied=at)


def run(job: str, at: datetime = AT, **fields: object) -> JobRun:
    return JobRun.objects.create(**{"job": job, "started_at": at, "finished_at": at, "wrote": 0, **fields})


def run_all(at: datetime = AT) -> None:
    for job in jobs.scheduled():
        run(job, at)


def silent(at: datetime = AT) -> list[str]:
    return [job.name for job in jobs.silent(at=at)]


def test_a_job_leaves_when_it_ran_and_how_much_it_did(mail_server: MailServer) -> None:
    LetterFactory.create()

    post_tasks.deliver_letters()

    beat = JobRun.objects.get()
    assert (beat.job, beat.wrote, beat.error) == (DELIVERY, 1, "")
    assert beat.finished_at is not None
    assert beat.finished_at >= beat.started_at


@heartbeat
def failing() -> int:
    raise LookupError("kein Papier")


def test_a_job_that_fails_leaves_its_error_and_fails_all_the_same() -> None:
    with pytest.raises(LookupError):
        failing()

    beat = JobRun.objects.get()
    assert (beat.error, beat.wrote, jobs.did(beat)) == (
        "LookupError: kein Papier", None, "gescheitert: LookupError: kein Papier",
    )  # fmt: skip


@heartbeat
def killed() -> int:
    raise SystemExit


def test_a_job_that_is_killed_leaves_its_beginning() -> None:
    with pytest.raises(SystemExit):
        killed()

    assert JobRun.objects.get().finished_at is None
    assert not JobRun.objects.well().exists()


def test_old_beats_are_swept() -> None:
    run(DELIVERY, AT - KEPT - timedelta(days=1))

    with time_machine.travel(AT, tick=False):
        certification_tasks.issue_certificates()

    assert [beat.job for beat in JobRun.objects.all()] == ["certification.tasks.issue_certificates"]


def test_every_scheduled_job_leaves_a_beat_and_has_a_name() -> None:
    for name in jobs.scheduled():
        rooms = (post_tasks, certification_tasks, events_tasks, config_tasks)
        task = next(vars(room)[name.rpartition(".")[2]] for room in rooms if room.__name__ == name.rpartition(".")[0])
        assert task.name == name
        task()

    assert sorted(JobRun.objects.well().values_list("job", flat=True)) == jobs.scheduled()
    assert set(jobs.scheduled()) <= set(jobs.WORDS)


@pytest.mark.parametrize(
    ("job", "next_runs"),
    [(DELIVERY, ["09:05", "09:10"]), (REMINDERS, ["10:00", "11:00"])],
)
def test_the_next_runs_follow_the_schedule(job: str, next_runs: list[str]) -> None:
    first = jobs.next_run(job, AT)

    assert [f"{each:%H:%M}" for each in (first, jobs.next_run(job, first))] == next_runs


def test_a_job_is_silent_after_two_missed_runs_and_the_time_one_may_take() -> None:
    run_all()

    missed = AT.replace(minute=10, second=0) + jobs.GRACE

    assert silent(missed) == []
    assert silent(missed + timedelta(seconds=1)) == [DELIVERY, OFFERS]


def test_runs_that_fail_or_never_end_do_not_break_the_silence() -> None:
    run_all(AT - timedelta(days=1))
    run(DELIVERY, error="OSError: weg")
    run(REMINDERS, finished_at=None, wrote=None)

    assert {DELIVERY, REMINDERS} <= set(silent())


def test_a_fresh_installation_is_well_until_the_first_runs_are_due() -> None:
    migrated(AT - timedelta(minutes=35))
    assert silent() == []

    migrated(AT - timedelta(minutes=40))
    assert silent() == [DELIVERY, OFFERS]


def test_a_process_that_just_began_is_well_after_a_week_without_beat() -> None:
    run_all(AT - timedelta(days=7))

    assert len(silent()) == len(jobs.scheduled())
    assert jobs.silent(at=AT, known_since=AT - timedelta(minutes=1)) == []


def healthz(client: Client, at: datetime = AT) -> tuple[int, str]:
    with time_machine.travel(at, tick=False):
        response = client.get("/healthz")
    return response.status_code, response.text


def test_health_is_good_where_all_is_well_and_cheap(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run_all()

    with django_assert_num_queries(3):
        assert healthz(client) == (200, "ok")


def test_health_says_that_something_is_wrong_and_no_more(client: Client) -> None:
    run_all()

    assert healthz(client, AT + timedelta(days=1)) == (503, "not well")


def test_health_notices_a_broker_that_is_away(client: Client, settings: Settings) -> None:
    run_all()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert healthz(client) == (503, "not well")


def test_health_notices_a_database_that_does_not_answer(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO nowhere")

    assert healthz(client) == (503, "not well")


def test_the_command_says_what_is_silent_since_when(capsys: pytest.CaptureFixture[str]) -> None:
    run_all()

    with time_machine.travel(AT + timedelta(hours=1), tick=False), pytest.raises(SystemExit) as ended:
        call_command("check_jobs")

    assert ended.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        "„Briefe versenden“ schweigt seit 5. Mai 2026, 11:00 Uhr. Laufen Zeitgeber (beat) und Worker?",
        "„Urkunden nachholen“ schweigt seit 5. Mai 2026, 11:00 Uhr. Laufen Zeitgeber (beat) und Worker?",
        "„Qualitätsprofile nachholen“ schweigt seit 5. Mai 2026, 11:00 Uhr. Laufen Zeitgeber (beat) und Worker?",
        "„Quittungen nachholen“ schweigt seit 5. Mai 2026, 11:00 Uhr. Laufen Zeitgeber (beat) und Worker?",
        "„Freie Plätze weitergeben“ schweigt seit 5. Mai 2026, 11:00 Uhr. Laufen Zeitgeber (beat) und Worker?",
        (
            "„Teilnahmebescheinigungen nachholen“ schweigt seit 5. Mai 2026, 11:00 Uhr. "
            "Laufen Zeitgeber (beat) und Worker?"
        ),
        (
            "„Einladungen und Rundbriefe nachholen“ schweigt seit 5. Mai 2026, 11:00 Uhr. "
            "Laufen Zeitgeber (beat) und Worker?"
        ),
    ]


def test_the_command_is_content_where_every_job_runs(capsys: pytest.CaptureFixture[str]) -> None:
    run_all()

    with time_machine.travel(AT, tick=False):
        call_command("check_jobs")

    assert capsys.readouterr().out == "Alle Aufgaben laufen.\n"


def test_the_ministry_reads_how_each_job_stands(client: Client) -> None:
    run_all()
    run(DELIVERY, AT + timedelta(minutes=40), wrote=34)
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        ministry(client)
        page = client.get(reverse("admin:centres_jobrun_changelist")).text

    assert "34 Briefe versandt" in page
    assert ">in Ordnung</td>" in page
    assert "<strong>schweigt seit 5. Mai 2026, 11:00 Uhr." in page
    assert "5. Mai 2026, 12:05" in page  # the next delivery, in Berlin


def test_nobody_edits_a_beat(client: Client) -> None:
    ministry(client)

    assert client.get(reverse("admin:centres_jobrun_add")).status_code == 403


def twice_at_once(job: Callable[[], object]) -> None:
    def once() -> None:
        job()
        connection.close()

    both = [Thread(target=once) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_write_and_send_each_letter_once(mail_server: MailServer) -> None:
    for _ in range(3):
        SealFactory.create()  # awarded on the same day, so that the same reminders are due
    with time_machine.travel(datetime(2030, 6, 30, 9, tzinfo=UTC)):
        twice_at_once(certification_tasks.write_due_reminders)
        twice_at_once(post_tasks.deliver_letters)

    assert len(mail_server.accepted) == Letter.objects.filter(state=LetterState.SENT).count() == 3
    assert JobRun.objects.well().filter(job=REMINDERS).count() == 2
