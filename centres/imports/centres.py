from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from centres.imports.columns import CENTRE_COLUMNS
from centres.imports.entries import Entry, entries_of
from centres.imports.problems import Problem, RefusedError, Report
from centres.imports.reading import Table, read_table
from centres.imports.seals import SealKeeper, facts_of
from centres.imports.stock import Stock, objections
from centres.imports.writing import Progress, write_entries
from centres.refusals import check_deferred, sentence_of


def quietly(_: str) -> None:
    """No progress is shown."""


def read_centres(data: bytes, *, youth_office: str = "") -> Table:
    """The table of a register; a file of one youth office may lack that column when the office is named."""
    return read_table(data, CENTRE_COLUMNS, given=frozenset({"youth_office"} if youth_office else ()))


@transaction.atomic
def import_centres(
    table: Table,
    *,
    today: date,
    seals: SealKeeper,
    youth_office: str = "",
    skip_invalid: bool = False,
    dry_run: bool = False,
    progress: Progress = quietly,
) -> Report:
    """Bring the register's centres into the database: all or nothing, or with `skip_invalid` what is right of it.

    A centre with a problem in one of its rows is skipped with all its rows. Running it again changes nothing.
    `dry_run` does the same and takes it back, so its numbers are those of the real run.
    """
    entries = entries_of(table, youth_office=youth_office)
    progress(f"{len(table.lines)} Zeilen gelesen, {len(entries)} Familienzentren gefunden.")
    stock = Stock.about(entries, today=today)
    objections(entries, stock, table)
    _note_seals(entries, seals, table)
    report = _judged(entries, stock, table)
    if report.problems and not (skip_invalid or dry_run):
        return report
    _write(report, [e for e in entries if not e.problems], stock, table, seals, today=today, progress=progress)
    if dry_run:
        transaction.set_rollback(True)
    report.written = not dry_run
    return report


def _note_seals(entries: list[Entry], seals: SealKeeper, table: Table) -> None:
    by_row = {row.line.number: entry for entry in entries for row in entry.rows}
    for problem in seals.objections(facts_of(entries, table)):
        by_row[problem.row].problems.append(problem)


def _judged(entries: list[Entry], stock: Stock, table: Table) -> Report:
    problems = sorted((problem for entry in entries for problem in entry.problems), key=lambda problem: problem.row)
    unused = ", ".join(f"„{title}“" for title in table.header.unused)
    notes = [f"Nicht verwendet: Spalte {unused}."] if unused else []
    notes += [note for entry in entries if not entry.problems for note in _absent(entry, stock)]
    rejected = {row: text for entry in entries if entry.problems for row, text in _reasons(entry).items()}
    return Report(len(table.lines), {}, problems, notes, rejected)


def _absent(entry: Entry, stock: Stock) -> list[str]:
    listed = {row.facility_number for row in entry.rows}
    absent = [
        membership.facility.number
        for membership in stock.running_memberships(stock.centres.get(entry.number))
        if membership.facility.number not in listed
    ]
    named = ", ".join(absent)
    note = f"Zum Familienzentrum {entry.number} ist auch {named} gespeichert; daran ändert die Datei nichts."
    return [note] if absent and len(entry.rows) > 1 else []


def _reasons(entry: Entry) -> dict[int, str]:
    """All rows of a centre go together: those in order say which row keeps them back."""
    own: dict[int, list[Problem]] = {row.line.number: [] for row in entry.rows}
    for problem in entry.problems:
        own[problem.row].append(problem)
    first = min(problem.row for problem in entry.problems)
    waiting = f"Gehört zum selben Familienzentrum wie Zeile {first}, in der etwas nicht stimmt."
    return {row: " ".join(map(str, problems)) or waiting for row, problems in own.items()}


def _write(
    report: Report,
    entries: list[Entry],
    stock: Stock,
    table: Table,
    seals: SealKeeper,
    *,
    today: date,
    progress: Progress,
) -> None:
    try:
        with transaction.atomic():
            report.counts = write_entries(entries, stock, today=today, progress=progress)
            keys = {number: centre.pk for number, centre in stock.centres.items()}
            report.counts["Gütesiegel"] = seals.write(facts_of(entries, table), keys)
            check_deferred()
    except IntegrityError as error:
        raise RefusedError(f"Es wurde nichts geändert. {sentence_of(error)}") from error
