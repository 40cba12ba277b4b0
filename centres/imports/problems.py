from __future__ import annotations

from dataclasses import dataclass, field


class RefusedError(Exception):
    """The file is not what it claims to be. One sentence for the person; nothing has been changed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell, and what to do about it."""

    row: int
    column: str
    value: str
    advice: str

    def __str__(self) -> str:
        value = f"Wert „{self.value}“" if self.value else "leer"
        return f"Zeile {self.row}, Spalte „{self.column}“, {value}: {self.advice}"


@dataclass(slots=True)
class Count:
    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        return f"{_dotted(self.new)} neu, {_dotted(self.changed)} geändert, {_dotted(self.unchanged)} unverändert"

    @property
    def touched(self) -> int:
        return self.new + self.changed


@dataclass(slots=True)
class Report:
    """What an import did, or would do. `written` is false for a trial and where problems stopped it."""

    rows: int
    counts: dict[str, Count] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)  # row → what is wrong with it
    written: bool = False

    @property
    def changes_nothing(self) -> bool:
        return not any(count.touched for count in self.counts.values())

    def sentences(self) -> list[str]:
        """The outcome for the person, numbers first."""
        counted = [f"{name}: {count}." for name, count in self.counts.items()]
        return [f"{_counted(self.rows, 'Zeile', 'Zeilen')} gelesen.", *counted, *self._verdict()]

    def _verdict(self) -> list[str]:
        if self.problems and not self.written:
            problems = _counted(len(self.problems), "Problem", "Probleme")
            return [f"{problems} in {_counted(len(self.rejected), 'Zeile', 'Zeilen')}. Es wurde nichts geändert."]
        if self.rejected:
            return [f"Ausgelassen: {_counted(len(self.rejected), 'Zeile', 'Zeilen')}."]
        return ["Die Datei ändert nichts: Alles ist schon so gespeichert."] if self.changes_nothing else []


def _counted(number: int, one: str, several: str) -> str:
    return f"{_dotted(number)} {one if number == 1 else several}"


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")
