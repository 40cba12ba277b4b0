"""Times offered, chosen once, moved, called off; and the calendar that follows."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from icalendar import Calendar

from accounts.models import User
from centres.models import Letter
from certification import workflow
from certification.models import Case, SiteVisit, VisitSlot
from certification.rules.moves import State
from certification.workflow import NotAllowedError, Offer
from tests.certification.moves import AT, case_in
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 3, 10, 8, tzinfo=UTC)  # a Tuesday, nine o'clock in Berlin
HOURS = timedelta(hours=4)
OFFERS = [Offer(FIRST + timedelta(days=n), FIRST + timedelta(days=n) + HOURS) for n in range(2)]


def ready(auditor: User | None = None) -> Case:
    case = case_in(State.IN_REVIEW)
    case.round.visits_from, case.round.visits_until = AT.date(), AT.date() + timedelta(days=90)
    case.round.save()
    case.auditor = auditor or UserFactory.create(auditor=True)
    case.save()
    MembershipFactory.create(centre=case.centre)
    return case


def lead(case: Case) -> User:
    return case.centre.memberships.get(role="lead").user


def offer(case: Case, *offers: Offer, **given: str) -> list[VisitSlot]:
    return workflow.offer_slots(case, by=case.auditor, at=AT, offers=offers or OFFERS, **given)


def agreed() -> tuple[Case, list[VisitSlot]]:
    case = ready()
    slots = offer(case)
    workflow.agree_visit(case, by=lead(case), at=AT, slot=slots[0])
    return case, slots


def events(**about: object) -> Iterator[tuple[str, int, str]]:
    """What each calendar file of a letter says: method, SEQUENCE, status."""
    for letter in Letter.objects.filter(**about).exclude(attachment_name="").order_by("pk"):
        calendar = Calendar.from_ical(letter.attachment_text)
        event = calendar.walk("VEVENT")[0]
        yield str(calendar["METHOD"]), event["SEQUENCE"], str(event["STATUS"])


def test_offers_are_told_to_the_centre_and_nothing_moves_yet() -> None:
    case = ready()

    offer(case)

    assert Letter.objects.get(centre=case.centre).template == "visit_offered"
    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW


def test_a_holiday_is_refused_and_school_holidays_take_a_reason_that_stays_inside() -> None:
    case = ready()
    saturday = FIRST + timedelta(days=4)
    easter = datetime(2026, 4, 8, 8, tzinfo=UTC)

    with pytest.raises(NotAllowedError, match="ist ein Samstag"):
        offer(case, Offer(saturday, saturday + HOURS), override_reason="Trotzdem.")
    with pytest.raises(NotAllowedError, match=r"Osterferien 2026\. Wenn Sie den Termin trotzdem"):
        offer(case, Offer(easter, easter + HOURS))
    (slot,) = offer(case, Offer(easter, easter + HOURS), override_reason="Das Zentrum hat geöffnet.")

    assert slot.override_reason == "Das Zentrum hat geöffnet."
    assert "geöffnet" not in Letter.objects.get(centre=case.centre).body


SATURDAY, EASTER, GOOD_FRIDAY = (
    FIRST + timedelta(days=4),
    datetime(2026, 4, 8, 8, tzinfo=UTC),
    datetime(2026, 4, 3, 8, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("starts", "doubt"),
    [(SATURDAY, "ist ein Samstag"), (EASTER, "Osterferien 2026"), (GOOD_FRIDAY, "ein Feiertag: Karfreitag")],
    ids=["weekend", "school holidays", "holiday"],
)
def test_a_doubtful_day_agreed_by_telephone_takes_a_reason_that_stays_inside(starts: datetime, doubt: str) -> None:
    case = ready()
    by_phone = {"by": case.auditor, "at": AT, "offer": Offer(starts, starts + HOURS)}

    with pytest.raises(NotAllowedError, match=f"{doubt}.*trotzdem vereinbart haben"):
        workflow.agree_visit(case, **by_phone)
    workflow.agree_visit(case, **by_phone, override_reason="Das Zentrum hat geöffnet.")

    assert case.visits.get().slot.override_reason == "Das Zentrum hat geöffnet."
    assert not Letter.objects.filter(body__contains="hat geöffnet").exists()


def test_no_reason_puts_an_auditor_in_two_places_by_telephone() -> None:
    there, _ = agreed()
    case = ready(there.auditor)
    moved = Offer(FIRST + timedelta(days=2), FIRST + timedelta(days=2) + HOURS)
    workflow.agree_visit(case, by=case.auditor, at=AT, offer=moved)

    with pytest.raises(NotAllowedError, match="schon eine andere Begehung"):
        workflow.move_visit(case, by=case.auditor, at=AT, offer=OFFERS[0], reason="Stau", override_reason="Trotzdem.")


def test_an_auditor_is_not_offered_twice_at_the_same_time() -> None:
    case, slots = agreed()

    with pytest.raises(NotAllowedError, match="schon eine andere Begehung"):
        offer(
            ready(case.auditor), Offer(slots[0].starts_at + timedelta(hours=1), slots[0].ends_at + timedelta(hours=1))
        )
    with pytest.raises(NotAllowedError, match="überschneiden sich"):
        offer(ready(), OFFERS[0], Offer(FIRST + timedelta(hours=1), FIRST + timedelta(hours=5)))


def test_the_centre_takes_one_of_the_times_and_both_get_it_for_their_calendar() -> None:
    case, slots = agreed()

    visit = case.visits.get()
    assert (visit.slot, visit.starts_at, visit.visitor) == (slots[0], FIRST, case.auditor)
    assert Case.objects.get(pk=case.pk).state == State.VISIT_AGREED
    assert (
        list(events(template="visit_agreed")) == list(events(template="staff_visit")) == [("REQUEST", 0, "CONFIRMED")]
    )


def test_the_centre_cannot_name_a_time_of_its_own() -> None:
    case = ready()

    with pytest.raises(NotAllowedError, match="angebotenen Termine"):
        workflow.agree_visit(case, by=lead(case), at=AT, offer=OFFERS[0])
    with pytest.raises(NotAllowedError, match="angebotenen Termine"):
        workflow.agree_visit(case, by=lead(case), at=AT)


def test_a_time_offered_to_another_case_cannot_be_had() -> None:
    case, foreign = ready(), offer(ready())[0]
    offer(case)

    with pytest.raises(NotAllowedError, match="inzwischen vergeben"):
        workflow.agree_visit(case, by=lead(case), at=AT, slot=foreign)


def test_a_visit_moves_once_by_the_centre_and_keeps_its_uid() -> None:
    case, slots = agreed()
    uid = case.visits.get().uid

    workflow.move_visit(case, by=lead(case), at=AT, slot=slots[1], reason="Personalausfall")

    visit = case.visits.get()
    assert (visit.uid, visit.sequence, visit.starts_at) == (uid, 1, OFFERS[1].starts_at)
    assert list(events(template="visit_moved")) == [("REQUEST", 1, "CONFIRMED")]
    assert "Personalausfall" not in Letter.objects.get(template="visit_moved").body
    with pytest.raises(NotAllowedError, match="schon einmal verlegt"):
        workflow.move_visit(case, by=lead(case), at=AT, slot=slots[0], reason="Noch einmal")


def test_the_time_left_behind_is_not_offered_any_more() -> None:
    case, slots = agreed()

    workflow.move_visit(case, by=lead(case), at=AT, slot=slots[1], reason="Personalausfall")

    assert list(case.slots.open(at=AT)) == []


def test_the_auditor_moves_to_a_time_agreed_by_telephone_as_often_as_needed() -> None:
    case, _ = agreed()

    for days in (5, 6):
        starts = FIRST + timedelta(days=days)
        by_phone = {"offer": Offer(starts, starts + HOURS), "override_reason": "So abgesprochen."}
        workflow.move_visit(case, by=case.auditor, at=AT, reason="Stau", **by_phone)

    assert (case.visits.get().sequence, case.visits.get().moved_by_centre) == (2, False)


def test_a_visit_called_off_leaves_the_calendar_and_the_case_goes_back() -> None:
    case, _ = agreed()

    workflow.cancel_visit(case, by=case.auditor, at=AT, reason="Krankheit")

    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW
    assert list(events(template="visit_cancelled")) == [("CANCEL", 1, "CANCELLED")]
    assert "Krankheit" not in Letter.objects.get(template="visit_cancelled").body
    assert not case.slots.open(at=AT).exists()


def test_a_new_visit_after_one_called_off_is_another_entry() -> None:
    case, _ = agreed()
    workflow.cancel_visit(case, by=case.auditor, at=AT, reason="Krankheit")

    slots = offer(case)
    workflow.agree_visit(case, by=lead(case), at=AT, slot=slots[0])

    assert len(set(case.visits.values_list("uid", flat=True))) == 2


@pytest.mark.parametrize("act", ["withdraw", "supersede"])
def test_a_case_that_ends_takes_its_visit_out_of_the_calendars(act: str) -> None:
    case, _ = agreed()
    ministry = UserFactory.create(ministry=True)

    getattr(workflow, act)(case, by=ministry, at=AT, reason="Die Einrichtung schließt.")

    assert case.visits.get().cancelled_at == AT
    ends = {"case_withdrawn", "case_superseded"}
    assert list(events(template__in=ends)) == [("CANCEL", 1, "CANCELLED")]
    assert list(events(template="staff_visit"))[-1] == ("CANCEL", 1, "CANCELLED")


def test_the_centre_asks_for_other_times_until_there_are_new_ones() -> None:
    case = ready()
    offer(case)

    workflow.ask_for_other_slots(case, by=lead(case), at=AT, reason="Da ist Elternabend.")
    with pytest.raises(NotAllowedError, match="schon um andere Termine gebeten"):
        workflow.ask_for_other_slots(case, by=lead(case), at=AT, reason="Noch einmal")
    assert Letter.objects.get(template="staff_slots_wanted").to == case.auditor.email
    later = FIRST + timedelta(days=7)
    offer(case, Offer(later, later + HOURS))

    assert case.slot_requests.get().done_at == AT


def test_other_times_are_asked_for_only_where_some_were_offered_and_with_a_reason() -> None:
    case = ready()

    with pytest.raises(NotAllowedError, match="kein Termin angeboten"):
        workflow.ask_for_other_slots(case, by=lead(case), at=AT, reason="Bitte")
    with pytest.raises(NotAllowedError, match="Begründung"):
        workflow.ask_for_other_slots(case, by=lead(case), at=AT, reason=" ")
    with pytest.raises(NotAllowedError, match="nicht Ihre Aufgabe"):
        workflow.ask_for_other_slots(case, by=case.auditor, at=AT, reason="Bitte")


def test_offers_taken_back_are_gone_and_the_centre_hears_of_it() -> None:
    case = ready()
    offer(case)

    assert workflow.withdraw_slots(case, by=case.auditor, at=AT) == 2

    assert not case.slots.open(at=AT).exists()
    assert Letter.objects.filter(template="visit_offers_withdrawn").count() == 1
    with pytest.raises(NotAllowedError, match="kein Termin angeboten"):
        workflow.withdraw_slots(case, by=case.auditor, at=AT)


def test_nothing_is_recommended_without_a_visit_while_times_are_offered() -> None:
    case = ready()
    offer(case)

    with pytest.raises(NotAllowedError, match="ziehen Sie sie zuerst zurück"):
        workflow.recommend_without_visit(case, by=case.auditor, at=AT, reason="Alles klar.", eligible=False)


def test_only_auditors_offer_and_only_from_the_review_on() -> None:
    case = ready()

    with pytest.raises(NotAllowedError, match="nur die Zertifizierungsstelle"):
        workflow.offer_slots(case, by=lead(case), at=AT, offers=OFFERS)
    with pytest.raises(NotAllowedError, match="wenn die Prüfung begonnen hat"):
        workflow.offer_slots(case_in(State.SUBMITTED), by=case.auditor, at=AT, offers=OFFERS)


def test_the_database_refuses_one_time_twice_and_one_visitor_in_two_places() -> None:
    case, slots = agreed()
    other = ready()
    span = {"starts_at": FIRST + HOURS * 3, "ends_at": FIRST + HOURS * 4, "visitor": case.auditor}

    with pytest.raises(IntegrityError, match="slot"), transaction.atomic():
        SiteVisit.objects.create(case=other, slot=slots[0], **span)
    with pytest.raises(IntegrityError, match="visits_of_a_visitor_apart"), transaction.atomic():
        SiteVisit.objects.create(case=other, **{**span, "starts_at": FIRST})


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Both acts in their own transactions, begun at the same time; what came of each."""
    barrier, outcomes = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
            outcomes.append("done")
        except NotAllowedError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_a_time_at_which_the_auditor_is_elsewhere_by_now_is_refused_by_the_database() -> None:
    first = ready()
    second = ready(first.auditor)
    slots = [offer(first)[0], offer(second)[0]]
    workflow.agree_visit(first, by=lead(first), at=AT, slot=slots[0])

    with pytest.raises(NotAllowedError):
        workflow.agree_visit(second, by=lead(second), at=AT, slot=slots[1])


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_one_time_once() -> None:
    case = ready()
    slots, people = offer(case), [lead(case), MembershipFactory.create(centre=case.centre, deputy=True).user]

    outcomes = at_once(
        lambda: workflow.agree_visit(case, by=people[0], at=AT, slot=slots[0]),
        lambda: workflow.agree_visit(case, by=people[1], at=AT, slot=slots[0]),
    )

    assert outcomes == ["done", "refused"]
    assert SiteVisit.objects.filter(slot=slots[0]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_centres_at_once_cannot_have_the_same_auditor() -> None:
    first = ready()
    second = ready(first.auditor)
    slots = [offer(first)[0], offer(second)[0]]

    outcomes = at_once(
        lambda: workflow.agree_visit(first, by=lead(first), at=AT, slot=slots[0]),
        lambda: workflow.agree_visit(second, by=lead(second), at=AT, slot=slots[1]),
    )

    assert outcomes == ["done", "refused"]
    assert SiteVisit.objects.count() == 1
