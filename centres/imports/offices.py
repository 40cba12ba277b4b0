from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from centres.imports.cells import Cells
from centres.imports.columns import OFFICE_COLUMNS
from centres.imports.problems import Problem, RefusedError, Report
from centres.imports.reading import Line, Table, read_table
from centres.imports.writing import Batch
from centres.models import FamilyCentre, RegionalYouthOffice, YouthOffice
from centres.refusals import sentence_of
from centres.rules.folding import fold

FIELDS = ["name", "name_folded", "regional", "inhabitants"]
REGIONS = {
    "lvr": RegionalYouthOffice.LVR,
    "lwl": RegionalYouthOffice.LWL,
    **{fold(name): office for office in RegionalYouthOffice for name in (office.label, office.label.split()[-1])},
}


@dataclass(slots=True)
class _Office:
    line: Line
    key: str
    name: str
    regional: RegionalYouthOffice | None
    inhabitants: int | None
    problems: list[Problem] = field(default_factory=list)


def read_offices(data: bytes) -> Table:
    return read_table(data, OFFICE_COLUMNS)


@transaction.atomic
def import_youth_offices(table: Table, *, skip_invalid: bool = False, dry_run: bool = False) -> Report:
    """Bring youth offices into the database, recognised by their key. Running it again changes nothing."""
    offices = [_office(Cells(table, line)) for line in table.lines]
    stored = {office.key: office for office in YouthOffice.objects.all()}
    _compare(offices, stored, table)
    problems = [problem for office in offices for problem in office.problems]
    rejected = {office.line.number: " ".join(map(str, office.problems)) for office in offices if office.problems}
    report = Report(len(table.lines), {}, problems, [], rejected)
    if problems and not (skip_invalid or dry_run):
        return report
    _write(report, [office for office in offices if not office.problems], stored)
    if dry_run:
        transaction.set_rollback(True)
    report.written = not dry_run
    return report


def _office(cells: Cells) -> _Office:
    key, regional = cells.required("key", longest=12), fold(cells.required("regional"))
    if key and not re.fullmatch(r"05\d{3,10}", key):
        cells.complain("key", "Ein Schlüssel in Nordrhein-Westfalen beginnt mit 05 und hat mindestens fünf Ziffern.")
    if regional and regional not in REGIONS:
        cells.complain("regional", "Bitte schreiben Sie „LVR“ oder „LWL“.")
    name, inhabitants = cells.required("name", longest=150), cells.whole("inhabitants", most=20_000_000)
    return _Office(cells.line, key, name, REGIONS.get(regional), inhabitants, cells.problems)


def _compare(offices: list[_Office], stored: dict[str, YouthOffice], table: Table) -> None:
    """No key and no name twice, neither in the file nor with what is stored."""
    keys: dict[str, str] = {}
    names = {office.name_folded: (office.key, "gespeichert") for office in stored.values()}
    for office in offices:
        office.problems += _repeated(office, keys, names, table)
        keys.setdefault(office.key, f"in Zeile {office.line.number}")
        names.setdefault(fold(office.name), (office.key, f"in Zeile {office.line.number}"))


def _repeated(
    office: _Office, keys: dict[str, str], names: dict[str, tuple[str, str]], table: Table
) -> Iterator[Problem]:
    row, title = office.line.number, table.header.title
    if office.key in keys:
        advice = f"Dieser Schlüssel steht schon {keys[office.key]}. Bitte streichen Sie eine der Zeilen."
        yield Problem(row, title("key"), office.key, advice)
    other, where = names.get(fold(office.name), (office.key, ""))
    if other != office.key:
        advice = f"Ein Jugendamt dieses Namens ist schon {where}, mit dem Schlüssel {other}. Bitte prüfen Sie beide."
        yield Problem(row, title("name"), office.name, advice)


def _write(report: Report, offices: list[_Office], stored: dict[str, YouthOffice]) -> None:
    batch = Batch(YouthOffice, FIELDS)
    for office in offices:
        values = {
            "name": office.name,
            "name_folded": fold(office.name),
            "regional": office.regional,
            "inhabitants": office.inhabitants,
        }
        batch.take(stored.get(office.key) or YouthOffice(key=office.key), values)
    try:
        with transaction.atomic():
            report.counts = {"Jugendämter": batch.write()}
            FamilyCentre.objects.filter(youth_office__in=[office.pk for office in batch.changed]).refresh_search()
    except IntegrityError as error:
        raise RefusedError(f"Es wurde nichts geändert. {sentence_of(error)}") from error
