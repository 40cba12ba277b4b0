from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo.loading import STAGES, TooFewError, Wanted, is_loaded, load
from config.demo.people import PASSWORD

WIDTH = 30


class Command(BaseCommand):
    help = "Load believable data for trying out into an empty database; does nothing where there is data already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--centres", type=int, default=3322, help="how many centres (3322)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same data (1)")
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day it is made for (today)"
        )

    def handle(self, *, centres: int, seed: int, on: date | None, **options: Any) -> None:
        if is_loaded():
            self.stdout.write("Es sind schon Daten da, nichts geladen.")
            return
        try:
            load(Wanted(centres, seed, on or timezone.localdate(), timezone.now()), progress=self._progress)
        except TooFewError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self._bar(len(STAGES), "fertig"))
        self.stdout.write(f"{centres} Familienzentren geladen. Alle Konten haben das Passwort {PASSWORD}.")

    def _progress(self, stage: str) -> None:
        self.stdout.write(self._bar(STAGES.index(stage), stage), ending="\r" if self.stdout.isatty() else "\n")
        self.stdout.flush()

    def _bar(self, done: int, label: str) -> str:
        full = WIDTH * done // len(STAGES)
        return f"[{'#' * full}{'.' * (WIDTH - full)}] {100 * done // len(STAGES):3d} % {label:<24}"
