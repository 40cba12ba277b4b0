"""What people told of their needs, and imported lists, are gone a set time after the event; who came stays."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from events import forgetting, tasks
from events.models import (
    EventStep,
    InfoEvent,
    Participant,
    ParticipantFile,
    Question,
    Registration,
    RegistrationAnswer,
)
from tests.factories.accounts import UserFactory
from tests.factories.attendance import AFTER, ParticipantFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
EARLY, DUE = AFTER + timedelta(days=29), AFTER + timedelta(days=30)


def told(event: InfoEvent, text: str = "Rollstuhl") -> RegistrationAnswer:
    question, _ = Question.objects.get_or_create(event=event, position=1, text="Was brauchen Sie?")
    each = RegistrationFactory.create(event=event, attended=True, attendance_at=AFTER)
    return RegistrationAnswer.objects.create(registration=each, question=question, text=text)


def test_needs_and_lists_go_in_time_with_a_row_and_who_came_stays() -> None:
    event = told(InfoEventFactory.create(state="held")).registration.event
    told(event)
    ParticipantFactory.create(file__event=event)

    done = [forgetting.forget_due(at=at) for at in (EARLY, DUE, DUE)]

    assert done == [0, 1, 0]
    step = EventStep.objects.get(act="forgotten")
    assert (step.title, step.by, step.at) == ("Angaben und Listen gelöscht", None, DUE)
    assert step.reason == "2 Angaben zu Anmeldungen und 1 Liste des Videosystems, 30 Tage nach der Veranstaltung."
    assert not [each for each in (RegistrationAnswer, Participant, ParticipantFile) if each.objects.exists()]
    assert Registration.objects.filter(attended=True).count() == 2


@pytest.mark.parametrize("state", ["published", "cancelled"])
def test_they_go_whatever_became_of_the_event(state: str) -> None:
    told(InfoEventFactory.create(state=state))

    forgetting.forget_due(at=DUE)

    assert EventStep.objects.get().reason == "1 Angabe zur Anmeldung, 30 Tage nach der Veranstaltung."


def test_a_list_that_was_read_in_late_is_kept_as_long() -> None:
    event = InfoEventFactory.create(state="held")
    ParticipantFactory.create(file__event=event, file__added_at=AFTER + timedelta(days=20))
    told(event)

    forgetting.forget_due(at=DUE)
    forgetting.forget_due(at=DUE + timedelta(days=20))

    reasons = list(EventStep.objects.order_by("pk").values_list("reason", flat=True))
    assert [each.split(",")[0] for each in reasons] == ["1 Angabe zur Anmeldung", "1 Liste des Videosystems"]


@pytest.mark.parametrize("rows", [1, 3])
def test_an_event_takes_the_same_queries_for_any_number(rows: int, django_assert_max_num_queries: object) -> None:
    event = InfoEventFactory.create()
    for _ in range(rows):
        told(event)

    with django_assert_max_num_queries(9):  # type: ignore[operator]
        forgetting.forget_due(at=DUE)


@time_machine.travel(DUE, tick=False)
def test_the_job_forgets_and_the_office_reads_that_it_did(client: Client) -> None:
    needs = told(InfoEventFactory.create(state="held"), text="Gebärdensprache")
    event = needs.registration.event
    client.force_login(UserFactory.create(service_office=True))
    registered = reverse("office:registration", args=[event.pk, needs.registration.pk])

    before = client.get(registered).content.decode()
    assert tasks.forget() == 1

    assert ["Gebärdensprache" in page for page in (before, client.get(registered).content.decode())] == [True, False]
    assert "Angaben und Listen gelöscht" in client.get(reverse("office:event", args=[event.pk])).content.decode()


@time_machine.travel(AFTER - timedelta(days=20), tick=False)
def test_whoever_is_asked_reads_how_long_it_is_kept(client: Client) -> None:
    event = InfoEventFactory.create(kind="open")
    Question.objects.create(event=event, position=1, text="Was brauchen Sie?")

    page = client.get(reverse("event_register", args=[event.public_id])).content.decode()

    assert "Diese Angabe löschen wir 30 Tage nach der Veranstaltung." in page
