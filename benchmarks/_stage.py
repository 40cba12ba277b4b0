"""Fresh databases for the benchmarks: each is a copy of one that was set up once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certification.models import Round
from certification.rules.rounds import renewal_dates
from config.demo.loading import Wanted, load

NUMBERS = count()
FIRST = "SELECT set_config('session_replication_role', 'replica', false)"  # no triggers, no checks
LAST = "SELECT set_config('session_replication_role', 'origin', false)"


def empty() -> None:
    """Go on with a database without data."""
    _copy_of(_empty())


def demo() -> None:
    """Go on with the data of the demo, 3,322 centres."""
    _copy_of(_demo())


def filled(statements: str, **values: Any) -> None:
    """Write rows in bulk, without the history and checks that would take longer than what is measured."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST)
        cursor.execute(statements, values)
        cursor.execute(LAST)
    settle()


def settle() -> None:
    """As autovacuum leaves a database that has existed for an hour."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def new_round(template: Round, *, seal_end: Any) -> Round:
    dates = renewal_dates(seal_end)
    days = {name: getattr(dates, name) for name in dates.__dataclass_fields__}
    return Round.objects.create(
        procedure="renewal", label="Messung", edition=template.edition, seal_end=seal_end, **days
    )


def now() -> datetime:
    return timezone.localtime()


@contextmanager
def queries() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as captured:
        yield captured


def _copy_of(template: str) -> None:
    name = f"bench_{next(NUMBERS)}"
    _create(name, template=template)
    _use(name)


@cache
def _empty() -> str:
    _create("bench_empty", template="template1")
    _use("bench_empty")
    call_command("migrate", verbosity=0)
    return "bench_empty"


@cache
def _demo() -> str:
    _create("bench_demo", template=_empty())
    _use("bench_demo")
    load(Wanted(centres=3322, seed=1, on=now().date(), at=now()))
    settle()
    return "bench_demo"


def _create(name: str, *, template: str) -> None:
    _use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
