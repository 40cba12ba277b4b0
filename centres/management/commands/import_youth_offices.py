from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from centres.imports.columns import OFFICE_COLUMNS
from centres.imports.offices import import_youth_offices
from centres.imports.problems import RefusedError
from centres.imports.reading import read_file
from centres.imports.rejects import write_rejected
from centres.imports.saying import say


class Command(BaseCommand):
    help = "Bring youth offices (CSV or XLSX) into the database; the same file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument(
            "--skip-invalid", action="store_true", help="take the good rows, write the others to a file"
        )
        parser.add_argument("--rejects", type=Path, help="where the rows left out go; beside the file by default")

    def handle(self, *, file: Path, dry_run: bool, skip_invalid: bool, rejects: Path | None, **_: Any) -> None:
        try:
            table = read_file(file, OFFICE_COLUMNS)
            report = import_youth_offices(table, dry_run=dry_run, skip_invalid=skip_invalid)
        except RefusedError as refused:
            raise CommandError(str(refused)) from refused
        say(report, self.stdout, dry_run=dry_run)
        if report.rejected and report.written:
            self.stdout.write(write_rejected(table, report, imported=file, target=rejects))
        elif report.problems and not dry_run:
            raise CommandError("Bitte berichtigen Sie die Datei, oder lassen Sie Fehlerhaftes aus: --skip-invalid.")
