"""From the bytes of a file to a table of texts, refusing what is in doubt rather than guessing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from centres.imports.columns import Column, Header, header_of, recognised
from centres.imports.problems import RefusedError
from centres.imports.workbook import Record, read_workbook

BYTES_AT_MOST = 10 * 1024 * 1024
ROWS_AT_MOST = 20_000
SEPARATORS = ";,\t"
SAVE_AS = "Bitte speichern Sie sie als „CSV UTF-8“ oder als Excel-Arbeitsmappe (.xlsx)."
FOREIGN = {
    b"\xd0\xcf\x11\xe0": f"Das ist eine alte oder mit Kennwort geschützte Excel-Datei. {SAVE_AS}",
    b"%PDF": f"Das ist eine PDF-Datei und keine Tabelle. {SAVE_AS}",
    b"\xff\xfe": f"Die Datei ist in UTF-16 gespeichert. {SAVE_AS}",
    b"\xfe\xff": f"Die Datei ist in UTF-16 gespeichert. {SAVE_AS}",
}
# Umlauts of UTF-8 read as Windows-1252 once before, and the sign that stands for a lost letter.
BROKEN = re.compile("Ã[\u0080-\u00bf„–œŸ¤¶¼]|\ufffd")
# What umlauts of other encodings (DOS, Macintosh) become inside words.
STRANGE = re.compile(r"(?<=[A-Za-z])[„”™š›Š‡†ƒŸŽž¸§¤¦á](?=[a-z])")
# defusedcsv puts an apostrophe before what a spreadsheet would take for a formula.
DEFUSED = re.compile(r"'[@+\-=|%]")


@dataclass(frozen=True, slots=True)
class Line:
    """One row; `number` is the one a spreadsheet shows beside it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    header: Header
    lines: tuple[Line, ...]
    serial_dates: bool = False  # bare numbers may be days of a spreadsheet's calendar

    def cell(self, line: Line, key: str) -> str:
        place = self.header.places.get(key, -1)
        return line.cells[place] if 0 <= place < len(line.cells) else ""


def read_file(path: Path, columns: Sequence[Column], *, given: frozenset[str] = frozenset()) -> Table:
    if not path.is_file():
        raise RefusedError(f"Die Datei „{path}“ gibt es nicht.")
    refuse_too_big(path.stat().st_size)
    return read_table(path.read_bytes(), columns, given=given)


def refuse_too_big(size: int) -> None:
    """Ask before reading: the size alone decides."""
    if size > BYTES_AT_MOST:
        raise RefusedError(
            f"Die Datei ist {size // 1024**2} MB groß; ein Register hat höchstens {BYTES_AT_MOST // 1024**2} MB. "
            "Bitte prüfen Sie, ob es die richtige Datei ist."
        )


def read_table(data: bytes, columns: Sequence[Column], *, given: frozenset[str] = frozenset()) -> Table:
    """A table in CSV (UTF-8 or Windows-1252; semicolon, comma or tab) or XLSX, told apart by content.

    `given` names the columns that may be missing because the caller knows what they would say.
    """
    refuse_too_big(len(data))
    for beginning, sentence in FOREIGN.items():
        if data.startswith(beginning):
            raise RefusedError(sentence)
    if data.startswith(b"PK"):
        records, serial_dates = read_workbook(data, columns)
    else:
        records, serial_dates = _records(_decoded(data), columns), False
    filled = [(number, cells) for number, cells in records if any(cell.strip() for cell in cells)]
    return _table(filled, columns, given, serial_dates=serial_dates)


def _table(records: list[Record], columns: Sequence[Column], given: frozenset[str], *, serial_dates: bool) -> Table:
    if not records:
        raise RefusedError("Die Datei ist leer. Bitte wählen Sie eine Datei mit einer Kopfzeile und Zeilen darunter.")
    if len(records) > ROWS_AT_MOST + 1:
        raise RefusedError(f"Die Datei hat mehr als {ROWS_AT_MOST} Zeilen. Bitte teilen Sie sie auf.")
    (_, titles), *rest = records
    header = header_of(tuple(" ".join(title.split()) for title in titles), columns, given=given)
    if not rest:
        raise RefusedError("Die Datei hat nur eine Kopfzeile und keine Zeilen darunter.")
    return Table(header, tuple(Line(number, tuple(cells)) for number, cells in rest), serial_dates)


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise RefusedError(f"Das ist keine Textdatei und keine Excel-Arbeitsmappe. {SAVE_AS}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decoded_from_windows(data)
    if BROKEN.search(text):
        raise RefusedError(f"Die Umlaute in der Datei sind beschädigt (falsche Zeichenkodierung). {SAVE_AS}")
    return text


def _decoded_from_windows(data: bytes) -> str:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    if not text or len(STRANGE.findall(text)) > sum(text.count(umlaut) for umlaut in "äöüÄÖÜß"):
        raise RefusedError(f"Die Zeichenkodierung der Datei ist weder UTF-8 noch Windows-1252. {SAVE_AS}")
    return text


def _records(text: str, columns: Sequence[Column]) -> list[Record]:
    first, _, rest = text.partition("\n")
    declared = re.fullmatch(r"sep=(.)\s*", first)  # a line only Excel knows
    body, skipped = (rest, 1) if declared else (text, 0)
    separator = declared[1] if declared else _separator(body, columns)
    return [(number + skipped, _armed(cells)) for number, cells in enumerate(_split(body, separator), start=1)]


def _separator(text: str, columns: Sequence[Column]) -> str:
    """The one by which the first filled line names most of our columns."""
    first = next((line for line in text.splitlines() if line.strip(f"{SEPARATORS} \ufeff")), "")
    return max(SEPARATORS, key=lambda each: recognised(next(csv.reader([first], delimiter=each), []), columns))


def _split(text: str, separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        rows = [_unquoted(line.split(separator)) for line in text.splitlines()]
        if len({len(row) for row in rows if row != [""]}) == 1:
            return rows
        raise RefusedError(
            "In der Datei ist ein Anführungszeichen geöffnet und nicht geschlossen; Zellen und Zeilen lassen sich "
            f"nicht sicher trennen. {SAVE_AS}"
        ) from error


def _unquoted(cells: list[str]) -> list[str]:
    """Cells of a file whose quotes follow no rule: those around a whole cell go, those inside stay."""
    return [re.sub(r'^\s*"(.*)"\s*$', r"\1", cell).replace('""', '"') for cell in cells]


def _armed(cells: list[str]) -> list[str]:
    """Undo what defusedcsv did to rejected rows, so that they read as they were."""
    return [cell[1:].replace("\\|", "|") if DEFUSED.match(cell) else cell for cell in cells]
