"""Real workers on the test's database and broker, and the mail server they write to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from redis import Redis

from centres.models import Letter
from centres.tasks import deliver_letters
from tests.worker.mail_server import MailServer, running

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.worker)
            item.add_marker(pytest.mark.uncovered)


def wait_until(happens: Callable[[], object], seconds: float = 300) -> None:
    """A wait ends with what it waits for; only what never happens takes the time, which a busy machine may need."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, f"{happens} did not happen"
        time.sleep(0.03)


WAITING = """
    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()
"""


def waiting_in_the_database() -> int:
    """How many statements of this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees who was there at its first look
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


class Worker:
    """One Celery process, born when it is needed; its clock starts at AT."""

    def __init__(self, nursery: subprocess.Popen[str], per_minute: int = 0, patience: int = 60) -> None:
        self.nursery, self.limits = nursery, f"{per_minute} {patience}"
        self.broker: Redis = Redis.from_url(os.environ["REDIS_URL"])
        self.pid: int | None = None

    def alive(self) -> bool:
        return self.pid is not None and Path(f"/proc/{self.pid}").exists()

    def start(self) -> None:
        if self.alive():
            return
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        print(self.limits, file=self.nursery.stdin, flush=True)
        self.pid = int(self.nursery.stdout.readline())

    def signal(self, number: signal.Signals) -> None:
        assert self.pid is not None
        os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL; the broker would hand what it was doing to another worker after an hour: not in these tests."""
        self.signal(signal.SIGKILL)
        wait_until(lambda: not self.alive())
        self.broker.delete("unacked", "unacked_index")

    def idle(self) -> bool:
        return not self.broker.llen("celery") and not self.broker.hlen("unacked")

    def stop(self) -> None:
        if self.alive():
            self.signal(signal.SIGTERM)
            wait_until(lambda: not self.alive())


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServer]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def nursery(
    django_db_setup: None, servers: MailServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[str]]:
    address = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"
    mail = f"smtp://127.0.0.1:{servers.server_address[1]}"
    environment = {**os.environ, "DATABASE_URL": address, "EMAIL_URL": mail}
    command = [sys.executable, "-m", "tests.worker.nursery", AT.isoformat()]
    Redis.from_url(os.environ["REDIS_URL"]).flushdb()
    with (tmp_path_factory.mktemp("worker") / "worker.log").open("w") as log, subprocess.Popen(  # noqa: S603
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
    ) as nursery:  # fmt: skip
        yield nursery


@pytest.fixture(scope="module")
def first_worker(nursery: subprocess.Popen[str]) -> Iterator[Worker]:
    worker = Worker(nursery)
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def hire(worker: Worker) -> Iterator[Callable[..., Worker]]:
    """Further workers for this test alone: one that went on after it would do the work of the next."""
    hired: list[Worker] = []

    def hire(per_minute: int = 0, patience: int = 60) -> Worker:
        hired.append(Worker(worker.nursery, per_minute, patience))
        hired[-1].start()
        return hired[-1]

    yield hire
    for each in hired:
        each.stop()


@pytest.fixture
def worker(first_worker: Worker, transactional_db: None) -> Iterator[Worker]:
    """Runs when the test begins, and has put down its work before the tables are emptied."""
    first_worker.start()
    yield first_worker
    first_worker.start()
    wait_until(first_worker.idle)


@pytest.fixture
def mail(servers: MailServer) -> MailServer:
    servers.forget()
    return servers


def wake() -> None:
    """As the beat does every five minutes."""
    deliver_letters.delay()


def later() -> None:
    """Long enough for every pause to be over and every dead worker's letter to be noticed."""
    Letter.objects.exclude(claimed_at=None).update(claimed_at=AT - timedelta(hours=1))
    Letter.objects.exclude(retry_after=None).update(retry_after=AT - timedelta(hours=1))
