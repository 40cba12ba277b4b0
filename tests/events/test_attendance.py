"""Who was there: who may record it, when, twice, at two doors at once, and what follows from it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from centres import facts
from centres.models import CentreFact, Letter
from events import attendance, mailings, planning
from events.attendance import NotPossibleError
from events.models import AttendanceStep, EventStep, InfoEvent, MailingGroup, Proof, Registration
from events.registration import Attendee
from events.rules.bookings import Booking
from tests.events.office import drafted
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
DOORS = start() - timedelta(hours=1)
AFTER = start() + timedelta(hours=3)
REASON = "Unterschrift auf der Liste"


@pytest.fixture
def office() -> User:
    return UserFactory.create(service_office=True)


def registered(event: InfoEvent | None = None, **fields: Any) -> Registration:
    return RegistrationFactory.create(event=event or InfoEventFactory.create(), **fields)


def test_a_tick_is_a_row_and_says_who_and_when(office: User) -> None:
    each = registered()

    step = attendance.tick(each, by=office, at=DOORS)

    each.refresh_from_db()
    assert (each.attended, each.attendance_at, each.attendance_by) == (True, DOORS, office)
    assert step
    assert (step.old, step.new, step.how) == (None, True, "list")


def test_a_second_tick_changes_nothing(office: User) -> None:
    each, other = registered(), UserFactory.create(service_office=True)
    attendance.tick(each, by=office, at=DOORS)

    assert attendance.tick(each, by=other, at=AFTER) is None

    each.refresh_from_db()
    assert each.attendance_by == office
    assert AttendanceStep.objects.count() == 1


def test_a_tick_can_be_taken_back_and_both_are_rows(office: User) -> None:
    each = registered()
    attendance.tick(each, by=office, at=DOORS)

    attendance.untick(each, by=office, at=DOORS)

    each.refresh_from_db()
    assert (each.attended, each.attendance_at, each.attendance_by) == (None, None, None)
    assert [step.new for step in AttendanceStep.objects.order_by("pk")] == [True, None]


@pytest.mark.parametrize("role", ["auditor", "lead"])
def test_nobody_else_records_it(role: str) -> None:
    each, by = registered(), UserFactory.create(**{role: True})

    with pytest.raises(NotPossibleError, match="Servicestelle"):
        attendance.tick(each, by=by, at=DOORS)


def test_the_ministry_may() -> None:
    assert attendance.tick(registered(), by=UserFactory.create(ministry=True), at=DOORS)


def test_not_before_the_day_of_the_event(office: User) -> None:
    with pytest.raises(NotPossibleError, match=r"ab dem 18\.09\.2026"):
        attendance.tick(registered(), by=office, at=start() - timedelta(days=1))


@pytest.mark.parametrize(("state", "because"), [("draft", "nicht veröffentlicht"), ("cancelled", "abgesagt")])
def test_not_where_nothing_takes_place(office: User, state: str, because: str) -> None:
    with pytest.raises(NotPossibleError, match=because):
        attendance.tick(registered(InfoEventFactory.create(state=state)), by=office, at=DOORS)


def test_a_walk_in_takes_no_seat(office: User) -> None:
    event = InfoEventFactory.create(capacity=1)
    registered(event)

    added = attendance.add_walk_in(event, who=Attendee("Anna Neu", ""), by=office, at=DOORS)

    assert (added.state, added.attended) == (Booking.WALK_IN, True)
    assert added.steps.get().act == "walk_in"


@pytest.mark.parametrize(("how", "attends"), [("list", "on_site"), ("file", "online")])
def test_a_walk_in_came_the_way_that_tells_of_it(office: User, how: str, attends: str) -> None:
    event = InfoEventFactory.create(mode="both", place="Bürgerhaus")
    who = Attendee("Anna Neu", "")

    added = attendance.add_walk_in(event, who=who, by=office, at=DOORS, how=AttendanceStep.How(how))

    assert added.attends == attends


def test_a_walk_in_who_is_registered_is_ticked_off(office: User) -> None:
    event = InfoEventFactory.create()
    registered(event, email="anna@example.org", state="cancelled")
    seat = registered(event, email="anna@example.org")

    found = attendance.add_walk_in(event, who=Attendee("Anna", "ANNA@example.org"), by=office, at=DOORS)

    assert found == seat
    assert event.registrations.count() == 2


def test_walk_ins_without_address_are_different_people(office: User) -> None:
    event = InfoEventFactory.create()

    for _ in range(2):
        attendance.add_walk_in(event, who=Attendee("Anna Neu", ""), by=office, at=DOORS)

    assert event.registrations.count() == 2


def test_conclusion_holds_the_event_and_misses_whoever_was_not_seen(office: User) -> None:
    event = InfoEventFactory.create()
    there, absent, waiting = registered(event), registered(event), registered(event, **WAITS)
    attendance.tick(there, by=office, at=DOORS)

    attendance.conclude(event, by=office, at=AFTER)

    event.refresh_from_db()
    assert event.state == "held"
    states = dict(event.registrations.values_list("pk", "attended"))
    assert states == {there.pk: True, absent.pk: False, waiting.pk: None}
    assert absent.attendance_steps.get().how == "closing"
    assert list(event.steps.order_by("pk").values_list("act", flat=True)) == ["hold", "attendance"]


WAITS = {"state": "waiting", "waiting_since": start(1)}


def test_conclusion_comes_after_the_start_and_once(office: User) -> None:
    event = InfoEventFactory.create()
    with pytest.raises(NotPossibleError, match="noch nicht begonnen"):
        attendance.conclude(event, by=office, at=DOORS)
    attendance.conclude(event, by=office, at=AFTER)

    with pytest.raises(NotPossibleError, match="abgeschlossen"):
        attendance.conclude(event, by=office, at=AFTER)


def test_an_event_held_already_can_be_concluded(office: User) -> None:
    event = InfoEventFactory.create(state="held")

    assert attendance.conclude(event, by=office, at=AFTER).act == "attendance"
    assert EventStep.objects.count() == 1


def test_whoever_was_there_gets_a_proof_and_one_letter(office: User) -> None:
    there, absent = concluded(office)

    assert Proof.objects.get().registration == there
    letter = Letter.objects.get()
    assert letter.to == there.email
    assert "/veranstaltungen/anmeldung/" in letter.body
    assert absent.proofs.count() == 0


def test_the_letter_comes_without_address_to_nobody_and_the_proof_is_there(office: User) -> None:
    event = InfoEventFactory.create()
    attendance.add_walk_in(event, who=Attendee("Anna Neu", ""), by=office, at=DOORS)

    attendance.conclude(event, by=office, at=AFTER)

    assert Proof.objects.get().facts["name"] == "Anna Neu"
    assert not Letter.objects.exists()


def test_attendance_is_a_fact_of_the_centre(office: User) -> None:
    there, absent = concluded(office)

    assert facts.briefings(there.centre, on=AFTER.date()) == [f"{there.event.title}, 18. September 2026"]
    assert facts.briefings(absent.centre, on=AFTER.date()) == []


def test_after_the_conclusion_only_a_correction_changes_anything(office: User) -> None:
    there, absent = concluded(office)

    with pytest.raises(NotPossibleError, match="berichtigen"):
        attendance.untick(there, by=office, at=AFTER)
    with pytest.raises(NotPossibleError, match="Grund"):
        attendance.correct(absent, present=True, reason=" ", by=office, at=AFTER)
    with pytest.raises(NotPossibleError, match="schon so"):
        attendance.correct(absent, present=False, reason=REASON, by=office, at=AFTER)


def test_before_the_conclusion_there_is_nothing_to_correct(office: User) -> None:
    with pytest.raises(NotPossibleError, match="noch abhaken"):
        attendance.correct(registered(), present=True, reason=REASON, by=office, at=AFTER)


def test_who_was_there_after_all_gets_the_proof_too(office: User) -> None:
    _, absent = concluded(office)

    step = attendance.correct(absent, present=True, reason=REASON, by=office, at=AFTER)

    assert (step.old, step.new, step.how, step.reason) == (False, True, "correction", REASON)
    assert absent.proofs.count() == 1
    assert Letter.objects.filter(to=absent.email).count() == 1
    assert facts.briefings(absent.centre, on=AFTER.date())


def test_who_was_not_there_after_all_loses_proof_and_fact_and_learns_why(office: User) -> None:
    there, _ = concluded(office)

    attendance.correct(there, present=False, reason="Verwechslung", by=office, at=AFTER)

    proof = there.proofs.get()
    assert (proof.withdrawn_at, proof.withdrawn_reason) == (AFTER, "Verwechslung")
    assert "Verwechslung" in Letter.objects.filter(to=there.email).latest("pk").body
    assert not CentreFact.objects.briefings().exists()


def test_the_fact_stays_while_somebody_else_of_the_centre_was_there(office: User) -> None:
    event = InfoEventFactory.create()
    first = registered(event)
    second = registered(event, centre=first.centre)
    for each in (first, second):
        attendance.tick(each, by=office, at=DOORS)
    attendance.conclude(event, by=office, at=AFTER)

    attendance.correct(first, present=False, reason=REASON, by=office, at=AFTER)

    assert facts.briefings(first.centre, on=AFTER.date())


def test_corrected_twice_there_is_a_new_proof_and_no_second_letter_about_it(office: User) -> None:
    there, _ = concluded(office)
    attendance.correct(there, present=False, reason=REASON, by=office, at=AFTER)

    attendance.correct(there, present=True, reason=REASON, by=office, at=AFTER)

    old, new = there.proofs.order_by("pk")
    assert (new.replaces, new.withdrawn_at) == (old, None)
    assert Letter.objects.filter(key=f"registration-{there.pk}/attended").count() == 1
    assert facts.briefings(there.centre, on=AFTER.date())


def test_a_late_walk_in_needs_a_reason_and_gets_a_proof(office: User) -> None:
    event = concluded(office)[0].event
    with pytest.raises(NotPossibleError, match="Nachtrag"):
        attendance.add_walk_in(event, who=Attendee("Anna", ""), by=office, at=AFTER)

    added = attendance.add_walk_in(event, who=Attendee("Anna", ""), by=office, at=AFTER, reason=REASON)

    assert added.proofs.count() == 1
    assert added.attendance_steps.get().how == "correction"


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_keeps_each_mark(office: User, act: str) -> None:
    attendance.tick(registered(), by=office, at=DOORS)
    rows = AttendanceStep.objects.all()

    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        rows.update(new=False) if act == "update" else rows.delete()


def test_an_event_at_which_somebody_was_seen_is_not_called_off(office: User) -> None:
    each = registered()
    attendance.tick(each, by=office, at=DOORS)

    with pytest.raises(planning.NotPossibleError, match="schon jemand"):
        planning.cancel(each.event, by=office, at=DOORS, reason="Irrtum")


def test_a_mailing_to_all_who_were_there_leaves_out_who_left_no_address(office: User) -> None:
    event = InfoEventFactory.create()
    each = registered(event)
    attendance.tick(each, by=office, at=DOORS)
    for _ in range(2):
        attendance.add_walk_in(event, who=Attendee("Anna Neu", ""), by=office, at=DOORS)

    mailing = mailings.release(drafted(event, MailingGroup.ATTENDED), confirmed=1, by=office, at=AFTER)

    assert mailing.recipients.get().email == each.email


def concluded(office: User) -> tuple[Registration, Registration]:
    """Of two who had a seat one was there."""
    event = InfoEventFactory.create()
    there, absent = registered(event), registered(event)
    attendance.tick(there, by=office, at=DOORS)
    attendance.conclude(event, by=office, at=AFTER)
    return there, absent


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Each act over a connection of its own, all at the same time; what went wrong is among the answers."""
    barrier, answers = threading.Barrier(len(acts)), list[object]()

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=30)
            answers.append(act())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_doors_at_once_lose_no_tick_and_count_nobody_twice() -> None:
    event = InfoEventFactory.create()
    office, other = UserFactory.create_batch(2, service_office=True)
    people = [registered(event) for _ in range(4)]

    answers = at_once(
        [lambda each=each, by=by: attendance.tick(each, by=by, at=DOORS) for each in people for by in (office, other)]
    )

    assert [each for each in answers if isinstance(each, Exception)] == []
    assert sorted(step is None for step in answers) == [False] * 4 + [True] * 4
    assert event.registrations.filter(attended=True).count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_tick_and_the_conclusion_at_once_end_in_one_story() -> None:
    event, office = InfoEventFactory.create(), UserFactory.create(service_office=True)
    each = registered(event)

    at_once(
        [lambda: attendance.tick(each, by=office, at=AFTER), lambda: attendance.conclude(event, by=office, at=AFTER)]
    )

    each.refresh_from_db()
    assert each.proofs.exists() is (each.attended is True)
    assert each.attendance_steps.count() == 1
