"""Many letters into the database with the same three statements, however many they are.

The letters come from a cursor of the same connection, and a COPY leaves no room for one: they wait in a file, which
is on disk only from SPOOL on. `INSERT … ON CONFLICT DO NOTHING` then leaves out what somebody else wrote meanwhile.
"""

from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

from django.db import connection, transaction

from centres.models import Letter

SPOOL = 32 * 1024 * 1024
BLOCK = 1024 * 1024
FIELDS = [field for field in Letter._meta.concrete_fields if not field.primary_key]
COLUMNS = ", ".join(f'"{field.column}"' for field in FIELDS)
TABLE = Letter._meta.db_table
CREATE = f"CREATE TEMPORARY TABLE poured AS SELECT {COLUMNS} FROM {TABLE} WITH NO DATA"  # noqa: S608
COPY = f"COPY poured ({COLUMNS}) FROM STDIN"
INSERT = f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM poured ON CONFLICT DO NOTHING"  # noqa: S608


@transaction.atomic
def store_many(letters: Iterable[Letter]) -> int:
    """Store those whose key is new; their number."""
    with SpooledTemporaryFile(SPOOL, "w+", encoding="utf-8", newline="") as file, connection.cursor() as cursor:
        file.writelines(map(_line, letters))
        file.seek(0)
        cursor.execute(CREATE)
        with cursor.copy(COPY) as copy:
            while block := file.read(BLOCK):
                copy.write(block)
        cursor.execute(INSERT)
        written: int = cursor.rowcount
        cursor.execute("DROP TABLE poured")
    return written


def _line(letter: Letter) -> str:
    """A row as the text format of COPY has it."""
    return "\t".join(_text(getattr(letter, field.attname)) for field in FIELDS) + "\n"


def _text(value: Any) -> str:
    """Escaped by `replace`: a translation table takes ten times as long, and this runs for every field."""
    if value is None:
        return r"\N"
    text = str(value).replace("\\", r"\\")
    return text.replace("\n", r"\n").replace("\t", r"\t").replace("\r", r"\r")
