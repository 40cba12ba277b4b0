from datetime import date, timedelta

import pytest
from django.utils import timezone

from centres.models import Letter
from events import planning, registration
from events.models import Contribution, EventMode, InfoEvent, Question
from events.planning import NotPossibleError
from events.registration import Attendee
from events.rules.bookings import Booking
from events.rules.opening import EventState
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
AT = start(1)


def draft(**fields: object) -> InfoEvent:
    return InfoEventFactory.create(state=EventState.DRAFT, **fields)


def office() -> object:
    return UserFactory.create(service_office=True)


def test_a_draft_is_published() -> None:
    event = draft()

    step = planning.publish(event, by=office(), at=AT)

    event.refresh_from_db()
    assert (event.state, step.old, step.new) == ("published", "draft", "published")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"starts_at": start(1)}, "Beginn liegt in der Vergangenheit"),
        ({"mode": EventMode.ON_SITE}, "tragen Sie den Ort ein"),
        ({"registration_until": date(2026, 9, 19)}, "nach dem Tag der Veranstaltung"),
    ],
)
def test_what_is_missing_keeps_an_event_from_being_published(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(NotPossibleError, match=sentence):
        planning.publish(draft(**fields), by=office(), at=AT)


def test_nothing_is_published_twice() -> None:
    with pytest.raises(NotPossibleError, match="veröffentlicht"):
        planning.publish(InfoEventFactory.create(), by=office(), at=AT)


def test_another_time_raises_the_sequence_that_calendars_go_by() -> None:
    event = InfoEventFactory.create()
    event.ends_at += timedelta(hours=1)

    step = planning.change(event, changed={"ends_at"}, by=office(), at=AT, reason="mehr Zeit für Fragen")

    event.refresh_from_db()
    assert (event.sequence, step.reason) == (1, "mehr Zeit für Fragen")


def test_a_change_nobody_keeps_in_a_calendar_makes_no_noise() -> None:
    event = InfoEventFactory.create()
    event.description = "Neu"

    assert planning.change(event, changed={"description"}, by=office(), at=AT) is None
    event.refresh_from_db()
    assert (event.sequence, event.description) == (0, "Neu")


def test_changing_a_draft_tells_nobody() -> None:
    event = draft()

    assert planning.change(event, changed={"starts_at"}, by=office(), at=AT) is None


def test_more_seats_are_offered_at_once() -> None:
    event = InfoEventFactory.create(capacity=1)
    come = [
        registration.register(
            event, who=Attendee(f"P{n}", f"p{n}@example.org"), attends=EventMode.ONLINE, by=None, at=AT
        )
        for n in range(2)
    ]
    event.capacity = 2

    planning.change(event, changed={"capacity"}, by=office(), at=AT)

    come[1].refresh_from_db()
    assert come[1].state == Booking.OFFERED


def test_a_cancelled_event_says_why_and_stays_cancelled() -> None:
    event = InfoEventFactory.create()
    with pytest.raises(NotPossibleError, match="Grund der Absage"):
        planning.cancel(event, by=office(), at=AT, reason=" ")

    step = planning.cancel(event, by=office(), at=AT, reason="Referentin erkrankt")

    event.refresh_from_db()
    assert (event.state, event.sequence, step.reason) == ("cancelled", 1, "Referentin erkrankt")
    with pytest.raises(NotPossibleError, match="abgesagt"):
        planning.change(event, changed={"title"}, by=office(), at=AT)


def test_an_event_is_held_once_it_has_begun() -> None:
    event = InfoEventFactory.create()
    with pytest.raises(NotPossibleError, match="noch nicht begonnen"):
        planning.hold(event, by=office(), at=AT)

    planning.hold(event, by=office(), at=event.starts_at)

    event.refresh_from_db()
    assert event.state == "held"


def test_a_copy_is_a_draft_at_the_same_distances_without_the_old_room() -> None:
    event = InfoEventFactory.create()
    Contribution.objects.create(event=event, position=1, title="Begrüßung")
    Question.objects.create(event=event, position=1, text="Was brauchen Sie?")

    copied = planning.copy(event, starts_at=event.starts_at + timedelta(days=70), by=office(), at=AT)

    assert (copied.state, copied.join_link, copied.title) == ("draft", "", event.title)
    assert timezone.localdate(copied.starts_at) - copied.registration_until == timedelta(days=3)
    assert [each.title for each in copied.contributions.all()] == ["Begrüßung"]
    assert [each.text for each in copied.questions.all()] == ["Was brauchen Sie?"]
    assert event.contributions.count() == 1


def test_what_is_corrected_once_it_has_begun_is_told_to_nobody() -> None:
    event = RegistrationFactory.create().event
    event.title = "Berichtigt"

    step = planning.change(event, changed={"title"}, by=UserFactory.create(service_office=True), at=event.starts_at)

    event.refresh_from_db()
    assert (step, event.title, event.sequence) == (None, "Berichtigt", 0)
    assert not Letter.objects.exists()
