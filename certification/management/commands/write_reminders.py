from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certification import reminders
from certification.rules.periods import long_date


class Command(BaseCommand):
    help = "Schreibt die fälligen Erinnerungen; zweimal ausgeführt schreibt es beim zweiten Mal keine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="JJJJ-MM-TT", help="der Tag, für den gerechnet wird; sonst heute"
        )
        parser.add_argument("--dry-run", action="store_true", help="nur zeigen, wer was bekäme und warum")

    def handle(self, *args: Any, on: date | None, dry_run: bool, **options: Any) -> None:
        today = on or timezone.localdate()
        for due in reminders.unwritten(today):
            centre = due.centre
            self.stdout.write(f"{centre.certification_number}  {centre.name}: {due.why}  [{due.occasion.key}]")
        if dry_run:
            self.stdout.write(f"Probelauf für den {long_date(today)}: nichts geschrieben.")
            return
        written = reminders.write_due(today, at=timezone.now())
        self.stdout.write(f"{long_date(today)}: {written} Briefe geschrieben.")
