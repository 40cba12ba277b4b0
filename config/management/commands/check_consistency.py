import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from config import consistency


class Command(BaseCommand):
    help = "Prüft, was immer gelten soll; endet mit 1, wenn etwas nicht stimmt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--files", action="store_true", help="auch jede ausgestellte Urkunde lesen und vergleichen"
        )

    def handle(self, *args: Any, files: bool, **options: Any) -> None:
        found = 0
        for finding in consistency.findings(at=timezone.now(), files=files):
            found += 1
            self.stdout.write(f"{finding.about}: {finding.sentence}")
        self.stdout.write("Alles stimmt." if not found else f"{found} Befunde.")
        if found:
            sys.exit(1)
