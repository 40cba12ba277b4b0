from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from centres.imports.centres import import_centres
from centres.imports.columns import CENTRE_COLUMNS
from centres.imports.problems import RefusedError, Report
from centres.imports.reading import Table, read_file
from centres.imports.rejects import write_rejected
from centres.imports.saying import say
from certification.registers import SealRegister


class Command(BaseCommand):
    help = "Bring a register of family centres and their seals (CSV or XLSX) into the database, all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument(
            "--skip-invalid", action="store_true", help="take the good rows, write the others to a file"
        )
        parser.add_argument("--rejects", type=Path, help="where the rows left out go; beside the file by default")
        parser.add_argument("--youth-office", default="", help="name or key, for a file without that column")
        parser.add_argument("--reason", default="", help="why seals of this file end otherwise than the rule says")

    def handle(self, *, file: Path, rejects: Path | None, **options: Any) -> None:
        try:
            table, report = self._import(file, options)
        except RefusedError as refused:
            raise CommandError(str(refused)) from refused
        say(report, self.stdout, dry_run=options["dry_run"])
        if report.rejected and report.written:
            self.stdout.write(write_rejected(table, report, imported=file, target=rejects))
        elif report.problems and not options["dry_run"]:
            raise CommandError("Bitte berichtigen Sie die Datei, oder lassen Sie Fehlerhaftes aus: --skip-invalid.")

    def _import(self, file: Path, options: dict[str, Any]) -> tuple[Table, Report]:
        office, today = options["youth_office"], timezone.localdate()
        table = read_file(file, CENTRE_COLUMNS, given=frozenset({"youth_office"} if office else ()))
        report = import_centres(
            table,
            today=today,
            seals=SealRegister(today=today, at=timezone.now(), reason=options["reason"]),
            youth_office=office,
            skip_invalid=options["skip_invalid"],
            dry_run=options["dry_run"],
            progress=self.stderr.write if options["verbosity"] else lambda _: None,
        )
        return table, report
