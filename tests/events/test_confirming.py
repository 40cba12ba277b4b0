"""Whoever registers by the public form says once more, by a link to that address, that it is theirs."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client

from centres.models import Letter
from events import attendees, figures, inviting, letters, mailings, planning, registration
from events.models import EventMode, InfoEvent, Mailing, MailingGroup, Registration
from events.registration import Attendee, NotPossibleError
from events.rules.bookings import Booking
from tests.events.office import invited
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
AT = start(1)
IN_TIME, TOO_LATE = AT + timedelta(hours=47), AT + timedelta(hours=48)


@pytest.fixture(autouse=True)
def _at(settings: object) -> object:
    settings.SITE_URL = ""  # type: ignore[attr-defined]
    with time_machine.travel(AT, tick=False):
        yield


def typed(event: InfoEvent, n: int = 1) -> Registration:
    who = Attendee(f"Gast {n}", f"gast-{n}@example.org")
    return registration.register(event, who=who, attends=EventMode.ONLINE, by=None, at=AT, confirm_hours=48)


def one_seat() -> InfoEvent:
    return InfoEventFactory.create(capacity=1, kind="open")


def test_the_seat_is_kept_until_the_owner_of_the_address_says_yes() -> None:
    event = one_seat()

    first, second = typed(event), typed(event, 2)

    assert (first.state, first.confirm_until) == (Booking.PENDING, TOO_LATE)
    assert second.state == Booking.WAITING
    assert registration.confirm(first, by=None, at=IN_TIME).state == Booking.BOOKED
    assert list(Letter.objects.filter(to=first.email).order_by("pk").values_list("template", flat=True)) == [
        "event_confirm", "event_booked",
    ]  # fmt: skip


def test_a_seat_nobody_confirms_goes_to_whoever_is_next_and_no_further_letter_follows() -> None:
    event = one_seat()
    first, second = typed(event), typed(event, 2)

    assert registration.pass_on(at=IN_TIME) == 0
    registration.pass_on(at=TOO_LATE)

    states = dict(Registration.objects.values_list("pk", "state"))
    assert states == {first.pk: Booking.EXPIRED, second.pk: Booking.OFFERED}
    assert Letter.objects.filter(to=first.email).count() == 1


def test_too_late_is_too_late_and_says_what_to_do() -> None:
    first = typed(one_seat())

    with pytest.raises(NotPossibleError, match="Bitte melden Sie sich noch einmal an"):
        registration.confirm(first, by=None, at=TOO_LATE)
    with time_machine.travel(TOO_LATE, tick=False):
        registration.pass_on(at=TOO_LATE)
        page = Client().get(letters.manage_url(first)).content.decode()
    assert "Die Frist zum Bestätigen ist abgelaufen." in page


def test_a_seat_is_never_kept_beyond_the_start() -> None:
    event = InfoEventFactory.create(starts_at=AT + timedelta(hours=5), registration_until=AT.date())

    assert typed(event).confirm_until == event.starts_at


def test_following_the_link_changes_nothing_and_the_button_confirms(client: Client) -> None:
    first = typed(one_seat())
    link = letters.confirm_url(first)

    assert "Bestätigen Sie Ihre Anmeldung" in client.get(letters.manage_url(first)).content.decode()
    assert "Möchten Sie Ihre Anmeldung bestätigen?" in client.get(link).content.decode()
    assert Registration.objects.get().state == Booking.PENDING
    client.post(link)

    assert Registration.objects.get().state == Booking.BOOKED


def test_nobody_writes_to_an_address_that_is_not_confirmed() -> None:
    event, by = InfoEventFactory.create(kind="open"), UserFactory.create(service_office=True)
    pending, booked = typed(event), registration.confirm(typed(event, 2), by=None, at=AT)
    mailing = Mailing(event=event, group=MailingGroup.BOOKED)

    planning.cancel(event, by=by, at=AT, reason="Krank")

    assert [each.email for each in mailings.readers(mailing)] == [booked.email]
    assert list(Letter.objects.filter(template="event_called_off").values_list("to", flat=True)) == [booked.email]
    assert pending.email != booked.email


@pytest.mark.parametrize("state", ["published", "held", "cancelled"])
def test_what_nobody_confirmed_ends_by_itself_whatever_became_of_the_event(state: str) -> None:
    first = typed(InfoEventFactory.create(kind="open"))
    InfoEvent.objects.update(state=state, starts_at=AT + timedelta(hours=1))  # since moved to an earlier hour

    ended = [registration.pass_on(at=AT + timedelta(hours=hours)) for hours in (0, 1, 1)]

    assert ended == [0, 1, 0]
    step = first.steps.get(act="expire")
    assert (step.old, step.new, step.by) == (Booking.PENDING, Booking.EXPIRED, None)
    assert Letter.objects.get().template == "event_confirm"


def test_whoever_comes_back_too_late_can_register_again_at_once() -> None:
    first = typed(one_seat())

    who = Attendee(first.name, first.email)
    again = registration.register(first.event, who=who, attends=EventMode.ONLINE, by=None, at=TOO_LATE)

    assert again.state == Booking.BOOKED
    assert Registration.objects.get(pk=first.pk).state == Booking.EXPIRED


def test_coming_back_too_late_overtakes_nobody() -> None:
    event = one_seat()
    first, second = typed(event), typed(event, 2)

    who = Attendee(first.name, first.email)
    again = registration.register(event, who=who, attends=EventMode.ONLINE, by=None, at=TOO_LATE)

    second.refresh_from_db()
    assert (second.state, again.state) == (Booking.OFFERED, Booking.WAITING)


def test_no_address_expires_that_never_had_to_be_confirmed() -> None:
    with pytest.raises(IntegrityError, match="registration_confirmation_has_end"):
        RegistrationFactory.create(state=Booking.EXPIRED)


def test_lists_and_figures_say_what_became_of_it_and_that_nobody_has_answered() -> None:
    event = one_seat()
    invited(event, typed(event).email)
    RegistrationFactory.create(event=event, state=Booking.WAITING, waiting_since=AT)
    registration.pass_on(at=TOO_LATE)

    offered, expired = attendees.lines(event, attendees.listed(event).prefetch_related("answers"))

    assert ("Platz angeboten" in offered.cells, "unbestätigt verfallen" in expired.cells) == (True, True)
    assert figures.of_event(event) == figures.Figures(invited=1, answered=0, ended=1)
    assert inviting.unanswered(event).count() == 1
