from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.catalogue import SAMPLE, CatalogueError, load_catalogue


class Command(BaseCommand):
    help = "Load an edition of the criteria from a TOML file; without a file, the sample (Muster, nicht amtlich)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, default=SAMPLE, help="catalogue as certification/catalogues"
        )

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            edition, changed = load_catalogue(file)
        except CatalogueError as error:
            raise CommandError("\n".join(error.problems)) from error
        said = "geladen" if changed else "war schon geladen, nichts geändert"
        self.stdout.write(f"{edition}: {said}.")
