"""The pages of acts offer what is possible, say what they are about, and begin with what is known."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from centres.models import CentreKind, FamilyCentre
from certification.models import Case, Finding, VisitMode
from certification.rules.moves import State
from tests.certification.moves import case_in
from tests.certification.reviewing import auditor, signed_in, url
from tests.factories.centres import NetworkMembershipFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def visit_to_come() -> Case:
    """By video, at the second of two facilities, in two days."""
    case = case_in(State.VISIT_AGREED)
    FamilyCentre.objects.filter(pk=case.centre_id).update(kind=CentreKind.NETWORK)
    homes = NetworkMembershipFactory.create_batch(2, centre=case.centre)
    starts = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    case.visits.update(starts_at=starts, ends_at=starts + timedelta(hours=3), mode=VisitMode.VIDEO)
    case.visits.get().facilities.set([homes[1].facility])
    return case


@pytest.mark.parametrize(
    ("since", "paused", "offered"), [(1, False, True), (0, False, False), (1, True, False)], ids=str
)
def test_going_on_without_an_answer_is_offered_once_it_is_overdue(since: int, paused: bool, offered: bool) -> None:
    case = case_in(State.QUERIED)
    due_on = TODAY() - timedelta(days=since)
    case.queries.update(due_on=due_on, paused_on=TODAY() if paused else None)

    labels = [each.label for each in signed_in(auditor()).get(url("case", case)).context["actions"]]

    assert ("Ohne Antwort weiterprüfen" in labels) == offered


@pytest.mark.parametrize(("paused", "offered"), [(False, ["verlaengern", "anhalten"]), (True, ["weiter"])])
def test_only_what_can_become_of_a_period_is_offered(paused: bool, offered: list[str]) -> None:
    case = case_in(State.QUERIED)
    case.queries.update(paused_on=TODAY() if paused else None)

    form = signed_in(auditor()).get(url("deadline", case)).context["form"]

    assert [value for value, _ in form.fields["change"].choices] == offered


def test_a_period_that_was_paused_meanwhile_keeps_what_was_typed() -> None:
    case = case_in(State.QUERIED)
    case.queries.update(paused_on=TODAY())

    response = signed_in(auditor()).post(url("deadline", case), {"change": "anhalten", "reason": "Ferien."})

    assertContains(response, "Die Frist steht inzwischen anders. Bitte wählen Sie noch einmal.")
    assertContains(response, "Ferien.")


def test_a_visit_that_moves_stays_by_video_and_where_it_was() -> None:
    case = visit_to_come()
    agreed = case.visits.get()

    response = signed_in(auditor()).get(url("visit_move", case))

    form = response.context["form"]
    assert (form["mode"].value(), form["facilities"].value()) == ("video", [agreed.facilities.get().pk])
    assert (form["begins"].value(), form["day"].value()) == (timezone.localtime(agreed.starts_at).time(), None)
    assertContains(response, "per Video")


@pytest.mark.parametrize("page", ["visit_move", "visit_cancel", "visit_held"])
def test_the_pages_of_a_visit_say_which_one_it_is(page: str) -> None:
    case = visit_to_come()

    response = signed_in(auditor()).get(url(page, case))

    assertContains(response, "Vereinbart ist")
    assertContains(response, case.visits.get().visitor.name)


def test_a_visit_still_to_come_is_not_recorded_unawares() -> None:
    client, to_come, past = signed_in(auditor()), visit_to_come(), case_in(State.VISIT_AGREED)

    assertContains(client.get(url("visit_held", to_come)), "liegt noch vor Ihnen")
    assertNotContains(client.get(url("visit_held", past)), "liegt noch vor Ihnen")


def test_a_case_from_elsewhere_shows_its_grades_and_nothing_to_judge() -> None:
    case = case_in(State.AWARDED)
    Finding.objects.all().delete()

    (area,) = signed_in(auditor()).get(url("case", case)).context["areas"]

    assert (area["status"], area["hint"]) == ("gut", "Leistung")
