"""Lists as files for a spreadsheet. Nothing in them is ever taken for a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import zip_longest
from typing import Any

from defusedcsv import csv
from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError

Cell = str | int | date | None
Row = Sequence[Cell]
WIDEST = 60
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(kind: str, name: str, headers: Row, rows: Iterable[Row]) -> HttpResponse:
    """The table as `name`.xlsx, or with `kind` "csv" as a file that German spreadsheets open with umlauts."""
    made, content_type = (_csv, "text/csv; charset=utf-8") if kind == "csv" else (_xlsx, XLSX)
    extension = "csv" if kind == "csv" else "xlsx"
    answer = HttpResponse(made(headers, rows), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{extension}"'
    return answer


def _csv(headers: Row, rows: Iterable[Row]) -> bytes:
    file = StringIO(newline="")
    csv.writer(file, delimiter=";").writerows([_written(cell) for cell in row] for row in (headers, *rows))
    return file.getvalue().encode("utf-8-sig")


def _xlsx(headers: Row, rows: Iterable[Row]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Liste")
    sheet.freeze_panes = "A2"
    lines = [headers, *rows]
    for number, width in enumerate(_widths(lines), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in lines:
        sheet.append([_cell(sheet, value, bold=row is headers) for value in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _widths(lines: list[Row]) -> list[int]:
    """As wide as what stands in the column, within what still fits on a screen."""
    columns = zip_longest(*lines, fillvalue="")
    return [min(max(len(str(_written(cell))) for cell in column) + 2, WIDEST) for column in columns]


def _written(cell: Cell) -> str | int:
    if cell is None:
        return ""
    return f"{cell:%d.%m.%Y}" if isinstance(cell, date) else cell


def _cell(sheet: Any, value: Cell, *, bold: bool) -> Any:
    """Numbers and dates as such; text as text, whatever it begins with, without characters no such file may hold."""
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, datetime(value.year, value.month, value.day))  # noqa: DTZ001 - a day of no zone
        cell.number_format = "DD.MM.YYYY"
        return cell
    if not isinstance(value, str):
        return value
    try:
        cell = WriteOnlyCell(sheet, value)
    except IllegalCharacterError:
        cell = WriteOnlyCell(sheet, "".join(each for each in value if each.isprintable()))
    cell.data_type = "s"
    cell.font = Font(bold=bold)
    cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
    return cell
