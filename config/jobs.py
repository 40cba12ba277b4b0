"""What the scheduler starts: when each job last ran and will run next, and whether one has fallen silent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import crontab, maybe_schedule
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format

from centres.models import JobRun

# One run may take so long, and is ended then: until that time a job that is at work is not silent.
GRACE = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
# The web server loads the application once for all its workers, this module with it (by way of the admin).
LOADED = timezone.now()
# What each job is called, and what it has done when it says a number.
WORDS = {
    "certification.tasks.write_due_reminders": ("Erinnerungen schreiben", "Briefe geschrieben"),
    "certification.tasks.miss_unanswered": ("Verpasste Fristen feststellen", "Fälle geschlossen"),
    "centres.tasks.deliver_letters": ("Briefe versenden", "Briefe versandt"),
    "certification.tasks.issue_certificates": ("Urkunden nachholen", "Urkunden angefordert"),
    "config.tasks.ask_who_leads": ("Nach der Leitung fragen", "Briefe geschrieben"),
    "certification.tasks.issue_profiles": ("Qualitätsprofile nachholen", "Qualitätsprofile angefordert"),
    "certification.tasks.print_receipts": ("Quittungen nachholen", "Quittungen angefordert"),
    "events.tasks.write_event_post": ("Einladungen und Rundbriefe nachholen", "Briefe geschrieben"),
    "events.tasks.write_reminders": ("An Veranstaltungen erinnern", "Briefe geschrieben"),
    "events.tasks.pass_on_offers": ("Freie Plätze weitergeben", "Plätze verfallen oder angeboten"),
    "events.tasks.forget": ("Angaben zu alten Veranstaltungen löschen", "Veranstaltungen"),
    "events.tasks.print_proofs": ("Teilnahmebescheinigungen nachholen", "Bescheinigungen angefordert"),
    "centres.tasks.read_bounces": ("Rückläufer lesen", "Rückläufer zugeordnet"),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One job of the schedule as it stands at a moment."""

    name: str
    last_well: datetime | None
    next_run: datetime
    silent_since: datetime | None
    latest: JobRun | None = None

    @property
    def title(self) -> str:
        return WORDS.get(self.name, (self.name, ""))[0]


def jobs(*, at: datetime, known_since: datetime | None = None) -> list[Job]:
    """Every job of the schedule.

    A job is silent when it should have come to a good end twice, and longer ago than one run may take. A run that
    failed does not count. What has never run is expected from the last migration of the database on, and from
    `known_since` where that is later: a fresh or just started installation is well until the first runs are due.
    """
    names = scheduled()
    last_well, latest = JobRun.objects.last_well(names), JobRun.objects.newest(names)
    since = max(filter(None, (_migrated(), known_since)), default=at)
    return [_job(name, at, since, last_well.get(name), latest.get(name)) for name in names]


def silent(*, at: datetime, known_since: datetime | None = None) -> list[Job]:
    return [job for job in jobs(at=at, known_since=known_since) if job.silent_since]


def scheduled() -> list[str]:
    return sorted({entry["task"] for entry in _entries()})


def next_run(name: str, after: datetime) -> datetime:
    return min(_next(entry["schedule"], after) for entry in _entries() if entry["task"] == name)


def _entries() -> Iterable[Any]:
    return settings.CELERY_BEAT_SCHEDULE.values()


def _job(name: str, at: datetime, since: datetime, last_well: datetime | None, latest: JobRun | None) -> Job:
    alive = max(filter(None, (last_well, since)))
    missed = next_run(name, next_run(name, alive)) + GRACE
    return Job(name, last_well, next_run(name, at), alive if at > missed else None, latest)


def _next(timing: Any, after: datetime) -> datetime:
    schedule: Any = maybe_schedule(timing)
    if not isinstance(schedule, crontab):
        ahead: timedelta = schedule.run_every
        return after + ahead
    last, delta, _ = schedule.remaining_delta(after)
    found: datetime = last + delta
    return found


def _migrated() -> datetime | None:
    """When this database was made or last changed its shape."""
    found: datetime | None = MigrationRecorder(connection).migration_qs.aggregate(last=Max("applied"))["last"]
    return found


def did(run: JobRun | None) -> str:
    """What a run did, in words."""
    if run is None:
        return "noch nicht gelaufen"
    if run.error:
        return f"gescheitert: {run.error}"
    if run.wrote is None:
        return "arbeitet noch oder wurde abgebrochen"
    return f"{run.wrote} {WORDS.get(run.job, ('', ''))[1]}".strip()


def sentence(job: Job) -> str:
    """Whether the job is well, for the person who has to see to it."""
    if job.silent_since is None:
        return "in Ordnung" if job.last_well else "wartet auf den ersten Lauf"
    since = date_format(timezone.localtime(job.silent_since), "j. F Y, H:i")
    return f"schweigt seit {since} Uhr. Laufen Zeitgeber (beat) und Worker?"
