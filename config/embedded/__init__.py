"""PostgreSQL and Redis for demo, development and tests, alive only as long as somebody uses them.

Entry points call `provide` before Django reads its settings. The first process to ask for a folder starts a
supervisor; every further process that asks for the same folder joins it. Each holds one connection to the
supervisor, which the kernel closes however the process ends; with the last of them the servers stop.
"""

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import environ

BASE = Path(__file__).resolve().parents[2]
_supervisors: list[subprocess.Popen[bytes]] = []  # not ours to wait for: they may have other users
URLS = ("DATABASE_URL", "REDIS_URL")


def provide(*, folder: Path | None = None, lasting: bool = True) -> None:
    """Put DATABASE_URL and REDIS_URL into the environment; start servers for those that are not set.

    Child processes inherit both and start nothing. A folder that is not `lasting` goes with its servers,
    which then trade safety after a power cut for speed.
    """
    environ.Env.read_env(BASE / ".env")
    missing = [name for name in URLS if not os.environ.get(name)]
    if not missing:
        return
    folder = folder or default_folder()
    with _explained(folder):
        connection, urls = _join(folder, missing, lasting=lasting)
        os.environ.update(urls)
        if "DATABASE_URL" in missing:
            _keep_everything_in(folder)
    atexit.register(_leave, connection, os.getpid())


def default_folder() -> Path:
    """Each port has its own data, so that two demos do not meet."""
    named = os.environ.get("EMBEDDED_DIR")
    return Path(named).resolve() if named else BASE / "var" / f"demo-{os.environ.get('PORT', '8000')}"


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        sys.exit(f"{folder} belongs to another user ({error}); name another folder in EMBEDDED_DIR.")


def _join(folder: Path, missing: list[str], *, lasting: bool) -> tuple[socket.socket, dict[str, str]]:
    """One process at a time: the lock is held until the servers answer."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = _connect(folder) or _start(folder, lasting=lasting)
        connection.sendall(json.dumps(missing).encode() + b"\n")
        with connection.makefile() as lines:
            answer = json.loads(lines.readline() or '{"error": "The supervisor of the embedded servers died."}')
    if "error" in answer:
        sys.exit(answer["error"])
    return connection, answer


@contextlib.contextmanager
def _address(folder: Path) -> Iterator[str]:
    """The control socket by way of an open folder: its name may have no more than 107 bytes."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{opened}/control" if Path("/proc/self/fd").is_dir() else str(folder / "control")
    finally:
        os.close(opened)


def _connect(folder: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        with _address(folder) as address:
            connection.connect(address)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _start(folder: Path, *, lasting: bool) -> socket.socket:
    """Start a supervisor behind a socket that listens already, so that nobody has to wait for it."""
    (folder / "control").unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener, (folder / "supervisor.log").open("ab") as log:
        with _address(folder) as address:
            listener.bind(address)
        listener.listen()
        command = [sys.executable, "-m", "config.embedded.supervisor", str(folder), str(listener.fileno())]
        started = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command, "lasting" if lasting else "passing"],
            cwd=BASE,
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us; the supervisor stops the servers once we are gone
        )
        _supervisors.append(started)
        connection = _connect(folder)
    if connection is None:
        sys.exit(f"The embedded servers did not start, see {folder / 'supervisor.log'}.")
    return connection


def _keep_everything_in(folder: Path) -> None:
    """What belongs to these data lies beside them: key, files, the letters that must not leave the house."""
    key = folder / "secret-key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(50))
    os.environ.setdefault("SECRET_KEY", key.read_text())
    os.environ.setdefault("EMAIL_URL", f"filemail:///{folder / 'mail'}")
    os.environ.setdefault("FILES_DIR", str(folder / "files"))
    os.environ.setdefault("BEAT_FILE", str(folder / "beat-schedule"))


def _leave(connection: socket.socket, owner: int) -> None:
    """Give our share back and, if it was the last, wait until the servers have stopped."""
    if os.getpid() != owner:  # a forked child shares the connection but does not own it
        return
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(30)
        connection.recv(1)
    connection.close()
