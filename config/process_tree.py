"""`python -m config.process_tree`: data, web, worker and beat in one process tree, for `make demo`.

Our own small runner, because ending must be certain: what it starts gets its signal from the kernel when the
runner itself is killed, which honcho and its like do not arrange.
"""

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from config import embedded
from config.celery import app
from config.embedded.house import die_with_parent

BASE = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CELERY = ["celery", "--quiet", "-A", "config"]
PROCESSES = {
    "web": ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi"],
    "worker": [*CELERY, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-mingle"],
    "beat": [*CELERY, "beat", "--loglevel", "INFO"],
}
SEAL_KEY = "seal-test-key.p12"
PATIENCE = 120  # seconds until everything must answer
GRACE = 10  # seconds to finish what is being done
ACCOUNTS = """
    ministerium@example.org     Ministerium
    ministerium2@example.org    Ministerium, Freigabe von Brieftexten
    pruefung@example.org        Prüfung
    freigabe@example.org        Prüfung, zweite Person
    servicestelle@example.org   Servicestelle
    leitung@example.org         Leitung eines Familienzentrums

    Password of all: familienzentrum
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--centres", type=int, default=3322)
    centres = parser.parse_args().centres
    if os.environ.get("MAKELEVEL"):
        die_with_parent(signal.SIGTERM, parent=os.getppid())()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    port = int(os.environ.get("PORT", "8000"))
    _check_free(port)
    folder = embedded.default_folder()
    _settle(folder, port)
    try:
        _prepare(folder, centres)
        sys.exit(asyncio.run(_serve(f"http://127.0.0.1:{port}/", folder)))
    except KeyboardInterrupt:
        sys.exit(130)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Port {port} is taken; try another one: make demo PORT={port + 1}")


def _settle(folder: Path, port: int) -> None:
    """What every process of the demo finds in its environment: nothing of it reaches outside this machine."""
    os.environ |= {
        "DEBUG": "off",
        "SECOND_FACTOR_REQUIRED": "off",  # its accounts sign in with the password alone
        "SITE_URL": f"http://127.0.0.1:{port}",
        "WEB_BIND": f"127.0.0.1:{port}",
        "STATIC_ROOT": str(folder / "static"),
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "SEAL_KEY_FILE": str(folder / SEAL_KEY),
        "SEAL_KEY_PASSWORD": "muster",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
    }
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    print(f"Starting the database in {folder.relative_to(BASE) if folder.is_relative_to(BASE) else folder}")
    embedded.provide()


def _prepare(folder: Path, centres: int) -> None:
    _manage("migrate", "--verbosity", "0")
    _manage("load_demo", "--centres", str(centres))
    if not (folder / SEAL_KEY).exists():
        _manage("make_test_seal_key", str(folder / SEAL_KEY))
    sources = [BASE / "package-lock.json", *(BASE / "static").rglob("*")]
    collected = folder / "static" / "staticfiles.json"
    newest = max(path.stat().st_mtime for path in sources)
    if not collected.exists() or collected.stat().st_mtime < newest:
        _manage("collectstatic", "--no-input", "--verbosity", "0")


def _manage(*words: str) -> None:
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=BASE, check=False, preexec_fn=die_with_parent(signal.SIGTERM))  # noqa: S603
    if done.returncode:
        sys.exit(f"manage.py {' '.join(words)} failed.")


@dataclass
class Log:
    """Lines wait until the addresses have been shown."""

    held: list[str] | None = field(default_factory=list)

    def write(self, line: str) -> None:
        if self.held is None:
            print(line, flush=True)
        else:
            self.held.append(line)

    def release(self) -> None:
        held, self.held = self.held, None
        for line in held or []:
            self.write(line)


async def _serve(address: str, folder: Path) -> int:
    """Run until a signal or until one of the processes ends; the exit code of the demo."""
    log, stop = Log(), asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    running = {name: await _start(command) for name, command in PROCESSES.items()}
    following = [asyncio.create_task(_follow(name, process, log)) for name, process in running.items()]
    stopped = asyncio.create_task(stop.wait())
    ready = asyncio.create_task(_announce(address, folder, log))
    await asyncio.wait([stopped, ready, *following], return_when=asyncio.FIRST_COMPLETED)
    if ready.done() and ready.result():
        await asyncio.wait([stopped, *following], return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    log.release()
    await _stop(running)
    await asyncio.gather(*following)
    return 0 if stop.is_set() else 1


async def _start(command: list[str]) -> asyncio.subprocess.Process:
    program, *arguments = command
    return await asyncio.create_subprocess_exec(
        BIN / program,
        *arguments,
        cwd=BASE,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for us; we pass it on in order
        preexec_fn=die_with_parent(signal.SIGKILL),  # Celery would wait for its broker, which has gone too
    )


async def _follow(name: str, process: asyncio.subprocess.Process, log: Log) -> None:
    assert process.stdout  # noqa: S101
    async for line in process.stdout:
        log.write(f"{name:6} | {line.decode(errors='replace').rstrip()}")
    log.write(f"{name:6} | ended with {await process.wait()}")


async def _announce(address: str, folder: Path, log: Log) -> bool:
    """Say where to go, but only once web and worker answer."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(_answers, address):
                await asyncio.sleep(0.1)
    except TimeoutError:
        log.write("The demo did not answer in time.")
        return False
    print(f"\nLetters that the demo sends lie in {folder / 'mail'}\n{ACCOUNTS}")
    print(f"ready: {address}", flush=True)
    log.release()
    return True


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10) as page:  # noqa: S310 - our own address
            return page.status == 200 and bool(app.control.ping(timeout=0.5))
    except (urllib.error.URLError, OSError):
        return False


async def _stop(running: dict[str, asyncio.subprocess.Process]) -> None:
    """First a chance to finish, then the end, for each and all that it started."""
    alive = [process for process in running.values() if process.returncode is None]
    for process in alive:
        process.terminate()
    if alive:
        await asyncio.wait([asyncio.create_task(process.wait()) for process in alive], timeout=GRACE)
    for process in running.values():
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main()
