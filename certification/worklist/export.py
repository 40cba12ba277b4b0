"""A worklist as a file: the cases of the selection and what their rows show, nothing that runs as a formula."""

import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from defusedcsv import csv
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from accounts.models import User
from certification.models import Case
from certification.worklist.columns import COLUMNS, Value

TITLES = [piece.title for column in COLUMNS for piece in column.pieces]


def as_csv(cases: Iterable[Case], *, user: User, today: date) -> bytes:
    """UTF-8 with BOM and semicolons, as German spreadsheets open it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(TITLES)
    for values in _lines(cases, user, today):
        writer.writerow([f"{each:%d.%m.%Y}" if isinstance(each, date) else each for each in values])
    return text.getvalue().encode("utf-8-sig")


def as_workbook(cases: Iterable[Case], *, user: User, today: date) -> bytes:
    """Dates and numbers as such; text stays text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Fälle")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, title, bold=True) for title in TITLES])
    for values in _lines(cases, user, today):
        sheet.append([_cell(sheet, value) for value in values])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _lines(cases: Iterable[Case], user: User, today: date) -> Iterator[list[Value]]:
    pieces = [piece for column in COLUMNS for piece in column.pieces]
    for case in cases:
        yield [piece.value(case, today, user.pk) for piece in pieces]


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    if isinstance(value, date):
        cell.number_format = "DD.MM.YYYY"
    if bold:
        cell.font = Font(bold=True)
    return cell
