"""A database with every migration applied, once for a run: its workers copy it instead of migrating one each.

The process that makes it holds a lock; whoever can share the lock finds it made. What it could not finish, the
migrations of the copies go on with, and say why.
"""

import atexit
import fcntl
import os
import subprocess
import sys
from pathlib import Path

NAME = "template_of_tests"
LOCK = "TEMPLATE_LOCK"


def begin(folder: Path) -> None:
    os.environ[LOCK] = str(folder / "template.lock")
    with Path(os.environ[LOCK]).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        making = subprocess.Popen([sys.executable, "-m", "tests.template"], pass_fds=[lock.fileno()])
    atexit.register(_end, making)


def _end(making: subprocess.Popen[bytes]) -> None:
    """Of a run that needed no database, or was stopped, before it was made."""
    making.kill()
    making.wait()


def when_made() -> str | None:
    """The name to copy, or nothing where nobody has begun one."""
    if LOCK not in os.environ:
        return None
    with Path(os.environ[LOCK]).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
    return NAME


if __name__ == "__main__":
    import django
    from django.db import connection

    django.setup()
    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
