"""Events in the portal: for leads and deputies, each with the own centres alone."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centres import facts
from centres.models import FactKind, Membership
from events import letters
from events.calendar import calendar_entries
from events.models import EventKind, EventMode, InfoEvent, Invitation, Question, Registration
from events.rules.bookings import Booking
from tests.events.office import invited
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
AT = start(1)
HOME = "/portal/veranstaltungen/"


@pytest.fixture(autouse=True)
def _at(settings: object) -> object:
    settings.SITE_URL = ""  # type: ignore[attr-defined]
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def mine(client: Client) -> Membership:
    """Someone in charge of one centre, signed in."""
    membership = MembershipFactory.create(centre=FamilyCentreFactory.create(), user=UserFactory.create(lead=True))
    client.force_login(membership.user)
    return membership


def address(event: InfoEvent) -> str:
    return reverse("portal_events:register", args=[event.public_id])


def test_an_event_that_asks_nothing_takes_one_click(client: Client, mine: Membership) -> None:
    event = InfoEventFactory.create(kind=EventKind.OPEN)

    assert f'action="{address(event)}"' in client.get(HOME).content.decode()
    client.post(address(event))

    booked = Registration.objects.get()
    assert (booked.user, booked.centre, booked.email) == (mine.user, mine.centre, mine.user.email)
    assert booked.steps.get().by == mine.user


def test_an_event_that_asks_something_has_a_form(client: Client, mine: Membership) -> None:
    event = InfoEventFactory.create(kind=EventKind.OPEN, mode=EventMode.BOTH, place="Rathaus")
    question = Question.objects.create(event=event, position=1, text="Zugang?", required=True)

    assert f'action="{address(event)}"' not in client.get(HOME).content.decode()
    seen = client.post(address(event), {"attends": "online"}).content.decode()
    assert "Bitte beantworten Sie die Frage „Zugang?“" in seen
    client.post(address(event), {"attends": "online", f"question-{question.pk}": "Rampe"})

    assert Registration.objects.get().answers.get().text == "Rampe"


def test_whoever_acts_for_two_centres_says_for_which(client: Client, mine: Membership) -> None:
    other = MembershipFactory.create(user=mine.user, centre=FamilyCentreFactory.create(), deputy=True)
    foreign = FamilyCentreFactory.create()
    event = InfoEventFactory.create()

    client.post(address(event), {"centre": foreign.pk})
    assert not Registration.objects.exists()
    client.post(address(event), {"centre": other.centre_id})

    assert Registration.objects.get().centre == other.centre


def test_the_home_shows_what_concerns_the_own_centres_first(client: Client, mine: Membership) -> None:
    invited, round_, open_, other = (
        InfoEventFactory.create(title=title, kind=kind)
        for title, kind in (
            ("Eingeladen", EventKind.INITIAL),
            ("Zur Runde", EventKind.RENEWAL),
            ("Für alle", EventKind.OPEN),
            ("Für andere", EventKind.INITIAL),
        )
    )
    facts.state(FactKind.ROUND, "round-1", "Re-Zertifizierung 2027", [mine.centre_id], on=AT.date())
    by = UserFactory.create(service_office=True)
    Invitation.objects.create(event=invited, centre=mine.centre, email=mine.user.email, invited_at=AT, invited_by=by)

    own, _, rest = client.get(HOME).content.decode().partition("Weitere Veranstaltungen")

    assert [event.title in own for event in (invited, round_, open_, other)] == [True, True, True, False]
    assert other.title in rest


def test_bookings_of_the_own_centres_are_there_and_no_others(client: Client, mine: Membership) -> None:
    event = InfoEventFactory.create()
    colleague = RegistrationFactory.create(event=event, centre=mine.centre, name="Kollegin Kern")
    stranger = RegistrationFactory.create(event=event, name="Fremde Person")
    Membership.objects.filter(pk=mine.pk).update(ends_on=None)

    seen = client.get(HOME).content.decode()

    assert colleague.name in seen
    assert stranger.name not in seen


def test_the_registration_leads_back_to_the_portal(client: Client, mine: Membership) -> None:
    booked = RegistrationFactory.create(centre=mine.centre, user=mine.user)
    page = letters.manage_url(booked)

    seen_by_lead = client.get(page).content.decode()
    client.logout()
    seen_by_guest = client.get(page).content.decode()

    assert [f'href="{HOME}"' in page for page in (seen_by_lead, seen_by_guest)] == [True, False]


def test_whoever_is_registered_is_led_to_the_registration(client: Client, mine: Membership) -> None:
    event = InfoEventFactory.create()
    client.post(address(event))

    assert "/veranstaltungen/anmeldung/" in client.get(address(event))["Location"]


@pytest.mark.parametrize("role", ["ministry", "auditor", "service_office"])
def test_staff_is_led_to_its_own_place(client: Client, role: str) -> None:
    client.force_login(UserFactory.create(**{role: True}))

    for page in (HOME, address(InfoEventFactory.create())):
        assert (client.get(page).status_code, client.post(page).status_code) in ((302, 403), (302, 405))
    assert not Registration.objects.exists()


def test_nobody_comes_in_without_signing_in(client: Client) -> None:
    for page in (HOME, address(InfoEventFactory.create())):
        assert client.get(page)["Location"].startswith("/konto/anmelden/")


def test_past_events_lead_to_what_came_of_them(client: Client, mine: Membership) -> None:
    over = {"starts_at": AT - timedelta(days=3)}
    for title, state in (("Besucht", "booked"), ("Abgesagt", "cancelled")):
        event = InfoEventFactory.create(title=title, **over)
        RegistrationFactory.create(event=event, user=mine.user, state=state)
    RegistrationFactory.create(event=InfoEventFactory.create(title="Von anderen", **over), centre=mine.centre)
    for title in ("Gefragt mit Film", "Gefragt ohne"):
        invited(InfoEventFactory.create(title=title, **over), mine.user.email.upper())
    film = InfoEvent.objects.get(title="Gefragt mit Film").materials
    film.create(title="Film", link="https://example.org", when="after", audience="invited", added_at=AT)

    past = client.get(HOME).context["choice"].past

    assert {each.shown.event.title for each in past} == {"Besucht", "Gefragt mit Film"}
    assert [client.get(each.url).status_code for each in past] == [200, 200]


def test_queries_do_not_grow_with_the_events(client: Client, mine: Membership) -> None:
    counts = []
    for many in (1, 2):
        for _ in range(many):
            InfoEventFactory.create()
            RegistrationFactory.create(centre=mine.centre)
            over = InfoEventFactory.create(starts_at=AT - timedelta(days=3))
            RegistrationFactory.create(event=over, user=mine.user)
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_own_calendar_says_how_the_person_comes_and_not_a_colleague(mine: Membership) -> None:
    event = InfoEventFactory.create(mode="both", place="Rathaus")
    RegistrationFactory.create(event=event, centre=mine.centre, attends="on_site")
    booked = RegistrationFactory.create(event=event, centre=mine.centre, user=mine.user, attends="online")

    (entry,) = calendar_entries(mine.user, AT.date())

    assert entry == letters.own_entry(booked)


def test_the_own_calendar_has_the_entries_of_the_letters(mine: Membership) -> None:
    event = InfoEventFactory.create(sequence=4)
    RegistrationFactory.create(event=event, centre=mine.centre)
    RegistrationFactory.create(centre=mine.centre, state=Booking.OFFERED, offered_until=AT)
    RegistrationFactory.create()

    (entry,) = calendar_entries(mine.user, AT.date())

    assert (entry.uid, entry.sequence) == (event.uid, 4)
    assert event.join_link in entry.description
