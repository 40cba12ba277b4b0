"""Registering without an account, and what the link in a letter opens."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from centres.models import Letter
from events import letters, registration
from events.models import EventKind, EventMode, InfoEvent, Invitation, Question, Registration
from events.registration import Attendee
from events.rules.bookings import Booking
from events.rules.opening import EventState
from events.views.booking import THROTTLE
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
AT = start(1)
ENTERED = {"name": "Erika Muster", "email": "erika@example.org"}


@pytest.fixture(autouse=True)
def _at(settings: object) -> object:
    settings.SITE_URL = ""  # type: ignore[attr-defined]
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


def open_event(**fields: object) -> InfoEvent:
    return InfoEventFactory.create(kind=EventKind.OPEN, **fields)


def address(event: InfoEvent) -> str:
    return reverse("event_register", args=[event.public_id])


def invite(event: InfoEvent, email: str = "kita@example.org") -> Invitation:
    by = UserFactory.create(service_office=True)
    return Invitation.objects.create(
        event=event, centre=FamilyCentreFactory.create(), email=email, name="Kita", invited_at=AT, invited_by=by
    )


def test_anybody_registers_to_an_open_event_and_hears_the_rest_by_letter(client: Client) -> None:
    event = open_event()

    answer = client.post(address(event), ENTERED)

    assert answer["Location"] == reverse("event_received", args=[event.public_id])
    asked = Registration.objects.get()
    assert (asked.email, asked.state) == ("erika@example.org", Booking.PENDING)
    assert letters.confirm_url(asked) in Letter.objects.get().body


def test_the_answer_does_not_tell_who_is_registered_but_the_owner_hears(client: Client) -> None:
    event = open_event()

    answers = [client.post(address(event), ENTERED) for _ in range(3)]

    assert len({answer["Location"] for answer in answers}) == 1
    assert Registration.objects.count() == 1
    assert list(Letter.objects.order_by("pk").values_list("template", flat=True)) == [
        "event_confirm",
        "event_confirm",
    ]
    registration.confirm(Registration.objects.get(), by=None, at=AT)
    client.post(address(event), ENTERED)
    assert Letter.objects.latest("pk").template == "event_known"


@pytest.mark.parametrize("kind", [EventKind.INITIAL, EventKind.RENEWAL])
def test_only_open_events_are_open_to_anybody(client: Client, kind: EventKind) -> None:
    assert client.post(address(InfoEventFactory.create(kind=kind)), ENTERED).status_code == 404


def test_what_is_missing_is_said_beside_its_field_and_the_rest_is_kept(client: Client) -> None:
    event = open_event(mode=EventMode.BOTH, place="Rathaus")
    Question.objects.create(event=event, position=1, text="Welche Werkstatt?", choices="A\nB", required=True)

    answer = client.post(address(event), {"name": "Erika Muster", "email": "erika"})

    seen = answer.content.decode()
    for sentence in (
        "Bitte wählen Sie: vor Ort oder online.",
        "Bitte beantworten Sie die Frage „Welche Werkstatt?“",
        "Diese E-Mail-Adresse ist nicht vollständig.",
        'value="Erika Muster"',
    ):
        assert sentence in seen
    assert not Registration.objects.exists()


def test_answers_and_the_way_to_take_part_are_kept(client: Client) -> None:
    event = open_event(mode=EventMode.BOTH, place="Rathaus")
    question = Question.objects.create(event=event, position=1, text="Werkstatt?", choices="A\nB")

    client.post(address(event), {**ENTERED, "attends": "on_site", f"question-{question.pk}": "B"})

    booked = Registration.objects.get()
    assert (booked.attends, booked.answers.get().text) == ("on_site", "B")


def test_a_closed_event_says_so_and_takes_nobody(client: Client) -> None:
    event = open_event(state=EventState.CANCELLED)

    seen = client.post(address(event), ENTERED).content.decode()

    assert "Die Veranstaltung ist abgesagt." in seen
    assert "<form" not in client.get(address(event)).content.decode().partition("<main")[2]
    assert not Registration.objects.exists()


def test_too_many_attempts_from_one_place_must_wait(client: Client) -> None:
    event = open_event()

    statuses = [
        client.post(address(event), {"name": "X", "email": f"x{n}@example.org"}).status_code
        for n in range(THROTTLE.attempts + 1)
    ]

    assert statuses == [302] * THROTTLE.attempts + [429]


def test_an_invited_person_registers_for_the_centre_without_an_account(client: Client) -> None:
    invited = invite(InfoEventFactory.create())
    link = letters.invitation_url(invited)

    assert invited.centre.name in client.get(link).content.decode()
    answer = client.post(link, {"name": "Kita", "email": invited.email})

    booked = Registration.objects.get()
    assert (booked.centre, booked.state) == (invited.centre, Booking.BOOKED)
    assert "Sie sind angemeldet." in client.get(answer["Location"]).content.decode()
    assert client.get(link)["Location"].startswith("/veranstaltungen/anmeldung/")


def test_a_colleague_may_come_in_place_of_the_invited(client: Client) -> None:
    invited = invite(InfoEventFactory.create())

    client.post(letters.invitation_url(invited), ENTERED)

    assert (Registration.objects.get().email, Registration.objects.get().centre) == (
        "erika@example.org",
        invited.centre,
    )


def test_no_link_opens_anything_but_what_it_was_made_for(client: Client) -> None:
    booked, invited = RegistrationFactory.create(), invite(InfoEventFactory.create())
    manage, invitation = letters.manage_url(booked), letters.invitation_url(invited)
    token = manage.rstrip("/").rpartition("/")[2]

    assert [client.get(good).status_code for good in (manage, invitation)] == [200, 200]
    for forged in (
        reverse("event_registration", args=[token[:-2] + "xx"]),
        reverse("event_registration", args=[signing.dumps(booked.public_id, salt=letters.INVITATION)]),
        reverse("event_registration", args=[booked.public_id]),
        reverse("event_invitation", args=[token]),
        reverse("event_accept", args=["quatsch"]),
        reverse("event_confirm", args=["quatsch"]),
        reverse("event_feedback", args=[token]),
        reverse("event_material", args=["quatsch", "quatsch"]),
        reverse("invitation_material", args=[token, "quatsch"]),
        reverse("event_cancel", args=["quatsch"]),
        reverse("event_own_calendar", args=["quatsch"]),
    ):
        assert client.get(forged).status_code == 404, forged
        assert client.post(forged).status_code in {404, 405}, forged


def test_an_old_link_says_so(client: Client) -> None:
    link = letters.manage_url(RegistrationFactory.create())

    with time_machine.travel(AT + letters.LINKS_LAST + timedelta(days=1), tick=False):
        answer = client.get(link)

    assert answer.status_code == 404
    assert "Dieser Link gilt nicht mehr" in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "sees_link"),
    [(Booking.BOOKED, True), *[(state, False) for state in Booking if state != Booking.BOOKED]],
)
def test_only_whoever_has_a_seat_sees_the_link_to_join(client: Client, state: Booking, sees_link: bool) -> None:
    until = AT + timedelta(hours=4)
    one = RegistrationFactory.create(state=state, waiting_since=AT, offered_until=until, confirm_until=until)
    link = letters.manage_url(one)

    assert (one.event.join_link in client.get(link).content.decode()) == sees_link
    assert (client.get(f"{link}termin.ics").status_code == 200) == sees_link


def test_the_place_on_the_waiting_list_is_shown(client: Client) -> None:
    event = InfoEventFactory.create(capacity=1)
    come = [
        registration.register(
            event, who=Attendee(f"P{n}", f"p{n}@example.org"), attends=EventMode.ONLINE, by=None, at=AT
        )
        for n in range(4)
    ]

    assert "an <strong>3. Stelle</strong>" in client.get(letters.manage_url(come[3])).content.decode()


def test_looking_changes_nothing_and_the_button_cancels(client: Client) -> None:
    booked = RegistrationFactory.create()
    link = f"{letters.manage_url(booked)}absagen/"

    assert "Möchten Sie sich abmelden?" in client.get(link).content.decode()
    assert Registration.objects.get().state == Booking.BOOKED
    answer = client.post(link, follow=True)

    assert Registration.objects.get().state == Booking.CANCELLED
    assert "Sie sind abgemeldet." in answer.content.decode()


def test_an_offered_place_is_accepted_by_its_button(client: Client) -> None:
    offered = RegistrationFactory.create(state=Booking.OFFERED, offered_until=AT + timedelta(hours=4))
    link = letters.manage_url(offered)

    assert "Ein Platz ist für Sie frei" in client.get(link).content.decode()
    client.get(f"{link}annehmen/")
    assert Registration.objects.get().state == Booking.OFFERED
    client.post(f"{link}annehmen/")

    assert Registration.objects.get().state == Booking.BOOKED


@pytest.mark.parametrize("act", ["annehmen", "absagen"])
def test_what_is_no_longer_possible_is_said(client: Client, act: str) -> None:
    gone = RegistrationFactory.create(state=Booking.CANCELLED)

    seen = client.post(f"{letters.manage_url(gone)}{act}/", follow=True).content.decode()

    assert "Das geht nicht mehr: Die Anmeldung ist „abgemeldet“." in seen


def test_nobody_signs_off_by_link_once_the_event_has_begun(client: Client) -> None:
    booked = RegistrationFactory.create()
    link = letters.manage_url(booked)

    with time_machine.travel(booked.event.starts_at, tick=False):
        seen = client.post(f"{link}absagen/", follow=True).content.decode()

    assert "hat schon begonnen" in seen
    assert Registration.objects.get().state == Booking.BOOKED
