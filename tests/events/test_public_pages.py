"""What anybody sees of events, and never sees."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from events.models import Contribution, EventKind, EventMode, InfoEvent
from events.rules.bookings import Booking
from events.rules.opening import EventState
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
GOLD = Path(__file__).parent / "calendars"


@pytest.fixture(autouse=True)
def _at(settings: object) -> object:
    settings.SITE_URL = "https://familienzentrum.example.org"  # type: ignore[attr-defined]
    with time_machine.travel(start(1), tick=False):
        yield


def page(client: Client, event: InfoEvent) -> str:
    return client.get(reverse("event", args=[event.public_id])).content.decode()


def listing(client: Client, query: str = "") -> str:
    return client.get(f"{reverse('events')}{query}").content.decode()


def test_coming_and_past_events_each_in_their_list(client: Client) -> None:
    coming = InfoEventFactory.create(title="Kommt noch")
    over = InfoEventFactory.create(title="War schon", starts_at=start(1) - timedelta(days=9), state=EventState.HELD)

    assert (coming.title in listing(client), over.title in listing(client)) == (True, False)
    assert (coming.title in listing(client, "?vergangen"), over.title in listing(client, "?vergangen")) == (
        False,
        True,
    )


def test_a_draft_is_nowhere(client: Client) -> None:
    draft = InfoEventFactory.create(state=EventState.DRAFT, title="Geheimer Plan", kind=EventKind.OPEN)

    assert draft.title not in listing(client)
    for name in ("event", "event_calendar", "event_register", "event_received"):
        assert client.get(reverse(name, args=[draft.public_id])).status_code == 404
    assert draft.title not in client.get(reverse("events_calendar")).content.decode()


@pytest.mark.parametrize(
    ("query", "seen"), [("?art=open", ["Tag"]), ("?form=on_site", ["Vor Ort"]), ("?art=", ["Tag", "Vor Ort"])]
)
def test_the_list_is_filtered_by_kind_and_mode(client: Client, query: str, seen: list[str]) -> None:
    InfoEventFactory.create(title="Offener Tag", kind=EventKind.OPEN)
    InfoEventFactory.create(title="Treffen Vor Ort", mode=EventMode.ON_SITE, place="Rathaus")

    rows = [name for name in ("Tag", "Vor Ort") if f"{name}</a>" in listing(client, query)]

    assert rows == seen


@pytest.mark.parametrize("way", ["online", "on_site"])
def test_an_event_that_offers_both_is_found_by_either(client: Client, way: str) -> None:
    InfoEventFactory.create(title="Beides", mode="both", place="Rathaus")

    assert "Beides" in client.get(f"{reverse('events')}?form={way}").content.decode()


def test_a_page_says_when_where_for_whom_and_who_speaks(client: Client) -> None:
    event = InfoEventFactory.create(per_centre=2, capacity=10)
    centre = FamilyCentreFactory.create(name="Familienzentrum Löwenzahn")
    Contribution.objects.create(event=event, position=1, title="Aus der Praxis", centre=centre, best_practice=True)
    RegistrationFactory.create(event=event)

    seen = page(client, event)

    for words in (
        "Freitag, 18. September 2026, 10:00 bis 12:00 Uhr",
        "Noch 9 Plätze frei.",
        "höchstens 2 Plätze",
        "1. August 2026 bis 15. September 2026",
        "Familienzentrum Löwenzahn (Beispiel guter Praxis)",
        event.hosts,
    ):
        assert words in seen


def test_no_public_page_names_who_is_registered_or_the_link_to_join(client: Client) -> None:
    event = InfoEventFactory.create(kind=EventKind.OPEN)
    someone = RegistrationFactory.create(event=event, name="Erika Geheim", email="erika@geheim.example")

    names = ["event", "event_register", "event_received", "event_calendar"]
    own = [reverse(name, args=[event.public_id]) for name in names]

    assert event.join_link
    for address in [*own, reverse("events"), reverse("events_calendar")]:
        seen = client.get(address).content.decode()
        assert event.title in seen or "eingegangen" in seen
        for secret in (someone.name, someone.email, someone.public_id, event.join_link, str(someone.centre)):
            assert secret not in seen, address


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": EventState.CANCELLED}, "Diese Veranstaltung ist abgesagt."),
        ({"registration_from": start(2).date()}, "Die Anmeldung beginnt am 02.09.2026."),
        ({"registration_until": start(1).date() - timedelta(days=1)}, "Die Anmeldefrist endete am 31.08.2026."),
        ({"starts_at": start(1, 9)}, "hat schon begonnen"),
    ],
)
def test_a_page_says_why_nobody_can_register(client: Client, fields: dict[str, object], sentence: str) -> None:
    if "registration_until" in fields:
        fields = {**fields, "registration_from": start(1).date() - timedelta(days=9)}

    seen = page(client, InfoEventFactory.create(kind=EventKind.OPEN, **fields))

    assert sentence in seen
    assert "/anmelden/" not in seen.partition("<main")[2]


def test_a_full_event_says_so(client: Client) -> None:
    event = InfoEventFactory.create(capacity=1)
    RegistrationFactory.create(event=event)
    RegistrationFactory.create(event=event, state=Booking.WAITING, waiting_since=start(1))

    assert "Zurzeit ausgebucht. Auf der Warteliste steht eine Person." in page(client, event)


def test_the_feed_is_the_one_kept_as_gold(client: Client) -> None:
    InfoEventFactory.create(public_id="muster-eins", title="Erste")
    InfoEventFactory.create(
        public_id="muster-zwei", title="Zweite", state=EventState.CANCELLED, sequence=3, starts_at=start(20)
    )
    InfoEventFactory.create(title="War schon", starts_at=start(1) - timedelta(days=9))

    answer = client.get(reverse("events_calendar"))

    assert answer.content.decode() == (GOLD / "public.ics").read_bytes().decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert client.get(reverse("events_calendar"), headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_one_event_as_a_file_has_the_uid_of_the_letters(client: Client) -> None:
    event = InfoEventFactory.create()

    text = client.get(reverse("event_calendar", args=[event.public_id])).content.decode()

    (entry,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(entry["UID"]) == event.uid


@pytest.mark.parametrize("name", ["events", "events_calendar"])
def test_queries_do_not_grow_with_the_events(client: Client, name: str) -> None:
    counts = []
    for many in (1, 2):
        for _ in range(many):
            RegistrationFactory.create()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name))
        counts.append(len(queries))

    assert counts == {"events": [4, 4], "events_calendar": [3, 3]}[name]
