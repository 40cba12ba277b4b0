"""Sending the letters of a cohort with two workers, each letter claimed and its answer recorded.

Anchors: `smtplib` on one connection with messages that are already bytes; Celery with a task per hundred letters, and
with a task per letter, neither with any record. All write to the same mail server, a process of its own.
BENCH_LETTERS is how many the workers send before their memory is looked at again.
"""

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from celery import current_app
from django.db import connection

from benchmarks import _stage, _table
from centres.models import Letter, LetterState
from centres.tasks import deliver_letters

LETTERS = 3322
MANY = int(os.environ.get("BENCH_LETTERS", "33220"))
WARM = 200
TIMES = 3
PATIENCE = 600
SUBJECT = "Ihr Gütesiegel gilt bis 31. Juli 2030"
BODY = "Guten Tag,\n\n" + "das Gütesiegel Ihres Familienzentrums gilt bis einschließlich 31. Juli 2030.\n" * 12


def run() -> None:
    _table.head()
    _stage.empty()
    with sink() as port, workers("config", port) as worker:
        rates(port)
        memory(worker)


def rates(port: int) -> None:
    """The least of several runs of each, in turn, so that a busy moment of the machine meets all."""
    with workers("benchmarks._stock_post", port, "--queues", "stock"):
        acts = [ours, lambda: bare(port), together, alone]
        ours(WARM)
        together()
        took = [min(times) for times in zip(*([act() for act in acts] for _ in range(TIMES)), strict=True)]
    own, plain, by_hundred, single = took
    _table.ratio(f"sending {LETTERS:,} letters, two workers / bare smtplib, one connection", own, plain, goal=2)
    _table.ratio("  the same / Celery, a task per 100, two processes, no record", own, by_hundred, goal=1.25)
    _table.ratio("  the same / Celery, a task per letter, two processes, no record", own, single, goal=0.4)
    _table.number("  letters per second", round(LETTERS / own))


def memory(worker: subprocess.Popen[bytes]) -> None:
    """What the worker processes grow by after the first cohorts."""
    before = resident(worker)
    for _ in range(LETTERS, MANY, LETTERS):  # in cohorts: a round lasts four minutes, and no beat wakes the next
        ours()
    growth = max(after - before[pid] for pid, after in resident(worker).items())
    what = f"  growth of a worker over {MANY:,} letters after the first cohorts, MiB"
    _table.number(what, round(growth / 1024, 1), goal=5)


def ours(number: int = LETTERS) -> float:
    Letter.objects.all().delete()
    Letter.objects.bulk_create((letter(n) for n in range(number)), batch_size=1000)
    _stage.settle()
    start = time.perf_counter()
    for _ in range(2):
        deliver_letters.delay()
    until(lambda: not Letter.objects.exclude(state=LetterState.SENT).exists())
    return time.perf_counter() - start


def letter(n: int) -> Letter:
    return Letter(
        key=f"bench-{n}",
        template="reminder_seal",
        rule="seal/6-months",
        why="Erinnerung 6 Monate vor dem letzten gültigen Tag des Gütesiegels.",
        to=f"leitung-{n}@example.org",
        subject=SUBJECT,
        body=BODY,
        written_at=_stage.now(),
    )


def bare(port: int) -> float:
    """No building, no record, nothing but the dialogue."""
    ready = [(to, built(to, subject, body)) for to, subject, body in words()]
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for to, message in ready:
            server.sendmail("zertifizierung@example.org", [to], message)
    return time.perf_counter() - start


def together() -> float:
    from benchmarks import _stock_post as stock  # noqa: PLC0415 - reads the address of the broker

    return stock_run(lambda: [stock.send_together.delay(some) for some in hundreds()])


def alone() -> float:
    from benchmarks import _stock_post as stock  # noqa: PLC0415

    return stock_run(lambda: [stock.send_alone.delay(*each) for each in words()])


def stock_run(queue: Callable[[], object]) -> float:
    from benchmarks._stock_post import SENT, redis  # noqa: PLC0415

    redis.set(SENT, 0)
    start = time.perf_counter()
    queue()
    until(lambda: int(redis.get(SENT) or 0) == LETTERS)
    return time.perf_counter() - start


def words() -> Iterator[tuple[str, str, str]]:
    for n in range(LETTERS):
        yield f"leitung-{n}@example.org", SUBJECT, BODY


def hundreds() -> Iterator[list[tuple[str, str, str]]]:
    waiting = list(words())
    for first in range(0, LETTERS, 100):
        yield waiting[first : first + 100]


def built(to: str, subject: str, body: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "zertifizierung@example.org", to, subject
    message.set_content(body)
    return message.as_bytes(policy=SMTP)


def until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{happens} did not happen")
        time.sleep(0.02)


@contextmanager
def sink() -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks._sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout
        assert server.stdin
        yield int(server.stdout.readline())
        server.stdin.close()


@contextmanager
def workers(app: str, port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Two processes of a real worker, on the database of the benchmark."""
    database = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"
    environment = {**os.environ, "DATABASE_URL": database, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "celery", "-A", app, "worker", "--concurrency", "2", "--loglevel", "ERROR",
               "--hostname", f"{app}@bench", *options]  # fmt: skip
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as worker:  # noqa: S603
        try:
            until(lambda: has_ended(worker) or bool(current_app.control.ping([f"{app}@bench"], timeout=1)))
            yield worker
        finally:
            worker.terminate()


def has_ended(worker: subprocess.Popen[bytes]) -> bool:
    if worker.poll() is not None:
        raise RuntimeError("The worker ended before it began: its last lines above say why.")
    return False


def resident(worker: subprocess.Popen[bytes]) -> dict[str, int]:
    """KiB in memory of each process of the pool."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    status = {pid: Path(f"/proc/{pid}/status").read_text() for pid in children}
    return {pid: int(text.partition("VmRSS:")[2].split()[0]) for pid, text in status.items()}
