"""The embedded servers with real processes: whoever uses them, however they end, nothing is left running."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import environ
import psycopg
import pytest
import redis

BASE = Path(__file__).resolve().parents[1]
NOBODY = 65534
VISIT = """
import json, os, sys
from pathlib import Path
from config import embedded
embedded.provide(folder=Path(sys.argv[1]), lasting=sys.argv[2] == "lasting")
print(json.dumps(dict(os.environ)), flush=True)
sys.stdin.readline() == "fail\\n" and 1 / 0
"""


@dataclass
class Visitor:
    """A process that uses the servers of a folder until it is told to leave."""

    process: subprocess.Popen[str]

    @property
    def _output(self) -> IO[str]:
        assert self.process.stdout
        return self.process.stdout

    def settle(self) -> dict[str, str]:
        """Wait for the servers; what the environment says then."""
        found: dict[str, str] = json.loads(self._output.readline())
        return found

    def leave(self, word: str = "") -> str:
        output, _ = self.process.communicate(word)
        return output


Visit = Callable[..., Visitor]


@pytest.fixture
def visit() -> Iterator[Visit]:
    visitors: list[Visitor] = []

    def start(
        folder: Path, kind: str = "lasting", *, python: str = sys.executable, user: int | None = None, **more: str
    ) -> Visitor:
        known = {name: value for name, value in os.environ.items() if not name.endswith(("_URL", "_DIR"))}
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [python, "-c", VISIT, str(folder), kind],
            cwd=BASE,
            env=known | more,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        visitors.append(Visitor(process))
        return visitors[-1]

    yield start
    for visitor in visitors:
        visitor.process.kill()
        visitor.leave()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made) / "data"
        assert running(Path(made) / "data") == []


def running(folder: Path) -> list[str]:
    """The processes that work in a folder or were started for it, once those that are stopping have stopped."""
    deadline = time.monotonic() + 15
    while (found := list(_processes(folder))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _processes(folder: Path) -> Iterator[str]:
    home = (folder / "servers").resolve()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, place = (process / "cmdline").read_text(), (process / "cwd").readlink()
        except OSError:
            continue
        if "config.embedded.supervisor\0" + str(folder) in command or place.is_relative_to(home):
            yield f"{process.name} {command}"


def servers(folder: Path) -> list[str]:
    """Those that run at this moment; the supervisor itself needs a few milliseconds more to end."""
    return [each for each in _processes(folder) if "config.embedded.supervisor" not in each]


def supervisor(folder: Path) -> int:
    found = (each for each in _processes(folder) if "config.embedded.supervisor" in each)
    return int(next(found).split()[0])


def database(settled: dict[str, str]) -> psycopg.Connection[tuple[object, ...]]:
    address = environ.Env.db_url_config(settled["DATABASE_URL"])
    return psycopg.connect(host=address["HOST"], user=address["USER"], dbname=address["NAME"])


def remember(settled: dict[str, str]) -> None:
    with database(settled) as connection:
        connection.execute("CREATE TABLE memory AS SELECT 'Köln' AS town")


def recall(settled: dict[str, str]) -> object:
    with database(settled) as connection:
        return connection.execute("SELECT lower(town) FROM memory").fetchall()


def test_servers_answer_while_used_and_stop_at_exit(folder: Path, visit: Visit) -> None:
    visitor = visit(folder)
    settled = visitor.settle()

    with database(settled) as connection, redis.Redis.from_url(settled["REDIS_URL"]) as queue:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert queue.ping()
    visitor.leave()

    assert servers(folder) == []


def test_passing_folder_goes_with_its_servers(folder: Path, visit: Visit) -> None:
    visitor = visit(folder, "passing")
    with database(visitor.settle()) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
    visitor.leave()

    assert not folder.exists()


def test_lasting_data_are_there_again_at_the_next_start(folder: Path, visit: Visit) -> None:
    first = visit(folder)
    before = first.settle()
    remember(before)
    first.leave()

    after = visit(folder).settle()

    assert recall(after) == [("köln",)]
    assert after["SECRET_KEY"] == before["SECRET_KEY"]


def test_second_process_joins_and_the_servers_outlive_the_first(folder: Path, visit: Visit) -> None:
    first, second = visit(folder), visit(folder)
    settled = first.settle()
    assert second.settle()["DATABASE_URL"] == settled["DATABASE_URL"]
    remember(settled)

    first.leave()

    assert recall(settled) == [("köln",)]


def test_many_starting_at_once_share_the_servers(folder: Path, visit: Visit) -> None:
    visitors = [visit(folder) for _ in range(5)]

    found = {(each["DATABASE_URL"], each["REDIS_URL"]) for each in (one.settle() for one in visitors)}

    assert len(found) == 1


def test_coming_while_the_last_one_leaves_is_safe(folder: Path, visit: Visit) -> None:
    for _ in range(3):
        leaving = visit(folder)
        leaving.settle()
        leaving.process.kill()
        settled = visit(folder).settle()
        with database(settled) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_two_folders_at_once_do_not_meet(folder: Path, visit: Visit) -> None:
    one = visit(folder / "one").settle()
    other = visit(folder / "other").settle()
    remember(one)

    with database(other) as connection:
        assert connection.execute("SELECT to_regclass('memory')").fetchone() == (None,)
    assert one["REDIS_URL"] != other["REDIS_URL"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_is_left_when_the_user_gets_a_signal(how: signal.Signals, folder: Path, visit: Visit) -> None:
    visitor = visit(folder)
    visitor.settle()

    visitor.process.send_signal(how)

    assert visitor.process.wait() != 0
    assert running(folder) == []


def test_nothing_is_left_after_an_exception(folder: Path, visit: Visit) -> None:
    visitor = visit(folder)
    visitor.settle()

    visitor.leave("fail\n")

    assert visitor.process.returncode == 1
    assert servers(folder) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_servers_end_with_their_supervisor_and_start_again(how: signal.Signals, folder: Path, visit: Visit) -> None:
    remember(visit(folder).settle())
    os.kill(supervisor(folder), how)
    assert running(folder) == []

    assert recall(visit(folder).settle()) == [("köln",)]


def test_start_right_after_a_killed_supervisor_waits_for_the_old_server(folder: Path, visit: Visit) -> None:
    remember(visit(folder).settle())
    os.kill(supervisor(folder), signal.SIGKILL)

    assert recall(visit(folder).settle()) == [("köln",)]


def test_crashed_database_is_started_again_for_the_next_one(folder: Path, visit: Visit) -> None:
    remember(visit(folder).settle())
    postmaster = int((folder / "servers/data/postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)

    assert recall(visit(folder).settle()) == [("köln",)]


def test_process_number_left_by_a_crash_may_belong_to_somebody_else(folder: Path, visit: Visit) -> None:
    first = visit(folder)
    remember(first.settle())
    first.leave()
    (folder / "servers/data/postmaster.pid").write_text(f"{os.getpid()}\n")

    assert recall(visit(folder).settle()) == [("köln",)]


def test_folder_with_a_long_path_and_odd_letters_works(folder: Path, visit: Visit) -> None:
    deep = folder / "Größe & Maß %20" / ("x" * 120)

    settled = visit(deep).settle()

    with database(settled) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_named_servers_are_used_and_nothing_is_started(folder: Path, visit: Visit) -> None:
    named = {"DATABASE_URL": "postgresql://db/here", "REDIS_URL": "redis://broker/0"}

    settled = visit(folder, **named).settle()

    assert {name: settled[name] for name in named} == named
    assert not folder.exists()


def test_only_the_missing_server_is_started(folder: Path, visit: Visit) -> None:
    settled = visit(folder, DATABASE_URL="postgresql://db/here").settle()

    with redis.Redis.from_url(settled["REDIS_URL"]) as queue:
        assert queue.ping()
    assert not (folder / "servers/data").exists()


def test_permissions_of_closed_folders_stay_as_they_are(tmp_path: Path, visit: Visit) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    visitor = visit(closed / "data")
    remember(visitor.settle())
    visitor.leave()
    again = visit(closed / "data", "passing")

    assert recall(again.settle()) == [("köln",)]
    assert closed.stat().st_mode & 0o777 == 0o700
    home = (closed / "data/servers").resolve()
    again.leave()
    assert not home.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_ordinary_user_runs_the_servers_as_themselves(folder: Path, visit: Visit) -> None:
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    packages = {"PYTHONPATH": sysconfig.get_path("purelib")}
    python = next((each for each in (sys.executable, "/usr/bin/python3") if _runs_for_nobody(each)), None)
    if python is None:
        pytest.skip("no interpreter here that an ordinary user may run with our packages")

    settled = visit(folder, python=python, user=NOBODY, **packages).settle()

    remember(settled)
    assert {path.stat().st_uid for path in folder.rglob("*")} == {NOBODY}


def _runs_for_nobody(python: str) -> bool:
    packages = {"PYTHONPATH": sysconfig.get_path("purelib")}
    command = [python, "-c", "import environ, config"]
    try:
        tried = subprocess.run(command, cwd=BASE, env=packages, user=NOBODY, check=False, capture_output=True)  # noqa: S603
    except OSError:
        return False
    return tried.returncode == 0
