"""The list of a video system from the file to the marks: nothing counts unseen, and the same file once."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from events import attendance, participants
from events.attendance import NotPossibleError
from events.models import AttendanceStep, InfoEvent, Participant, ParticipantFile, Registration
from events.registration import Attendee
from events.rules.bookings import Booking
from events.rules.participants import UnreadableError
from tests.factories.accounts import UserFactory
from tests.factories.attendance import AFTER, ParticipantFactory, ParticipantFileFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
ZOOM = (Path(__file__).resolve().parents[1] / "rules/participants/zoom.csv").read_bytes()


@pytest.fixture
def office() -> User:
    return UserFactory.create(service_office=True)


@pytest.fixture
def event() -> InfoEvent:
    """Three of the people in the file have a seat; one of them under another address."""
    event = InfoEventFactory.create()
    for name, email in (
        ("Ayşe Yılmaz", "ayse.yilmaz@example.org"),
        ("Jörg Müller-Lüdenscheid", "leitung@kita.example.org"),
        ("Anna Schmidt", "anna@example.org"),
    ):
        RegistrationFactory.create(event=event, name=name, email=email)
    return event


def added(event: InfoEvent, office: User) -> ParticipantFile:
    return participants.add(event, name="zoom.csv", content=ZOOM, least=30, by=office, at=AFTER)


def named(event: InfoEvent, name: str) -> Registration:
    return event.registrations.get(name__startswith=name)


def test_a_list_is_sorted_out_and_nothing_counts_yet(event: InfoEvent, office: User) -> None:
    found = participants.sorted_out(added(event, office))

    assert [(pair.participant.name, pair.meant) for pair in found.sure] == [("Ayşe Yılmaz", named(event, "Ayşe"))]
    assert [pair.alike for pair in found.doubtful] == [[named(event, "Jörg")]]
    assert [pair.participant.name for pair in found.unknown] == ["Servicestelle ISA"]
    assert [each.name for each in found.short] == ["Schmidt, Anna"]
    assert not AttendanceStep.objects.exists()


def test_the_same_file_again_changes_nothing(event: InfoEvent, office: User) -> None:
    first = added(event, office)

    assert added(event, office) == first
    assert Participant.objects.count() == 4


def test_what_was_decided_is_carried_out_and_the_rest_stays_open(event: InfoEvent, office: User) -> None:
    file = added(event, office)
    found = participants.sorted_out(file)
    (sure,), (doubtful,) = found.sure, found.doubtful

    number = participants.take_over(file, {sure.participant.pk: str(sure.meant.pk)}, by=office, at=AFTER)

    step = AttendanceStep.objects.get()
    assert (number, step.registration, step.minutes, step.how) == (1, sure.meant, 122, "file")
    assert step.reason == "aus der Datei „zoom.csv“"
    again = participants.sorted_out(file)
    assert (again.sure, [pair.participant for pair in again.doubtful]) == ([], [doubtful.participant])


def test_someone_unknown_is_a_walk_in_or_left_out(event: InfoEvent, office: User) -> None:
    file = added(event, office)
    found = participants.sorted_out(file)
    choices = {found.doubtful[0].participant.pk: "neu", found.unknown[0].participant.pk: "nein"}

    participants.take_over(file, choices, by=office, at=AFTER)

    walked_in = event.registrations.get(state="walk_in")
    assert (walked_in.name, walked_in.attended) == ("Kita Sonnenschein (Jörg Müller-Lüdenscheidt)", True)
    outcomes = dict(file.participants.exclude(outcome="").values_list("name", "outcome"))
    assert outcomes == {walked_in.name: "walk_in", "Servicestelle ISA": "ignored"}


def test_somebody_under_another_name_is_tied_by_hand_and_the_rows_say_so(event: InfoEvent, office: User) -> None:
    file = added(event, office)
    (unknown,) = participants.sorted_out(file).unknown

    participants.tie(unknown.participant, named(event, "Anna"), by=office, at=AFTER)

    decided, step = Participant.objects.get(outcome="chosen"), AttendanceStep.objects.get()
    assert (decided.registration, decided.decided_by, decided.decided_at) == (named(event, "Anna"), office, AFTER)
    assert (step.registration, step.reason) == (decided.registration, "aus der Datei „zoom.csv“, von Hand zugeordnet")
    with pytest.raises(NotPossibleError, match="schon entschieden"):
        participants.tie(unknown.participant, named(event, "Jörg"), by=office, at=AFTER)


def test_a_guest_of_a_centre_counts_for_the_centre(event: InfoEvent, office: User) -> None:
    (unknown,) = participants.sorted_out(added(event, office)).unknown
    who = Attendee("Gerda Gast", "gerda@example.org", FamilyCentreFactory.create())

    came = participants.add_guest(unknown.participant, who=who, by=office, at=AFTER)

    assert (came.state, came.name, came.centre, came.attended) == ("walk_in", "Gerda Gast", who.centre, True)
    assert Participant.objects.get(outcome="walk_in").registration == came


def test_decided_twice_counts_once(event: InfoEvent, office: User) -> None:
    file = added(event, office)
    (sure,) = participants.sorted_out(file).sure
    choice = {sure.participant.pk: str(sure.meant.pk)}

    assert [participants.take_over(file, choice, by=office, at=AFTER) for _ in range(2)] == [1, 0]
    assert AttendanceStep.objects.count() == 1


def test_a_registration_of_another_event_is_refused(event: InfoEvent, office: User) -> None:
    file, other = added(event, office), RegistrationFactory.create()
    (sure,) = participants.sorted_out(file).sure

    with pytest.raises(NotPossibleError, match="nicht zu dieser"):
        participants.take_over(file, {sure.participant.pk: str(other.pk)}, by=office, at=AFTER)
    with pytest.raises(NotPossibleError, match="nicht zu dieser"):
        participants.tie(sure.participant, other, by=office, at=AFTER)


def test_a_list_taken_over_late_brings_the_proof(event: InfoEvent, office: User) -> None:
    file = added(event, office)
    attendance.conclude(event, by=office, at=AFTER)
    found = participants.sorted_out(file)
    choices = {found.sure[0].participant.pk: str(found.sure[0].meant.pk), found.unknown[0].participant.pk: "neu"}

    participants.take_over(file, choices, by=office, at=AFTER)

    assert event.registrations.filter(attended=True, proofs__isnull=False).count() == 2


def test_whoever_signed_off_and_registered_again_is_meant_by_the_seat(office: User) -> None:
    event = InfoEventFactory.create()
    seat = RegistrationFactory.create(event=event, email="anna@example.org")
    RegistrationFactory.create(event=event, email="anna@example.org", state="cancelled")
    file = ParticipantFactory.create(file__event=event, email="anna@example.org").file

    (pair,) = participants.sorted_out(file).sure

    assert pair.meant == seat


def test_a_list_can_be_forgotten_and_what_was_taken_over_stays(event: InfoEvent, office: User) -> None:
    file = added(event, office)
    (sure,) = participants.sorted_out(file).sure
    participants.take_over(file, {sure.participant.pk: str(sure.meant.pk)}, by=office, at=AFTER)

    participants.discard(file, by=office, at=AFTER)

    assert not Participant.objects.exists()
    assert named(event, "Ayşe").attended


def test_not_before_the_day_and_by_nobody_else_and_nothing_unreadable(event: InfoEvent, office: User) -> None:
    words = {"name": "zoom.csv", "content": ZOOM, "least": 30}

    with pytest.raises(NotPossibleError, match="erst am Tag"):
        participants.add(event, **words, by=office, at=start(1))
    with pytest.raises(NotPossibleError, match="Servicestelle"):
        participants.add(event, **words, by=UserFactory.create(auditor=True), at=AFTER)
    with pytest.raises(UnreadableError, match="Excel"):
        participants.add(event, **words | {"content": b"PK..."}, by=office, at=AFTER)
    assert not ParticipantFile.objects.exists()


def test_every_state_of_a_registration_has_its_place() -> None:
    assert sorted(participants.FIRST) == sorted(Booking)


@pytest.mark.parametrize("rows", [1, 3])
def test_sorting_out_takes_two_queries_for_any_number(rows: int, django_assert_num_queries: Any) -> None:
    file = ParticipantFileFactory.create()
    for _ in range(rows):
        RegistrationFactory.create(event=file.event)
        ParticipantFactory.create(file=file)

    with django_assert_num_queries(2):
        participants.sorted_out(file)
