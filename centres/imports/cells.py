from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from centres.imports.problems import Problem
from centres.imports.reading import Line, Table
from centres.rules.folding import fold, one_line

GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?: 00:00(?::00)?)?")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
SERIAL_DAY = re.compile(r"[2-6]\d{4}")
DAY_ZERO = date(1899, 12, 30)  # of the calendar spreadsheets count in
YES = {"ja", "j", "x", "1", "wahr", "true"}
NO = {"nein", "n", "0", "falsch", "false", ""}


@dataclass(slots=True)
class Cells:
    """The cells of one line as values. What cannot be read is noted as a problem and comes back empty."""

    table: Table
    line: Line
    problems: list[Problem] = field(default_factory=list)

    def complain(self, key: str, advice: str) -> None:
        value = one_line(self.table.cell(self.line, key))
        self.problems.append(Problem(self.line.number, self.table.header.title(key), value, advice))

    def text(self, key: str, *, longest: int = 250) -> str:
        text = one_line(self.table.cell(self.line, key))
        if len(text) > longest:
            self.complain(key, f"Der Text hat {len(text)} Zeichen; bitte kürzen Sie ihn auf höchstens {longest}.")
        return text

    def required(self, key: str, *, longest: int = 250) -> str:
        text = self.text(key, longest=longest)
        if not text:
            self.complain(key, "Bitte tragen Sie hier etwas ein; ohne diese Angabe geht es nicht.")
        return text

    def number(self, key: str, *, required: bool) -> str:
        """A number that names something: zeros in front belong to it."""
        text = self.required(key, longest=20) if required else self.text(key, longest=20)
        if re.fullmatch(r"\d+[.,]\d+(?:E\+?\d+)?", text):
            self.complain(key, "Das ist ein Rechenwert und keine Nummer. Bitte formatieren Sie die Spalte als Text.")
        return text

    def day(self, key: str) -> date | None:
        text = self.text(key)
        if not text:
            return None
        day = _day(text, serial=self.table.serial_dates)
        if day is None:
            self.complain(key, "Das ist kein Datum. Bitte schreiben Sie es wie 05.05.2026 oder 2026-05-05.")
        return day

    def yes(self, key: str) -> bool:
        text = fold(self.text(key))
        if text not in YES | NO:
            self.complain(key, "Bitte schreiben Sie „ja“ oder „nein“.")
        return text in YES

    def whole(self, key: str, *, most: int) -> int | None:
        text = self.text(key)
        digits = re.sub(r"[.\s]", "", text) if re.fullmatch(r"\d{1,3}(?:[.\s]\d{3})+", text) else text
        if text and not (re.fullmatch(r"[0-9]{1,9}", digits) and int(digits) <= most):
            self.complain(key, f"Bitte schreiben Sie eine ganze Zahl von 0 bis {most} ohne weitere Zeichen.")
            return None
        return int(digits) if text else None

    def email(self, key: str) -> str:
        text = self.text(key, longest=254).replace(" ", "")
        try:
            if text:
                validate_email(text)
        except ValidationError:
            self.complain(key, "Das ist keine E-Mail-Adresse. Bitte berichtigen Sie sie oder lassen das Feld leer.")
        return text

    def postcode(self, key: str) -> str:
        text = self.text(key)
        if text and not re.fullmatch(r"[0-9]{5}", text):
            self.complain(key, "Eine Postleitzahl hat fünf Ziffern. Bitte prüfen Sie, ob eine führende Null fehlt.")
        return text


def _day(text: str, *, serial: bool) -> date | None:
    try:
        if match := GERMAN_DAY.fullmatch(text):
            day, month, year = map(int, match.groups())
            return date(year, month, day)
        if match := ISO_DAY.fullmatch(text):
            return date(*map(int, match.groups()))
    except ValueError:
        return None
    return DAY_ZERO + timedelta(days=int(text)) if serial and SERIAL_DAY.fullmatch(text) else None
