"""The commands people type: the demo from start to end, services that wait, sentences when something is missing."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

BASE = Path(__file__).resolve().parents[1]
MISSING = {"DATABASE_URL": "postgres://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0", "SECRET_KEY": "x"}
OURS = ("_URL", "_DIR", "_ROOT", "_FILE", "TESTING", "SECRET_KEY", "MAKELEVEL")


def plain_environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.endswith(OURS)} | more


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Demo:
    def __init__(self, folder: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/"
        self.folder = folder
        self.log = folder.with_suffix(".log")
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.process_tree", "--centres", "60"],
                cwd=BASE,
                env=plain_environment(PORT=str(port), EMBEDDED_DIR=str(folder)),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> str:
        """What it has said when it says so."""
        deadline = time.monotonic() + 300
        while f"ready: {self.address}\n" not in (said := self.log.read_text()):
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
        return said

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait()


@contextmanager
def demo(folder: Path, port: int) -> Iterator[Demo]:
    started = Demo(folder, port)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def running(folder: Path) -> list[str]:
    """The processes that have this demo in their environment, once those that are stopping have stopped."""
    mark = f"EMBEDDED_DIR={folder}\0".encode()
    deadline = time.monotonic() + 60
    while (found := list(_marked(mark))) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def _marked(mark: bytes) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                yield (process / "cmdline").read_text()
        except OSError:
            continue


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(  # noqa: S603 - our own command line
        command, cwd=BASE, env=plain_environment(**environment), capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


MARK = "from centres.models import FamilyCentre; FamilyCentre.objects.filter(pk__lte=2).update(name='Merkmal')"
SEEK = "from centres.models import FamilyCentre; print(FamilyCentre.objects.filter(name='Merkmal').count())"


@pytest.mark.first
@pytest.mark.worker
def test_demo_killed_leaves_nothing_running_and_starts_again_with_its_data(folder: Path) -> None:
    with demo(folder, free_port()) as first:
        said = first.wait_until_ready()
        page = urllib.request.urlopen(first.address).read().decode()  # noqa: S310 - our own address
        beside = manage("shell", "--no-imports", "-c", MARK, EMBEDDED_DIR=str(folder))
        first.end(signal.SIGKILL)
    assert "ministerium@example.org" in said
    assert "Familienzentrum" in page
    assert (beside.returncode, beside.stderr) == (0, "")
    assert running(folder) == []

    with demo(folder, free_port()) as second:
        second.wait_until_ready()
        beside = manage("shell", "--no-imports", "-c", SEEK, EMBEDDED_DIR=str(folder))
        code = second.end(signal.SIGINT)
    assert code == 0
    assert beside.stdout == "2\n"
    assert running(folder) == []


def test_demo_on_a_taken_port_says_so_in_one_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        refused = Demo(folder.with_name("taken"), port)

        assert refused.process.wait() == 1
    assert refused.log.read_text() == f"Port {port} is taken; try another one: make demo PORT={port + 1}\n"


@pytest.mark.django_db
def test_waiting_ends_at_once_when_everything_is_there() -> None:
    call_command("wait_for_servers", seconds=1)


def test_waiting_for_servers_that_do_not_come_names_them() -> None:
    waited = manage("wait_for_servers", "--seconds", "0", **MISSING)

    assert waited.returncode == 1
    assert waited.stdout == "Waiting for database and broker\n"
    assert waited.stderr == "CommandError: No database and no broker after 0 seconds.\n"


@pytest.mark.django_db
def test_waiting_sees_a_migration_that_was_not_run() -> None:
    call_command("migrate", "sessions", "zero", verbosity=0)

    with pytest.raises(CommandError, match="No migrations after 0 seconds"):
        call_command("wait_for_servers", seconds=0)


def test_missing_system_libraries_are_named_in_one_sentence(tmp_path: Path) -> None:
    bare = {"PATH": str(tmp_path), "PYTHON": "/bin/false"}
    (tmp_path / "id").symlink_to("/usr/bin/id")

    refused = subprocess.run(
        ["/bin/sh", "requirements/debian.sh", "python", "pdf"],
        cwd=BASE,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr.startswith("Missing here: python3-venv libpango-1.0-0")
    assert refused.stderr.count("\n") == 1


def test_locks_have_hashes_and_no_addresses() -> None:
    for lock in BASE.glob("requirements/*.txt"):
        assert "--hash=sha256:" in lock.read_text(), lock
        assert "://" not in lock.read_text(), lock
    packages = json.loads((BASE / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
