"""Post that a rate limit spreads over days: what follows from a reminder counts from its own delivery."""

from datetime import UTC, date, datetime, timedelta

import pytest

from centres import delivery
from centres.models import Letter, LetterState
from certification import lateness, missing, reminders
from certification.models import Case, Chain, ReminderRule
from certification.rules.moves import State
from tests.factories.certification import CaseFactory
from tests.post.mail_server import MailServer

pytestmark = pytest.mark.django_db

UNTIL = date(2026, 2, 10)
NOTICE = datetime(2026, 2, 7, 9, tzinfo=UTC)
WAIT = 14  # days


def one_round(at: datetime, server: MailServer) -> int:
    """So slow that a round is over with its first letter."""
    before = len(server.accepted)
    return delivery.deliver_waiting(now=lambda: at + delivery.ROUND * (len(server.accepted) - before))


def missed_on(day: date) -> int:
    return missing.miss_due(day, at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


def test_each_centre_has_its_days_from_the_delivery_of_its_own_letter(mail_server: MailServer) -> None:
    ReminderRule.objects.filter(chain=Chain.REGISTRATION, key="3-days").update(consequence_days=WAIT)
    CaseFactory.create_batch(5, state=State.INVITED, round__registration_until=UNTIL)
    reminders.write_due(NOTICE.date(), at=NOTICE)

    sent = [one_round(NOTICE + timedelta(days=n), mail_server) for n in range(5)]
    days = [NOTICE.date() + timedelta(days=WAIT + n) for n in range(-1, 6)]

    assert sent == [1, 1, 1, 1, 0]  # on the fifth day the deadline is over, and nothing goes out any more
    assert [missed_on(day) for day in days] == [0, 1, 1, 1, 1, 0, 0]
    assert Letter.objects.filter(rule="registration/3-days", state=LetterState.FAILED).count() == 1
    assert lateness.counts(Case.objects.all(), today=days[-1])["unerreicht"] == 1
