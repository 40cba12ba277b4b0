from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from events import registration
from events.models import EventMode, EventSeries, InfoEvent, Question, Registration
from events.registration import Attendee, NotPossibleError
from events.rules.bookings import Booking
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

AT = start(1)


def come(event: InfoEvent, n: int = 1, **who: object) -> Registration:
    attendee = Attendee(f"Person {n}", f"person-{n}@example.org", **who)
    return registration.register(event, who=attendee, attends=EventMode.ONLINE, by=None, at=AT)


@pytest.mark.django_db
def test_registering_takes_a_seat_and_leaves_a_row() -> None:
    booked = come(InfoEventFactory.create(capacity=1))

    assert booked.state == Booking.BOOKED
    assert [(step.act, step.new) for step in booked.steps.all()] == [("register", "booked")]


@pytest.mark.django_db
def test_the_next_one_waits_where_all_seats_are_taken() -> None:
    event = InfoEventFactory.create(capacity=1)
    come(event)

    assert come(event, 2).state == Booking.WAITING


@pytest.mark.django_db
def test_a_centre_gets_no_more_than_its_seats() -> None:
    event, centre = InfoEventFactory.create(per_centre=1), FamilyCentreFactory.create()
    come(event, centre=centre)

    assert come(event, 2, centre=centre).state == Booking.WAITING
    assert come(event, 3, centre=FamilyCentreFactory.create()).state == Booking.BOOKED


@pytest.mark.django_db
def test_nobody_overtakes_the_waiting_list() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second = come(event), come(event, 2)
    Registration.objects.filter(pk=first.pk).update(state=Booking.CANCELLED)

    assert come(event, 3).state == Booking.WAITING
    assert second.state == Booking.WAITING


@pytest.mark.django_db
def test_one_registration_per_person_and_series() -> None:
    series = EventSeries.objects.create(label="Frühjahr")
    come(InfoEventFactory.create(series=series))

    with pytest.raises(NotPossibleError, match="zu einem Termin der Reihe „Frühjahr“ angemeldet"):
        come(InfoEventFactory.create(series=series))


@pytest.mark.django_db
def test_an_address_in_capitals_is_the_same_person() -> None:
    event = InfoEventFactory.create()
    come(event)

    with pytest.raises(NotPossibleError, match="schon zu dieser Veranstaltung angemeldet"):
        registration.register(
            event, who=Attendee("P", "PERSON-1@example.org"), attends=EventMode.ONLINE, by=None, at=AT
        )


@pytest.mark.django_db
def test_answers_to_the_questions_are_kept() -> None:
    event = InfoEventFactory.create()
    question = Question.objects.create(event=event, position=1, text="Was brauchen Sie?")

    booked = registration.register(
        event,
        who=Attendee("P", "p@example.org"),
        attends=EventMode.ONLINE,
        by=None,
        at=AT,
        answers={question: "Lift"},
    )

    assert [answer.text for answer in booked.answers.all()] == ["Lift"]


@pytest.mark.django_db
def test_a_closed_event_says_why() -> None:
    event = InfoEventFactory.create(registration_until=AT.date() - timedelta(days=1))

    with pytest.raises(NotPossibleError, match=r"Die Anmeldefrist endete am 31\.08\.2026"):
        come(event)


@pytest.mark.django_db
def test_a_seat_given_back_is_offered_to_who_waited_longest() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second, third = come(event), come(event, 2), come(event, 3)

    registration.cancel(first, by=None, at=AT)

    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, second.offered_until) == (Booking.OFFERED, AT + timedelta(hours=48))
    assert third.state == Booking.WAITING


@pytest.mark.django_db
def test_an_offer_taken_in_time_is_a_seat() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second = come(event), come(event, 2)
    registration.cancel(first, by=None, at=AT)

    taken = registration.accept(second, by=None, at=AT + timedelta(hours=47))

    assert (taken.state, taken.offered_until) == (Booking.BOOKED, None)


@pytest.mark.django_db
def test_an_offer_taken_too_late_is_refused() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second = come(event), come(event, 2)
    registration.cancel(first, by=None, at=AT)

    with pytest.raises(NotPossibleError, match="Frist für diesen Platz ist abgelaufen"):
        registration.accept(second, by=None, at=AT + timedelta(hours=48))


