"""What the tests of the ministry's pages start from."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from certification.models import Case, Outcome
from certification.rules.moves import State
from tests.factories.accounts import UserFactory
from tests.factories.certification import CaseFactory

AT = datetime(2026, 5, 5, 9, tzinfo=UTC)
DAY = date(2026, 5, 5)


def ministry(client: Client) -> User:
    """Someone of the ministry, signed in."""
    person: User = UserFactory.create(ministry=True)
    client.force_login(person)
    return person


def released(*, eligible: bool = True, **fields: Any) -> Case:
    """A case whose outcome a second person has released: the ministry's turn."""
    case: Case = CaseFactory.create(state=State.RECOMMENDED, **fields)
    recommended(case, eligible=eligible, released_by=UserFactory.create(auditor=True), released_at=AT)
    return case


def recommended(case: Case, *, eligible: bool = True, **fields: Any) -> Outcome:
    auditor = UserFactory.create(auditor=True)
    values = {"eligible": eligible, "computed": eligible, "recommended_by": auditor, "recommended_at": AT, **fields}
    return Outcome.objects.create(case=case, **values)


def queries(client: Client, page: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    return len(asked)
