"""Importing a register, against COPY of the same rows."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from benchmarks import _stage, _table
from centres.imports.centres import import_centres, read_centres
from centres.imports.offices import import_youth_offices, read_offices
from centres.models import Facility, FamilyCentre, NetworkMembership, Provider
from certification.models import Seal, SealEntry
from certification.registers import SealRegister

ROWS = 3322
WRITTEN = (Provider, FamilyCentre, Facility, NetworkMembership, Seal, SealEntry)
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
OFFICES = "AGS;Jugendamt;Landesjugendamt;Einwohner\n" + "".join(
    f"05{n:03d};Jugendamt Kreis {n};{'LVR' if n % 2 else 'LWL'};{50000 + n}\n" for n in range(186)
)
TITLES = (
    "Zertifizierungsnummer;Familienzentrum;Form;Einrichtungsnummer;Einrichtung;Träger;Trägergruppe;Jugendamt;Straße;"
    "PLZ;Ort;Ortsteil;Plätze;E-Mail;Zuschussempfänger;Kontakteinrichtung;Gütesiegel verliehen am"
)


def run() -> None:
    _table.head()
    bring_in(f"{ROWS:,} generated rows", generated(ROWS), OFFICES.encode())
    real = DATA / "family-centres.csv"
    if real.exists():
        bring_in(f"the file {real.name}", real.read_bytes(), (DATA / "youth-offices-nrw.csv").read_bytes())


def bring_in(what: str, data: bytes, offices: bytes) -> None:
    _stage.empty()
    at = _stage.now()
    import_youth_offices(read_offices(offices))
    with _stage.queries() as captured:
        first = _table.timed(lambda: once(data, at))
    again = _table.timed(lambda: once(data, at))
    rows = len(read_centres(data).lines)
    assert FamilyCentre.objects.exists()
    bare = min(_table.timed(lambda: copy_bare(data)) for _ in range(3))
    copied = copy_all(dumped(), offices)
    _table.ratio(f"importing {what} / COPY of what it wrote", first, copied, goal=20)
    _table.ratio("  the same / COPY of the file into a bare table of texts", first, bare, goal=20)
    _table.limit("  the whole of it", first, goal=10)
    _table.number("  queries per thousand rows", round(len(captured) / rows * 1000, 1))
    _table.ratio("  the same file again, nothing new / COPY of what it wrote", again, copied, goal=20)


def dumped() -> dict[str, bytes]:
    with connection.cursor() as cursor:
        return {table: _dump(cursor, table) for table in (model._meta.db_table for model in WRITTEN)}


def _dump(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as source:
        return b"".join(source)


def copy_all(rows: dict[str, bytes], offices: bytes) -> float:
    """Seconds, with all keys, constraints and history, into a database as it was before the import."""
    _stage.empty()
    import_youth_offices(read_offices(offices))
    return _table.timed(lambda: _restore(rows))


@transaction.atomic
def _restore(rows: dict[str, bytes]) -> None:
    with connection.cursor() as cursor:
        for table, data in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as target:
                target.write(data)


def once(data: bytes, at: datetime) -> None:
    import_centres(read_centres(data), today=at.date(), seals=SealRegister(today=at.date(), at=at), skip_invalid=True)


def copy_bare(data: bytes) -> None:
    """The rows as text, without types, keys, indexes, search or history."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    columns = [f"column_{n}" for n in range(len(rows[0]))]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copied")
        cursor.execute(f"CREATE TABLE copied ({', '.join(f'{column} text' for column in columns)})")
        with cursor.copy("COPY copied FROM STDIN") as target:
            for row in rows[1:]:
                target.write_row(row)


def generated(number: int) -> bytes:
    """Half are single centres, the others networks of three facilities."""
    today = _stage.now().date()
    lines, n, centre = [TITLES], 0, 0
    while n < number:
        centre += 1
        size = min(1 if centre % 2 else 3, number - n)
        awarded = today - timedelta(days=30 + centre % 1200)
        for member in range(size):
            n += 1
            lines.append(line(n, centre, member, size, f"{awarded:%d.%m.%Y}"))
    return "\n".join(lines).encode()


def line(n: int, centre: int, member: int, size: int, awarded: str) -> str:
    first = "nein" if member else "ja"
    form = "Verbund" if size > 1 else "Einzel"
    return (
        f"{centre:07d};Familienzentrum Süd {centre};{form};{n:05d};Kita Größe {n};Träger {n % 700};evangelisch;"
        f"Jugendamt Kreis {centre % 186};Hauptstraße {n};{50000 + n % 9000};Köln;Süd;{40 + n % 60};"
        f"kita-{n}@example.org;{first};{first};{awarded}"
    )
