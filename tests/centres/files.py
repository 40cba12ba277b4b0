"""Registers as people send them, made on the spot."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

ROW = {
    "Zertifizierungsnummer": "0001001",
    "Familienzentrum": "Kita Waldhäuschen",
    "Form": "Einzel",
    "Einrichtungsnummer": "02136",
    "Einrichtung": "Kita Waldhäuschen",
    "Träger": "Evangelische Kirchengemeinde Mülheim",
    "Trägergruppe": "evangelisch",
    "Jugendamt": "Jugendamt Köln",
    "Straße": "Schwabenallee 86",
    "PLZ": "50667",
    "Ort": "Köln",
    "Ortsteil": "Mülheim",
    "Plätze": "55",
    "E-Mail": "kita-2136@example.org",
    "Zuschussempfänger": "ja",
    "Kontakteinrichtung": "ja",
    "Gütesiegel verliehen am": "30.04.2025",
}


def row(**changes: str) -> dict[str, str]:
    """A good row; `number` and `facility` are short for the two numbers, other changes go by column."""
    short = {"number": "Zertifizierungsnummer", "facility": "Einrichtungsnummer"}
    return ROW | {short.get(name, name): value for name, value in changes.items()}


def network(*facilities: str, number: str = "0002001", **changes: str) -> list[dict[str, str]]:
    """The rows of a network: the first facility gets the grant and is the contact."""
    shared = {"Familienzentrum": "Verbund Mülheim", "Form": "Verbund"} | changes
    rows = [row(number=number, facility=facility, **shared) for facility in facilities]
    for each in rows[1:]:
        each |= {"Zuschussempfänger": "nein", "Kontakteinrichtung": "nein"}
    return rows


def many(count: int) -> list[dict[str, str]]:
    return [row(number=f"{n:07d}", facility=f"E{n}", Träger=f"Träger {n}") for n in range(1, count + 1)]


def csv_of(*rows: Mapping[str, str], separator: str = ";", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(titles: Sequence[str], *rows: Sequence[Any], formats: Mapping[str, str] | None = None) -> bytes:
    """A workbook; `formats` gives number formats by the letter of the column."""
    book, data = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for each in [titles, *rows]:
        sheet.append(list(each))
    for letter, shown in (formats or {}).items():
        for cell in sheet[letter][1:]:
            cell.number_format = shown
    book.save(data)
    return data.getvalue()
