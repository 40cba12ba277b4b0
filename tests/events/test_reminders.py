from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from centres import holds, subscriptions
from centres.models import Letter, OptOut
from centres.rules.subscriptions import EVENTS
from events import planning, registration, reminders, tasks
from events.models import EventMode, InfoEvent, Registration
from events.registration import Attendee
from events.rules.bookings import Booking
from events.rules.opening import EventState
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db


def before(days: int, hour: int = 8) -> datetime:
    """So many days before 18 September 2026."""
    return start(18, hour) - timedelta(days=days)


def names() -> list[str]:
    return [key.rpartition("/")[2] for key in Letter.objects.order_by("pk").values_list("key", flat=True)]


def test_a_week_and_a_day_before_each_once() -> None:
    RegistrationFactory.create()

    for days in range(9, -1, -1):
        for hour in (7, 8, 12):
            reminders.write_due(at=before(days, hour))

    assert names() == ["7-days", "1-day"]


def test_a_reminder_brings_the_link_and_says_how_far_it_is() -> None:
    registered = RegistrationFactory.create()

    reminders.write_due(at=before(7))

    found = Letter.objects.get()
    assert found.subject.startswith("In 7 Tagen: ")
    assert "https://konferenz.example.org/raum" in found.body
    assert found.key == f"registration-{registered.pk}/2026-09-18/7-days"
    assert (found.mandatory, found.rule) == (False, "event/reminder")


def test_after_an_outage_the_newest_one_alone() -> None:
    RegistrationFactory.create()

    reminders.write_due(at=before(1))

    assert names() == ["1-day"]


def test_late_is_better_than_never_and_says_the_days_that_are_left() -> None:
    RegistrationFactory.create()

    reminders.write_due(at=before(4))

    assert Letter.objects.get().subject.startswith("In 4 Tagen: ")


@pytest.mark.parametrize("moment", [start(18, 10), start(18, 11), start(19, 8)])
def test_nothing_once_the_event_has_begun(moment: datetime) -> None:
    RegistrationFactory.create()

    assert reminders.write_due(at=moment) == 0


def test_on_the_day_itself_until_the_start() -> None:
    RegistrationFactory.create()

    assert reminders.write_due(at=start(18, 9)) == 1
    assert Letter.objects.get().subject.startswith("Heute: ")


def register(event: InfoEvent, at: datetime) -> Registration:
    who = Attendee("Gast", "gast@example.org")
    return registration.register(event, who=who, attends=EventMode.ONLINE, by=None, at=at)


def test_whoever_registers_in_the_last_week_has_the_link_and_one_reminder() -> None:
    register(InfoEventFactory.create(), before(5, 9))

    for days in (5, 4, 1):
        reminders.write_due(at=before(days, 12))

    assert names() == ["booked", "1-day"]
    assert "https://konferenz.example.org/raum" in Letter.objects.earliest("pk").body
    assert "Einen Tag vor Beginn erinnern wir Sie" in Letter.objects.earliest("pk").body


def test_whoever_registers_on_the_last_day_has_all_in_the_confirmation() -> None:
    register(InfoEventFactory.create(registration_until=date(2026, 9, 18)), before(1, 7))

    reminders.write_due(at=before(1, 12))

    assert names() == ["booked"]
    assert "erinnern" not in Letter.objects.get().body


def test_whoever_moved_up_late_is_not_reminded_of_what_was_just_confirmed() -> None:
    event = InfoEventFactory.create()
    waiting = RegistrationFactory.create(
        event=event, state=Booking.OFFERED, offered_until=before(4), registered_at=before(30)
    )
    registration.accept(waiting, by=None, at=before(6))

    reminders.write_due(at=before(5))

    assert names() == ["booked"]


def test_a_change_just_told_is_not_told_again_but_the_new_day_is_reminded_of() -> None:
    event = InfoEventFactory.create()
    RegistrationFactory.create(event=event)
    reminders.write_due(at=before(7))
    event.starts_at, event.ends_at = start(21), start(21, 12)
    planning.change(event, changed={"starts_at", "ends_at"}, by=UserFactory.create(service_office=True), at=before(6))

    for day in (13, 14, 20):
        reminders.write_due(at=start(day, 12))

    assert names() == ["7-days", "changed-1", "7-days", "1-day"]


@pytest.mark.parametrize("state", [state for state in Booking if state != Booking.BOOKED])
def test_only_seats_are_reminded(state: Booking) -> None:
    until = {"offered_until": before(0, 10), "confirm_until": before(0, 10)}
    RegistrationFactory.create(state=state, waiting_since=before(30), **until)

    assert reminders.write_due(at=before(7)) == 0


def test_an_event_called_off_is_reminded_of_no_more() -> None:
    RegistrationFactory.create(event=InfoEventFactory.create(state=EventState.CANCELLED))

    assert reminders.write_due(at=before(7)) == 0


def test_whoever_ended_reminders_of_events_gets_confirmations_alone() -> None:
    event = InfoEventFactory.create()
    OptOut.objects.create(address="gast@example.org", kind=EVENTS, since=before(40))
    register(event, before(20))

    reminders.write_due(at=before(7))

    assert names() == ["booked"]


def test_a_reminder_can_be_ended_by_its_link() -> None:
    RegistrationFactory.create()

    reminders.write_due(at=before(7))

    assert subscriptions.link(Letter.objects.get().key).partition("/briefe/")[0] in Letter.objects.get().body
    assert "abbestellen" in Letter.objects.get().body


def test_a_held_rule_writes_nothing() -> None:
    RegistrationFactory.create()
    by = UserFactory.create(ministry=True)
    holds.hold(rule="event/reminder", about="Erinnerungen", reason="Der Link ist falsch.", by=by, at=before(8))

    assert reminders.write_due(at=before(7)) == 0


@pytest.mark.parametrize("many", [1, 3])
def test_queries_do_not_grow_with_the_people(many: int) -> None:
    event = InfoEventFactory.create()
    for _ in range(many):
        RegistrationFactory.create(event=event, centre=FamilyCentreFactory.create())

    with CaptureQueriesContext(connection) as queries:
        assert reminders.write_due(at=before(7)) == many
    assert len(queries) == 8


@pytest.mark.time_machine("2026-09-11 03:30:00+00:00")
def test_nothing_is_written_before_six_in_the_morning() -> None:
    RegistrationFactory.create()

    assert tasks.write_reminders() == 0


@pytest.mark.time_machine("2026-09-11 04:15:00+00:00")
def test_from_six_on_the_task_writes() -> None:
    RegistrationFactory.create()

    assert timezone.localtime().hour == 6
    assert tasks.write_reminders() == 1


@pytest.mark.time_machine("2026-09-11 04:15:00+00:00")
def test_free_seats_are_passed_on_by_themselves() -> None:
    event = InfoEventFactory.create()
    RegistrationFactory.create(event=event, state=Booking.WAITING, waiting_since=before(20))

    assert tasks.pass_on_offers() == 1
    assert names() == ["offered"]
