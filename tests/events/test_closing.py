"""When registration closes: at the end of the day in Berlin, also where clocks change, and never after the start."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from events import letters, registration
from events.models import EventMode, InfoEvent, Registration
from events.registration import Attendee, NotPossibleError
from tests.events.office import invited
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory
from tests.factories.events import InfoEventFactory

pytestmark = pytest.mark.django_db
# The last second of the day in Berlin: summer ends on 25 October 2026 and begins on 28 March 2027.
LAST_SECONDS = [
    (date(2026, 10, 24), datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC)),
    (date(2026, 10, 25), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),
    (date(2027, 3, 27), datetime(2027, 3, 27, 22, 59, 59, tzinfo=UTC)),
    (date(2027, 3, 28), datetime(2027, 3, 28, 21, 59, 59, tzinfo=UTC)),
]


def closing(day: date, **fields: object) -> InfoEvent:
    begins = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=5)
    dates = {"registration_from": day - timedelta(days=30), "registration_until": day}
    return InfoEventFactory.create(starts_at=begins, **dates, **fields)


def come(event: InfoEvent, at: datetime) -> Registration:
    who = Attendee("Erika", f"erika-{at.timestamp()}@example.org")
    return registration.register(event, who=who, attends=EventMode.ONLINE, by=None, at=at)


@pytest.mark.parametrize(("day", "last"), LAST_SECONDS)
def test_the_last_second_of_the_day_in_berlin_is_in_time_and_the_next_is_not(day: date, last: datetime) -> None:
    event = closing(day)

    assert come(event, last).state == "booked"
    with pytest.raises(NotPossibleError, match=f"Die Anmeldefrist endete am {day:%d.%m.%Y}."):
        come(event, last + timedelta(seconds=1))


@pytest.mark.parametrize(("day", "last"), LAST_SECONDS)
def test_the_page_says_the_same_as_the_act(day: date, last: datetime) -> None:
    event = closing(day, kind="open")
    page, sentence = reverse("event", args=[event.public_id]), "Die Anmeldefrist endete"

    seen = []
    for moment in (last, last + timedelta(seconds=1)):
        with time_machine.travel(moment, tick=False):
            seen.append(sentence in Client().get(page).content.decode())

    assert seen == [False, True]


@pytest.mark.parametrize("state", ["published", "held", "cancelled"])
def test_no_way_leads_into_an_event_that_is_over(state: str, settings: object) -> None:
    settings.SITE_URL = ""  # type: ignore[attr-defined]
    cache.clear()
    event = closing(date(2026, 9, 1), kind="open", state=state)
    lead = MembershipFactory.create(centre=FamilyCentreFactory.create(), user=UserFactory.create(lead=True)).user
    office = UserFactory.create(service_office=True)
    entered = {"name": "Erika", "email": "erika@example.org", "attends": "online"}
    ways = [
        (None, reverse("event_register", args=[event.public_id])),
        (None, letters.invitation_url(invited(event, "kita@example.org"))),
        (lead, reverse("portal_events:register", args=[event.public_id])),
        (office, reverse("office:register", args=[event.pk])),
    ]

    for user, page in ways:
        client = Client()
        with time_machine.travel(event.starts_at, tick=False):
            if user:
                client.force_login(user)
            answer = client.post(page, entered)
        assert answer.status_code == 200, page
        assert "Die Veranstaltung" in answer.content.decode(), page
    assert not Registration.objects.exists()
