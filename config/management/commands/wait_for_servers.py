"""Start order is nobody's promise: each service waits for what it needs."""

import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError as BrokerError

from config.celery import app


class Command(BaseCommand):
    help = "Wait until database and broker answer and the database has the shape this release needs."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=int, default=300, help="how long to wait before giving up")
        parser.add_argument("--unmigrated", action="store_true", help="do not wait for the migrations")

    def handle(self, *, seconds: int, unmigrated: bool, **options: Any) -> None:
        deadline = time.monotonic() + seconds
        said: list[str] = []
        while missing := list(_missing(migrated=not unmigrated)):
            if missing != said:
                self.stdout.write(f"Waiting for {' and '.join(missing)}")
            if time.monotonic() > deadline:
                raise CommandError(f"No {' and no '.join(missing)} after {seconds} seconds.")
            said = missing
            time.sleep(1)


def _missing(*, migrated: bool) -> Iterator[str]:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        if migrated and executor.migration_plan(executor.loader.graph.leaf_nodes()):
            yield "migrations"
    except OperationalError:
        connection.close()
        yield "database"
    try:
        with app.connection_for_write(connect_timeout=5) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0)
    except BrokerError:
        yield "broker"
