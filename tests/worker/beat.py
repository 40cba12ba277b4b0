"""`python -m tests.worker.beat FILE`: a real scheduler that starts the daily job every second, and nothing else."""

import sys

import django

from config.celery import app

SCHEDULE = {"every second": {"task": "certification.tasks.write_due_reminders", "schedule": 1.0}}


def main() -> None:
    django.setup()
    app.conf.beat_schedule = SCHEDULE
    app.start(["beat", "--schedule", sys.argv[1], "--pidfile", "", "--loglevel", "WARNING"])


if __name__ == "__main__":
    main()
