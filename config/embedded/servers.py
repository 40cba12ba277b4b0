"""The embedded PostgreSQL and Redis: the programs out of the wheels, started, asked and stopped by ourselves."""

import contextlib
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from config.embedded.house import NAME, POSTGRES, REDIS, CannotStartError, House, give

PATIENCE = 60  # seconds for one server to answer, on a busy machine


class Server(Protocol):
    process: subprocess.Popen[bytes] | None

    def start(self) -> str:
        """Start, wait until it answers, return its URL."""

    def stop(self) -> None: ...


class Postgres:
    def __init__(self, house: House, sockets: Path) -> None:
        self.house = house
        self.sockets = sockets
        self.programs = house.programs() / POSTGRES
        self.data = house.home / "data"
        self.pid_file = self.data / "postmaster.pid"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        if not self.data.exists():
            self._create()
        self._clear_after_crash()
        arguments = ["-D", str(self.data), *self._settings()]
        for _ in range(3):  # what a killed server left in shared memory takes a moment to go
            self.process = self.house.spawn(self.programs / "postgres", *arguments)
            if _answers(self.process, self._ready):
                return f"postgresql://{NAME}@//{quote(str(self.sockets).lstrip('/'))}/{NAME}"
        raise CannotStartError(self.house.see(self.programs / "postgres"))

    def stop(self) -> None:
        _stop(self.process, signal.SIGINT if self.house.lasting else signal.SIGQUIT)

    def _create(self) -> None:
        """A cluster with our database in it, complete or not there at all."""
        new = self.data.with_name("data.new")
        shutil.rmtree(new, ignore_errors=True)
        locale = [
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        sync = [] if self.house.lasting else ["--no-sync"]
        rest = ["--auth=trust", "--no-instructions", *locale, *sync]
        self.house.run(self.programs / "initdb", "-D", str(new), "-U", NAME, *rest)
        create = f"CREATE DATABASE {NAME};\n"
        self.house.run(self.programs / "postgres", "--single", "-D", str(new), "postgres", text=create)
        new.rename(self.data)

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "port": "5432",
            "max_connections": "100",
            "wal_level": "minimal",
            "max_wal_senders": "0",
        }
        if not self.house.lasting:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _clear_after_crash(self) -> None:
        """Our former self may just be stopping; else its number now belongs to somebody else, or nobody."""
        deadline = time.monotonic() + PATIENCE / 2
        while self._still_runs():
            if time.monotonic() > deadline:
                raise CannotStartError(f"A PostgreSQL still runs on {self.data} and does not stop.")
            time.sleep(0.05)
        if Path("/proc/self").exists():
            self.pid_file.unlink(missing_ok=True)

    def _still_runs(self) -> bool:
        try:
            process = int(self.pid_file.read_text().split()[0])
            return Path(f"/proc/{process}/cwd").readlink() == self.data
        except (OSError, ValueError, IndexError):
            return False

    def _ready(self) -> bool:
        """The eighth line of its pid file is where PostgreSQL tells pg_ctl that it answers."""
        with contextlib.suppress(FileNotFoundError):
            return self.pid_file.read_text().splitlines()[7:8] == ["ready   "]
        return False


class Redis:
    """The queue and the cache: nothing in it has to survive."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.program = house.programs() / REDIS / "redis-server"
        self.settings = house.home / "redis.conf"
        self.password = secrets.token_hex(16)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        for _ in range(3):  # between our choice of a free port and its use somebody else may take it
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
            self.settings.touch(mode=0o600)
            self.settings.write_text(
                f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nsave ""\nappendonly no\n'
            )
            give(self.settings, self.house.account)
            self.process = self.house.spawn(self.program, str(self.settings))
            if _answers(self.process, self._ready):
                return f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        raise CannotStartError(self.house.see(self.program))

    def stop(self) -> None:
        _stop(self.process, signal.SIGTERM)

    def _ready(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.port), timeout=1) as link,
        ):
            link.sendall(f"AUTH {self.password}\r\n".encode())
            return link.recv(100).startswith(b"+OK")
        return False


def _answers(process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(0.02)
    _stop(process, signal.SIGQUIT)
    return False


def _stop(process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    if process is None:
        return
    for each in (how, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(each)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return
