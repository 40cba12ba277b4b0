"""A visit was held, and there is to be another one."""

from datetime import timedelta

import pytest
from django.test import Client

from certification import workflow
from certification.models import Case, VisitSlot
from certification.rules.moves import State
from certification.workflow import NotAllowedError, Offer
from tests.certification.moves import AT, try_act
from tests.certification.test_portal_visits import page, text
from tests.certification.test_visiting import FIRST, HOURS, agreed, lead, offer
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]


def held_with_times_left() -> tuple[Case, list[VisitSlot]]:
    """A visit that was held, earlier than agreed: the centre had asked for others, and one time is still to come."""
    case, slots = agreed()
    workflow.ask_for_other_slots(case, by=lead(case), at=AT, reason="Da ist Elternabend.")
    workflow.record_visit(case, by=case.auditor, at=AT, held_on=AT.date())
    return case, slots


@pytest.mark.parametrize("sent_back", [False, True], ids=["visited", "sent back"])
def test_the_centre_chooses_a_time_for_a_second_visit(sent_back: bool) -> None:
    case, _ = held_with_times_left()
    if sent_back:
        try_act("recommend", case, by=case.auditor)
        try_act("send_back", case, by=UserFactory.create(auditor=True))
    later = FIRST + timedelta(days=7)

    slots = offer(case, Offer(later, later + HOURS))
    workflow.agree_visit(case, by=lead(case), at=AT, slot=slots[0])

    assert list(case.visits.order_by("starts_at").values_list("starts_at", flat=True)) == [FIRST, later]
    assert Case.objects.get(pk=case.pk).state == State.VISIT_AGREED


def test_once_a_visit_is_held_nobody_chooses_or_waits_for_other_times() -> None:
    case, slots = held_with_times_left()

    assert slots[1].starts_at > AT
    assert not case.slots.open(at=AT).exists()
    assert not case.slot_requests.filter(done_at=None).exists()


def test_nothing_is_recommended_while_times_for_a_second_visit_are_offered() -> None:
    case, _ = held_with_times_left()
    later = FIRST + timedelta(days=7)
    offer(case, Offer(later, later + HOURS))

    with pytest.raises(NotAllowedError, match="ziehen Sie sie zuerst zurück"):
        try_act("recommend", case, by=case.auditor)


def test_a_second_visit_called_off_leaves_the_first_to_recommend_on() -> None:
    case, _ = held_with_times_left()
    later = FIRST + timedelta(days=7)
    workflow.agree_visit(case, by=lead(case), at=AT, slot=offer(case, Offer(later, later + HOURS))[0])
    workflow.cancel_visit(case, by=case.auditor, at=AT, reason="Krankheit")

    step = try_act("recommend", case, by=case.auditor)

    assert (step.old, step.reason) == (State.IN_REVIEW, "")


def test_the_times_for_a_second_visit_are_there_to_choose(client: Client) -> None:
    case, _ = held_with_times_left()
    client.force_login(lead(case))
    first = text(client, "visit", case)

    later = FIRST + timedelta(days=7)
    slot = offer(case, Offer(later, later + HOURS))[0]
    shown, on_case = text(client, "visit", case), text(client, "case", case)
    client.post(page("visit", case), {"slot": slot.pk})

    assert "Stattgefunden am" in first
    assert "Dienstag, 17. März 2026, 09:00 bis 13:00 Uhr, vor Ort" in shown
    assert "Bitte wählen Sie einen Termin" in on_case
    assert case.visits.live().get().starts_at == later
