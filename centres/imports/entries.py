"""From the lines of a table to centres with their facilities, checked as far as a file alone allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from centres.imports.cells import Cells
from centres.imports.problems import Problem
from centres.imports.reading import Line, Table
from centres.models import CentreKind
from centres.rules.folding import fold

KINDS = {
    **dict.fromkeys(["einzel", "einzeln", "einzeleinrichtung", "einzel familienzentrum", "e"], CentreKind.SINGLE),
    **dict.fromkeys(["verbund", "verbund familienzentrum", "v", "netzwerk"], CentreKind.NETWORK),
}
# What all rows of a centre must say alike, where they say it.
SHARED = ("name", "kind", "youth_office", "awarded_on", "valid_through", "reason")
COLUMN_OF = {"name": "centre", "awarded_on": "awarded", "valid_through": "through"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    line: Line
    number: str
    name: str
    kind: CentreKind | None
    youth_office: str
    facility_number: str
    facility: str
    provider: str
    group: str
    street: str
    postcode: str
    town: str
    district: str
    places: int | None
    email: str
    phone: str
    lead: str
    grant: bool
    contact: bool
    awarded_on: date | None
    valid_through: date | None
    reason: str


@dataclass(slots=True)
class Entry:
    """One centre as the file has it: one row, or one row per facility of a network."""

    number: str
    rows: list[Row]
    problems: list[Problem] = field(default_factory=list)

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def name(self) -> str:
        return self._said("name")

    @property
    def youth_office(self) -> str:
        return self._said("youth_office")

    @property
    def kind(self) -> CentreKind:
        said = next((row.kind for row in self.rows if row.kind), None)
        return said or (CentreKind.NETWORK if len(self.rows) > 1 else CentreKind.SINGLE)

    @property
    def row_of_seal(self) -> Row:
        return next((row for row in self.rows if row.awarded_on or row.valid_through), self.first)

    @property
    def reason(self) -> str:
        return self._said("reason")

    def contact_detail(self, name: str) -> str:
        """Post goes to the contact facility, else to the grant recipient, else to whoever gives an address."""
        ranked = sorted(self.rows, key=lambda row: (not row.contact, not row.grant))
        return next((value for row in ranked if (value := getattr(row, name))), "")

    def _said(self, name: str) -> str:
        return next((value for row in self.rows if (value := getattr(row, name))), "")


def entries_of(table: Table, *, youth_office: str = "") -> list[Entry]:
    """The centres of the file in its order; `youth_office` is theirs where the file has no such column."""
    grouped: dict[str, Entry] = {}
    for line in table.lines:
        cells = Cells(table, line)
        row = _row(cells, youth_office)
        entry = grouped.setdefault(row.number or f"row {line.number}", Entry(row.number, []))
        entry.rows.append(row)
        entry.problems += cells.problems
    entries = list(grouped.values())
    for entry in entries:
        entry.problems += _within(entry, table)
    _between(entries, table)
    return entries


def _row(cells: Cells, youth_office: str) -> Row:
    _refuse_overlong(cells)
    name = cells.required("centre")
    return Row(
        line=cells.line,
        number=cells.number("number", required=True),
        name=name,
        kind=_kind(cells),
        youth_office=cells.required("youth_office") if "youth_office" in cells.table.header else youth_office,
        facility_number=cells.number("facility_number", required="facility_number" in cells.table.header),
        facility=cells.text("facility") or name,
        provider=cells.text("provider"),
        group=cells.text("group", longest=80),
        street=cells.text("street", longest=200),
        postcode=cells.postcode("postcode"),
        town=cells.text("town", longest=100),
        district=cells.text("district", longest=100),
        places=cells.whole("places", most=2_000),
        email=cells.email("email"),
        phone=cells.text("phone", longest=50),
        lead=cells.text("lead", longest=150),
        grant=cells.yes("grant"),
        contact=cells.yes("contact"),
        awarded_on=cells.day("awarded"),
        valid_through=cells.day("through"),
        reason=cells.text("reason", longest=500),
    )


def _refuse_overlong(cells: Cells) -> None:
    titles = cells.table.header.titles
    surplus = [cell for cell in cells.line.cells[len(titles) :] if cell.strip()]
    if surplus:
        advice = "Die Zeile hat mehr Zellen als die Kopfzeile. Bitte prüfen Sie Trennzeichen und Anführungszeichen."
        cells.problems.append(Problem(cells.line.number, "hinter der letzten Spalte", surplus[0], advice))


def _kind(cells: Cells) -> CentreKind | None:
    text = fold(cells.text("kind"))
    if text and text not in KINDS:
        cells.complain("kind", "Bitte schreiben Sie „Einzel“ oder „Verbund“.")
    if "kind" not in cells.table.header and fold(cells.table.header.title("centre")) == "name":
        return CentreKind.SINGLE
    return KINDS.get(text)


def _within(entry: Entry, table: Table) -> Iterable[Problem]:
    yield from _contradictions(entry, table)
    if entry.kind == CentreKind.SINGLE and len(entry.rows) > 1:
        rows = _listed(entry.rows)
        advice = (
            f"Diese Nummer steht in den Zeilen {rows}, ein Einzel-Familienzentrum hat aber nur eine Einrichtung. "
            "Bitte berichtigen Sie die Nummer oder die Form."
        )
        yield Problem(entry.rows[1].line.number, table.header.title("number"), entry.number, advice)
    if entry.kind == CentreKind.NETWORK and "facility_number" not in table.header:
        advice = "Ein Verbund braucht die Spalte „Einrichtungsnummer“, damit seine Einrichtungen unterscheidbar sind."
        yield Problem(entry.first.line.number, table.header.title("number"), entry.number, advice)
    yield from _more_than_one(entry, table, "grant", "Zuschussempfänger")
    yield from _more_than_one(entry, table, "contact", "Kontakteinrichtung")


def _contradictions(entry: Entry, table: Table) -> Iterable[Problem]:
    for name in SHARED:
        said = [row for row in entry.rows if getattr(row, name)]
        for row in said[1:]:
            if getattr(row, name) != getattr(said[0], name):
                key = COLUMN_OF.get(name, name)
                advice = (
                    f"Zeile {said[0].line.number} sagt für dasselbe Familienzentrum "
                    f"„{table.cell(said[0].line, key).strip()}“. Bitte schreiben Sie in beide Zeilen dasselbe."
                )
                value = table.cell(row.line, key).strip()
                yield Problem(row.line.number, table.header.title(key), value, advice)


def _more_than_one(entry: Entry, table: Table, key: str, title: str) -> Iterable[Problem]:
    marked = [row for row in entry.rows if getattr(row, key)]
    if len(marked) > 1:
        advice = f"Ein Verbund hat zu jeder Zeit nur eine {title}".replace("eine Zus", "einen Zus")
        advice += f", hier sind es die Zeilen {_listed(marked)}. Bitte lassen Sie „ja“ nur einmal stehen."
        yield Problem(marked[1].line.number, table.header.title(key), "ja", advice)


def _between(entries: list[Entry], table: Table) -> None:
    """No facility twice in one file, and no number once with and once without its zeros."""
    bare: dict[str, Entry] = {}
    for entry in entries:
        other = bare.setdefault(entry.number.lstrip("0"), entry)
        if other is not entry and entry.number:
            advice = (
                f"In Zeile {other.first.line.number} steht {other.number}. Bitte prüfen Sie die führenden Nullen."
            )
            title = table.header.title("number")
            entry.problems.append(Problem(entry.first.line.number, title, entry.number, advice))
    seen: dict[str, list[tuple[Entry, Row]]] = defaultdict(list)
    for entry in entries:
        for row in entry.rows:
            if row.facility_number:
                seen[row.facility_number].append((entry, row))
    for (_, first), *again in seen.values():
        for entry, row in again:
            advice = (
                f"Diese Einrichtung steht schon in Zeile {first.line.number}. Bitte streichen Sie eine der Zeilen."
            )
            title = table.header.title("facility_number")
            entry.problems.append(Problem(row.line.number, title, row.facility_number, advice))


def _listed(rows: list[Row]) -> str:
    *others, last = [str(row.line.number) for row in rows]
    return f"{', '.join(others)} und {last}" if others else last
