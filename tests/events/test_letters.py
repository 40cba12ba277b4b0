"""Each act tells the people concerned, once, with the entry their calendar needs."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from centres.models import Letter
from events import letters, planning, registration
from events.models import EventMode, InfoEvent, Registration
from events.registration import Attendee, TwiceError
from events.rules.bookings import Booking
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
AT = start(1)
GOLD = Path(__file__).parent / "calendars"
LINK = "https://konferenz.example.org/raum"


@pytest.fixture(autouse=True)
def _site(settings: object) -> None:
    settings.SITE_URL = "https://familienzentrum.example.org"  # type: ignore[attr-defined]


def come(event: InfoEvent, n: int = 1, **who: object) -> Registration:
    attendee = Attendee(f"Person {n}", f"person-{n}@example.org", **who)  # type: ignore[arg-type]
    return registration.register(event, who=attendee, attends=EventMode.ONLINE, by=None, at=AT)


def written() -> list[tuple[str, str]]:
    return list(Letter.objects.order_by("pk").values_list("template", "to"))


def letter(template: str) -> Letter:
    return Letter.objects.get(template=template)


def change(event: InfoEvent, **fields: object) -> None:
    for name, value in fields.items():
        setattr(event, name, value)
    planning.change(
        event, changed=set(fields), by=UserFactory.create(service_office=True), at=AT + timedelta(hours=1)
    )


def entry(found: Letter) -> dict[str, object]:
    return dict(Calendar.from_ical(found.attachment_text).walk("VEVENT")[0])


def test_a_seat_is_confirmed_with_the_link_and_an_entry_for_the_calendar() -> None:
    event = InfoEventFactory.create()
    booked = come(event, centre=FamilyCentreFactory.create())

    found = letter("event_booked")

    assert (found.key, found.rule, found.to) == (f"registration-{booked.pk}/booked", "event/booked", booked.email)
    assert (found.centre, found.mandatory, found.useful_through) == (booked.centre, True, event.day)
    assert LINK in found.body
    assert "method=REQUEST" in found.attachment_type
    assert (str(entry(found)["UID"]), entry(found)["SEQUENCE"]) == (event.uid, 0)


@pytest.mark.parametrize(
    ("attends", "where", "has_link"), [("online", "online", True), ("on_site", "Rathaus", False)]
)
def test_the_entry_of_an_event_of_both_kinds_says_how_this_person_comes(
    attends: str, where: str, has_link: bool
) -> None:
    event = InfoEventFactory.create(mode="both", place="Rathaus")

    entry = letters.own_entry(RegistrationFactory.create(event=event, attends=attends))

    assert (entry.location, event.join_link in entry.description) == (where, has_link)


def test_the_last_to_come_is_told_the_place_on_the_waiting_list_and_no_link() -> None:
    event = InfoEventFactory.create(capacity=1)
    for n in (1, 2, 3):
        come(event, n)

    found = Letter.objects.get(to="person-3@example.org")

    assert "an 2. Stelle" in found.body
    assert LINK not in found.body
    assert found.attachment_text == ""


def test_cancelling_strikes_the_entry_out_and_offers_the_seat_to_the_next() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second = come(event), come(event, 2)

    registration.cancel(first, by=None, at=AT)

    assert written()[2:] == [("event_cancelled", first.email), ("event_offered", second.email)]
    struck = letter("event_cancelled")
    assert "method=CANCEL" in struck.attachment_type
    assert (entry(struck)["SEQUENCE"], str(entry(struck)["STATUS"])) == (1, "CANCELLED")
    assert "bis zum 3. September 2026, 10:00 Uhr" in letter("event_offered").body


def test_whoever_comes_again_hears_it_by_no_lower_number() -> None:
    event = InfoEventFactory.create()
    registration.cancel(come(event), by=None, at=AT)

    come(event)

    assert [entry(each)["SEQUENCE"] for each in Letter.objects.order_by("pk")] == [0, 1, 1]


def test_leaving_the_waiting_list_asks_nothing_of_a_calendar() -> None:
    event = InfoEventFactory.create(capacity=1)
    come(event)

    registration.cancel(come(event, 2), by=None, at=AT)

    assert letter("event_cancelled").attachment_text == ""


def test_an_accepted_offer_is_confirmed_like_any_seat() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second = come(event), come(event, 2)
    registration.cancel(first, by=None, at=AT)

    registration.accept(second, by=None, at=AT + timedelta(hours=1))

    assert Letter.objects.filter(template="event_booked", to=second.email).count() == 1


def test_an_offer_nobody_took_goes_on_and_both_are_told() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second, third = (come(event, n) for n in (1, 2, 3))
    registration.cancel(first, by=None, at=AT)

    passed = registration.pass_on(at=AT + timedelta(hours=48))

    assert passed == 1
    assert written()[-2:] == [("event_lapsed", second.email), ("event_offered", third.email)]


def test_nobody_hears_of_a_lapsed_offer_once_the_event_has_begun() -> None:
    event = InfoEventFactory.create()
    RegistrationFactory.create(event=event, state=Booking.OFFERED, offered_until=event.starts_at)

    registration.end_late(event, at=event.starts_at)

    assert Registration.objects.get().state == Booking.LAPSED
    assert written() == []


def test_another_time_is_told_to_seats_and_queue_but_not_to_whoever_left() -> None:
    event = InfoEventFactory.create(capacity=1)
    seated, queued = come(event), come(event, 2)
    registration.cancel(come(event, 3), by=None, at=AT)

    change(event, starts_at=start(20), ends_at=start(20, 12))

    told = Letter.objects.filter(template="event_changed").order_by("pk")
    assert [each.to for each in told] == [seated.email, queued.email]
    assert all("bisher: Freitag, 18. September 2026, 10:00 bis 12:00 Uhr" in each.body for each in told)
    assert [bool(each.attachment_text) for each in told] == [True, False]
    assert told[0].key == f"registration-{seated.pk}/changed-1"


def test_another_link_is_told_to_seats_alone() -> None:
    event = InfoEventFactory.create(capacity=1)
    seated, _ = come(event), come(event, 2)

    change(event, join_link="https://konferenz.example.org/anderer-raum")

    assert letter("event_changed").to == seated.email
    assert "anderer-raum" in letter("event_changed").body


def test_what_stands_in_no_calendar_is_told_to_nobody() -> None:
    event = InfoEventFactory.create()
    come(event)

    change(event, description="Neues Programm")

    assert [template for template, _ in written()] == ["event_booked"]


def test_where_only_one_way_is_left_everybody_takes_part_that_way() -> None:
    event = InfoEventFactory.create(mode=EventMode.BOTH, place="Stadthalle")
    come(event)

    change(event, mode=EventMode.ON_SITE)

    assert Registration.objects.get().attends == EventMode.ON_SITE
    assert "Wie: vor Ort, Stadthalle" in letter("event_changed").body


def test_calling_off_tells_the_reason_and_strikes_out_the_entries() -> None:
    event = InfoEventFactory.create(capacity=1)
    come(event)
    come(event, 2)

    planning.cancel(event, by=UserFactory.create(service_office=True), at=AT, reason="Die Referentin ist erkrankt.")

    told = Letter.objects.filter(template="event_called_off").order_by("pk")
    assert all("Der Grund: Die Referentin ist erkrankt." in each.body for each in told)
    assert [each.attachment_type.partition(";")[2] for each in told] == [" method=CANCEL; charset=utf-8", ""]


def test_registering_twice_writes_nothing() -> None:
    event = InfoEventFactory.create()
    come(event)

    with pytest.raises(TwiceError):
        come(event)

    assert len(written()) == 1


def test_the_files_are_those_kept_as_gold() -> None:
    """Created, moved, renamed, called off: one UID, a rising number, always with the zone."""
    event = InfoEventFactory.create(public_id="muster-muster", title="Informationsveranstaltung")
    booked = come(event)
    change(event, starts_at=start(20), ends_at=start(20, 12))
    change(event, title="Informationsveranstaltung zur Re-Zertifizierung")
    planning.cancel(event, by=UserFactory.create(service_office=True), at=AT + timedelta(hours=2), reason="Krankheit")

    files = list(Letter.objects.filter(to=booked.email).order_by("pk").values_list("attachment_text", flat=True))

    for name, text in zip(("created", "moved", "renamed", "called-off"), files, strict=True):
        assert text == (GOLD / f"{name}.ics").read_bytes().decode()
        zones = [str(zone["TZID"]) for zone in Calendar.from_ical(text).walk("VTIMEZONE")]
        assert zones == ["Europe/Berlin"]
    assert [Calendar.from_ical(text).walk("VEVENT")[0]["SEQUENCE"] for text in files] == [0, 1, 2, 3]


def test_letters_to_guests_cost_the_same_for_one_and_for_thirty() -> None:
    counts = []
    for many in (1, 3, 30):
        event = InfoEventFactory.create(kind="open")
        RegistrationFactory.create_batch(many, event=event, centre=None)
        with CaptureQueriesContext(connection) as captured:
            planning.cancel(event, by=UserFactory.create(service_office=True), at=AT, reason="Krank")
        counts.append(len(captured))

    assert counts[0] == counts[1] == counts[2]
    assert Letter.objects.filter(template="event_called_off", centre=None).count() == 34
