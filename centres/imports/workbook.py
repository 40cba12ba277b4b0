"""XLSX, read as its reader sees it: a number shown with leading zeros has them, a date is a date."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900

from centres.imports.columns import Column, recognised
from centres.imports.problems import RefusedError

UNPACKED_AT_MOST = 60 * 1024 * 1024
PARTS_AT_MOST = 500
COLUMNS_AT_MOST = 200
ROWS_LOOKED_AT = 100_000
DAMAGED = (
    "Die Excel-Datei ist beschädigt oder keine Arbeitsmappe. "
    "Bitte öffnen Sie sie in Excel und speichern sie neu als .xlsx."
)

Record = tuple[int, list[str]]


def read_workbook(data: bytes, columns: Sequence[Column]) -> tuple[list[Record], bool]:
    """The records of the sheet that names most of our columns, and whether bare numbers may be dates.

    What openpyxl may raise on a damaged file is no closed list, so everything becomes one sentence.
    """
    _refuse_bomb(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [list(_records(sheet)) for sheet in book.worksheets]
        serial_dates = book.epoch == CALENDAR_WINDOWS_1900
    except Exception as error:
        raise RefusedError(DAMAGED) from error
    best = max(sheets, key=lambda records: recognised(records[0][1], columns) if records else -1, default=[])
    return best, serial_dates


def _refuse_bomb(data: bytes) -> None:
    """Python reads no more of a part than its entry declares, so the declared sizes are the limit."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile as error:
        raise RefusedError(DAMAGED) from error
    if len(parts) > PARTS_AT_MOST or sum(part.file_size for part in parts) > UNPACKED_AT_MOST:
        raise RefusedError(
            f"Die Excel-Datei wird entpackt größer als {UNPACKED_AT_MOST // 1024**2} MB und wurde nicht gelesen. "
            "Bitte prüfen Sie, ob es die richtige Datei ist."
        )


def _records(sheet: Any) -> Iterator[Record]:
    sheet.reset_dimensions()  # what a file claims about its own size is often wrong
    for number, row in enumerate(sheet.iter_rows(max_row=ROWS_LOOKED_AT), start=1):
        cells = [_shown(cell) for cell in row[:COLUMNS_AT_MOST]]
        if any(cells):
            yield number, cells


def _shown(cell: Any) -> str:
    match cell.value:
        case None:
            return ""
        case bool() as yes:
            return "ja" if yes else "nein"
        case datetime() as moment:
            return moment.date().isoformat()
        case date() as day:
            return day.isoformat()
        case int() | float() as number:
            return _digits(number, cell.number_format or "")
        case other:
            return str(other)


def _digits(number: float, number_format: str) -> str:
    """A format of zeros only shows leading zeros; without one they are not in the file and cannot be known."""
    if number != int(number):
        return repr(number)
    shown = re.sub(r'\[[^\]]*\]|"', "", number_format.partition(";")[0])
    width = len(shown) if re.fullmatch("0+", shown) else 0
    return f"{int(number):0{width}d}"
