import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from config import jobs


class Command(BaseCommand):
    help = "Prüft, ob jede wiederkehrende Aufgabe läuft; endet mit 1, wenn eine schweigt."

    def handle(self, *args: Any, **options: Any) -> None:
        silent = jobs.silent(at=timezone.now())
        for job in silent:
            self.stdout.write(f"„{job.title}“ {jobs.sentence(job)}")
        if silent:
            sys.exit(1)
        self.stdout.write("Alle Aufgaben laufen.")
