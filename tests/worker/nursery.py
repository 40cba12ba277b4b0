"""`python -m tests.worker.nursery MOMENT`: for each line read, one Celery worker whose clock goes on from MOMENT.

The line has two numbers: how many letters the worker may send in a minute, 0 for no limit, and for how many seconds
it waits for a word of the mail server.

Workers are forked from a process that has loaded everything but opened nothing, so that a test that kills one
does not wait for the imports of the next. They end with the nursery.
"""

import os
import signal
import sys
from datetime import datetime

import django
import time_machine
from django.conf import settings

from config.celery import app
from config.embedded.house import die_with_parent

# Concurrency also says how many messages a worker may hold: with one, a second is left for the others.
WORKER = ["worker", "--pool", "solo", "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip",
          "--without-mingle", "--without-heartbeat"]  # fmt: skip


def work(moment: datetime) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # Celery greets; our output is for numbers
    time_machine.travel(moment, tick=True).start()
    app.worker_main(WORKER)


def main() -> None:
    django.setup()
    app.loader.import_default_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    stay_tied = die_with_parent(signal.SIGTERM)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            stay_tied()
            settings.LETTERS_PER_MINUTE, settings.EMAIL_TIMEOUT = map(int, line.split())
            work(datetime.fromisoformat(sys.argv[1]))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