@pytest.mark.django_db
def test_an_offer_nobody_took_goes_to_the_next() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second, third = come(event), come(event, 2), come(event, 3)
    registration.cancel(first, by=None, at=AT)

    assert registration.end_late(event, at=AT + timedelta(hours=48)) == 1

    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, third.state) == (Booking.LAPSED, Booking.OFFERED)


@pytest.mark.django_db
def test_nothing_is_offered_once_the_event_has_begun() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second = come(event), come(event, 2)

    registration.cancel(first, by=None, at=event.starts_at)

    second.refresh_from_db()
    assert second.state == Booking.WAITING


@pytest.mark.django_db
def test_whoever_cancelled_is_never_offered_a_place() -> None:
    event = InfoEventFactory.create(capacity=1)
    first, second = come(event), come(event, 2)
    registration.cancel(second, by=None, at=AT)

    registration.cancel(first, by=None, at=AT)

    second.refresh_from_db()
    assert second.state == Booking.CANCELLED
    with pytest.raises(NotPossibleError, match="ist „abgemeldet“"):
        registration.accept(second, by=None, at=AT)


@pytest.mark.django_db
def test_priority_needs_a_reason_and_goes_first() -> None:
    event, office = InfoEventFactory.create(capacity=1), UserFactory.create(service_office=True)
    first, _, third = come(event), come(event, 2), come(event, 3)
    with pytest.raises(NotPossibleError, match="Grund"):
        registration.prioritise(third, by=office, at=AT, priority=1, reason=" ")
    registration.prioritise(third, by=office, at=AT, priority=1, reason="hält den Vortrag")

    registration.cancel(first, by=None, at=AT)

    third.refresh_from_db()
    assert third.state == Booking.OFFERED


@pytest.mark.django_db
def test_the_database_refuses_one_too_many() -> None:
    event = InfoEventFactory.create(capacity=1)
    RegistrationFactory.create(event=event)

    with pytest.raises(IntegrityError, match="mehr Plätze vergeben"), transaction.atomic():
        RegistrationFactory.create(event=event)


@pytest.mark.django_db
def test_the_database_refuses_one_too_many_of_a_centre() -> None:
    event, centre = InfoEventFactory.create(per_centre=1), FamilyCentreFactory.create()
    RegistrationFactory.create(event=event, centre=centre)

    with pytest.raises(IntegrityError, match="mehr Plätze, als je Familienzentrum"), transaction.atomic():
        RegistrationFactory.create(event=event, centre=centre)


@pytest.mark.django_db
def test_fewer_seats_than_are_taken_are_refused() -> None:
    event = InfoEventFactory.create()
    RegistrationFactory.create_batch(2, event=event)

    with pytest.raises(IntegrityError, match="mehr Plätze vergeben"), transaction.atomic():
        InfoEvent.objects.filter(pk=event.pk).update(capacity=1)


@pytest.mark.django_db(transaction=True)
def test_200_at_once_never_oversell_and_nobody_is_lost() -> None:
    event = InfoEventFactory.create(capacity=50, per_centre=2)
    centres = FamilyCentreFactory.create_batch(40)

    def one(n: int) -> str:
        try:
            return come(event, n, centre=centres[n % 40]).state
        finally:
            connection.close()

    with ThreadPoolExecutor(40) as pool:
        states = list(pool.map(one, range(200)))

    assert (states.count(Booking.BOOKED), states.count(Booking.WAITING)) == (50, 150)


@pytest.mark.django_db(transaction=True)
def test_two_cancellations_at_once_offer_two_places_to_two_people() -> None:
    event = InfoEventFactory.create(capacity=2)
    seated = [come(event, n) for n in range(2)]
    queue = [come(event, n) for n in range(2, 5)]

    def give_back(each: Registration) -> None:
        registration.cancel(each, by=None, at=AT)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(give_back, seated))

    states = [Registration.objects.get(pk=each.pk).state for each in queue]
    assert states == [Booking.OFFERED, Booking.OFFERED, Booking.WAITING]
