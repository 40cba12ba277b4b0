from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from centres.imports.centres import import_centres, read_centres
from centres.imports.problems import Report
from centres.models import YouthOffice
from certification.registers import SealRegister
from tests.factories.centres import YouthOfficeFactory

TODAY = date(2026, 5, 5)
NOW = datetime(2026, 5, 5, 10, tzinfo=UTC)
Importing = Callable[..., Report]


@pytest.fixture
def cologne(db: None) -> YouthOffice:
    return YouthOfficeFactory.create(key="05315", name="Jugendamt Köln")


@pytest.fixture
def bring_in(cologne: YouthOffice) -> Importing:
    """Import a file as the command does it."""

    def bring_in(data: bytes, *, reason: str = "", youth_office: str = "", **options: Any) -> Report:
        table = read_centres(data, youth_office=youth_office)
        keeper = SealRegister(today=TODAY, at=NOW, reason=reason)
        today = options.pop("today", TODAY)
        return import_centres(table, today=today, seals=keeper, youth_office=youth_office, **options)

    return bring_in
