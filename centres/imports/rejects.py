"""The rows that were left out, as a file that can be corrected and imported again."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from defusedcsv import csv

from centres.imports.columns import PROBLEM_TITLE, is_problem_column
from centres.imports.problems import Report
from centres.imports.reading import Table
from centres.rules.folding import one_line


def rejected_rows(table: Table, rejected: Mapping[int, str]) -> bytes:
    """UTF-8 with BOM and semicolons, as spreadsheets open it; nothing in it can run as a formula.

    Reading it again takes the protection off and leaves the added column aside.
    """
    kept = [place for place, title in enumerate(table.header.titles) if not is_problem_column(title)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([*(table.header.titles[place] for place in kept), PROBLEM_TITLE])
    for line in table.lines:
        if line.number in rejected:
            cells = [one_line(line.cells[place]) if place < len(line.cells) else "" for place in kept]
            writer.writerow([*cells, rejected[line.number]])
    return text.getvalue().encode("utf-8-sig")


def write_rejected(table: Table, report: Report, *, imported: Path, target: Path | None) -> str:
    """Put the rejected rows where asked, by default beside the imported file, and say so."""
    target = target or imported.with_name(f"{imported.stem}-fehlerhaft.csv")
    target.write_bytes(rejected_rows(table, report.rejected))
    return f"Die ausgelassenen Zeilen stehen mit ihren Problemen in {target}."
