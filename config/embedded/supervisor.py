"""The process that owns the embedded servers: starts them when asked, stops them when the last user has gone."""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import IO

from config.embedded.house import NAME, CannotStartError, House, give
from config.embedded.servers import Postgres, Redis, Server

LONGEST_SOCKET = 107  # bytes in the name of a Unix socket


class Supervisor:
    def __init__(self, folder: Path, listener: socket.socket, *, lasting: bool) -> None:
        self.folder = folder
        self.listener = listener
        self.house = House.below(folder, lasting=lasting)
        self.sockets = self._socket_folder()
        self.users: list[socket.socket] = []
        self.leaving: list[socket.socket] = []
        self.servers: dict[str, Server] = {}
        self.urls: dict[str, str] = {}

    def _socket_folder(self) -> Path:
        sockets = self.house.home / "sockets"
        if len(os.fsencode(sockets / ".s.PGSQL.5432")) > LONGEST_SOCKET:
            sockets = Path(tempfile.mkdtemp(prefix=f"{NAME}-", dir="/tmp"))
        sockets.mkdir(mode=0o700, exist_ok=True)
        give(sockets, self.house.account)
        return sockets

    def serve(self) -> None:
        """Answer until nobody is left and nobody is about to come."""
        with (self.folder / "lock").open("w") as lock:
            while self.users or not self._last(lock):
                speaking, _, _ = select.select([self.listener, *self.users], [], [], 0.2)
                for each in speaking:
                    self._hear(each)
            self._close()

    def _last(self, lock: IO[str]) -> bool:
        """Whoever comes holds the lock until we have answered; with the lock in our hand nobody can come."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if select.select([self.listener], [], [], 0)[0]:
            fcntl.flock(lock, fcntl.LOCK_UN)
            return False
        return True

    def _hear(self, speaker: socket.socket) -> None:
        if speaker is self.listener:
            self.users.append(self.listener.accept()[0])
        elif wanted := _read(speaker):
            answer = json.dumps(self._answer(json.loads(wanted)))
            with contextlib.suppress(BrokenPipeError):  # gone before we answered
                speaker.sendall(answer.encode() + b"\n")
        else:
            self.users.remove(speaker)
            self._let_go(speaker)

    def _let_go(self, user: socket.socket) -> None:
        """The last one waits, by this connection, for the servers to stop."""
        if self.users:
            user.close()
        else:
            self.leaving.append(user)

    def _answer(self, wanted: list[str]) -> dict[str, str]:
        try:
            return {name: self._url(name) for name in wanted}
        except (CannotStartError, OSError) as error:
            return {"error": str(error)}

    def _url(self, name: str) -> str:
        server = self.servers.get(name)
        if server is None or server.process is None or server.process.poll() is not None:
            server = Postgres(self.house, self.sockets) if name == "DATABASE_URL" else Redis(self.house)
            self.urls[name] = server.start()
            self.servers[name] = server
        return self.urls[name]

    def _close(self) -> None:
        for server in self.servers.values():
            server.stop()
        (self.folder / "control").unlink(missing_ok=True)
        if self.sockets.parent != self.house.home:
            shutil.rmtree(self.sockets)
        if not self.house.lasting:
            shutil.rmtree(self.house.home, ignore_errors=True)
            shutil.rmtree(self.folder, ignore_errors=True)


def _read(user: socket.socket) -> bytes:
    try:
        return user.recv(1000)
    except ConnectionResetError:
        return b""


def main(folder: str, listener: str, lasting: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    supervisor = Supervisor(Path(folder), socket.socket(fileno=int(listener)), lasting=lasting == "lasting")
    try:
        supervisor.serve()
    finally:
        for server in supervisor.servers.values():
            server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
