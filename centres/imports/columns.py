from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from centres.imports.problems import RefusedError
from centres.rules.folding import fold

PROBLEM_TITLE = "Problem"  # the column added to rejected rows; read again, it means nothing


@dataclass(frozen=True, slots=True)
class Column:
    """A column by the name our own files give it, and the other names people give it."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False

    @property
    def names(self) -> frozenset[str]:
        return frozenset(map(_plain, (self.title, *self.aliases)))


CENTRE_COLUMNS = (
    Column("number", "Zertifizierungsnummer", ("Zertifizierungsnr", "Zertifizierungs-Nr.", "Zert-Nr"), required=True),
    Column("centre", "Familienzentrum", ("Name", "Name des Familienzentrums"), required=True),
    Column("kind", "Form", ("Art", "Form des Familienzentrums")),
    Column("facility_number", "Einrichtungsnummer", ("Einrichtungsnr", "Einrichtungs-Nr.", "Kita-Nummer")),
    Column("facility", "Einrichtung", ("Name der Einrichtung", "Kita", "Kindertageseinrichtung")),
    Column("provider", "Träger", ("Name des Trägers",)),
    Column("group", "Trägergruppe", ("Trägerart",)),
    Column("youth_office", "Jugendamt", ("Jugendamtsbezirk", "Name des Jugendamts"), required=True),
    Column("street", "Straße", ("Straße und Hausnummer", "Straße/Hausnummer", "Anschrift")),
    Column("postcode", "PLZ", ("Postleitzahl",)),
    Column("town", "Ort", ("Stadt", "Gemeinde", "Wohnort")),
    Column("district", "Ortsteil", ("Stadtteil",)),
    Column("places", "Plätze", ("Anzahl Plätze", "Anzahl der Plätze")),
    Column("email", "E-Mail", ("E-Mail-Adresse", "Mail", "Mailadresse")),
    Column("phone", "Telefon", ("Telefonnummer", "Tel.", "Rufnummer")),
    Column("lead", "Leitung", ("Name der Leitung", "Einrichtungsleitung", "Leiterin/Leiter")),
    Column("grant", "Zuschussempfänger", ("Zuschussempfängerin",)),
    Column("contact", "Kontakteinrichtung", ("Kontakt",)),
    Column("awarded", "Gütesiegel verliehen am", ("Gütesiegel vom", "verliehen am", "Verleihung", "Vergabe am")),
    Column("through", "Gütesiegel gültig bis", ("gültig bis", "Gütesiegel bis", "Siegel gültig bis")),
    Column("reason", "Begründung", ("Grund", "Begründung der Abweichung")),
)
OFFICE_COLUMNS = (
    Column("key", "AGS", ("Schlüssel", "Amtlicher Schlüssel", "Gemeindeschlüssel"), required=True),
    Column("name", "Jugendamt", ("Name", "Name des Jugendamts"), required=True),
    Column("regional", "Landesjugendamt", ("LJA", "Landschaftsverband"), required=True),
    Column("inhabitants", "Einwohner", ("Einwohnerzahl", "Einwohnerinnen und Einwohner")),
)


@dataclass(frozen=True, slots=True)
class Header:
    titles: tuple[str, ...]
    places: dict[str, int]
    known: dict[str, str]  # key → the title our own files use

    def __contains__(self, key: str) -> bool:
        return key in self.places

    def title(self, key: str) -> str:
        """As the person's file writes it."""
        return self.titles[self.places[key]] if key in self.places else self.known[key]

    @property
    def unused(self) -> list[str]:
        used = set(self.places.values())
        return [t for place, t in enumerate(self.titles) if place not in used and t and not is_problem_column(t)]


def recognised(titles: Iterable[str], columns: Sequence[Column]) -> int:
    """How many of the columns these titles name: a header has most, a wrongly separated one few."""
    names = frozenset().union(*(column.names for column in columns))
    return len({_plain(title) for title in titles} & names)


def header_of(titles: tuple[str, ...], columns: Sequence[Column], *, given: frozenset[str] = frozenset()) -> Header:
    """Refuses a file in which a required column is missing that the caller has not `given` otherwise."""
    found = {column: _places(column, titles) for column in columns}
    missing = [
        column.title for column in columns if column.required and not found[column] and column.key not in given
    ]
    if missing:
        raise RefusedError(_missing(missing, titles))
    places = {column.key: each[0] for column, each in found.items() if each}
    return Header(titles, places, {column.key: column.title for column in columns})


def is_problem_column(title: str) -> bool:
    return _plain(title) == _plain(PROBLEM_TITLE)


def _places(column: Column, titles: tuple[str, ...]) -> list[int]:
    """Where the column stands: our own name for it goes before all other names."""
    plain = [_plain(title) for title in titles]
    own = [place for place, name in enumerate(plain) if name == _plain(column.title)]
    places = own or [place for place, name in enumerate(plain) if name in column.names]
    if len(places) > 1:
        named = " und ".join(f"„{titles[place]}“" for place in places)
        raise RefusedError(
            f"Die Datei hat mehrere Spalten für „{column.title}“ ({named}). "
            "Bitte löschen Sie alle bis auf eine oder benennen sie um."
        )
    return places


def _missing(missing: list[str], titles: tuple[str, ...]) -> str:
    there = ", ".join(f"„{title}“" for title in titles if title) or "keine"
    named = ", ".join(f"„{title}“" for title in missing)
    return f"In der Kopfzeile fehlt {named}. Gefunden wurden: {there}. Bitte ergänzen Sie die Spalte."


def _plain(title: str) -> str:
    return fold(title).replace(" ", "")
