from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from events.forms.planning import EventForm
from events.models import Contribution, EventSeries, InfoEvent, Question, Registration, RegistrationAnswer
from events.views.office.planning import USUAL
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at() -> object:
    with time_machine.travel(start(1), tick=False):
        yield


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(UserFactory.create(service_office=True))
    return client


def rows(stored: int, *lines: dict[str, Any]) -> dict[str, Any]:
    counts = {"zeile-TOTAL_FORMS": len(lines), "zeile-INITIAL_FORMS": stored}
    return counts | {f"zeile-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}


def programme(event: InfoEvent) -> str:
    return reverse("office:programme", args=[event.pk])


def contribution(event: InfoEvent, title: str, position: int) -> Contribution:
    return Contribution.objects.create(event=event, title=title, position=position)


def test_contributions_are_added_with_the_centre_they_come_from(office: Client) -> None:
    event, centre = InfoEventFactory.create(), FamilyCentreFactory.create()
    talk = {"title": "Aus der Praxis", "speaker": "Frau Kaya", "best_practice": "on", "minutes": "20"}

    number = centre.certification_number
    office.post(programme(event), rows(0, {"title": "Begrüßung"}, {**talk, "centre": number}, {"title": ""}))

    shown = office.get(reverse("office:event", args=[event.pk])).content.decode()
    found = event.contributions.order_by("position").values_list("title", "centre", "position")
    assert list(found) == [("Begrüßung", None, 1), ("Aus der Praxis", centre.pk, 2)]
    assert "Programm geändert" in shown
    assert "Beispiel guter Praxis" in shown


def test_contributions_change_places_and_go(office: Client) -> None:
    event = InfoEventFactory.create(state="draft")
    first, second, third = (contribution(event, name, n) for n, name in enumerate(("A", "B", "C"), start=1))

    office.post(
        programme(event),
        rows(
            3,
            {"id": first.pk, "title": "A", "ORDER": "2"},
            {"id": second.pk, "title": "B neu", "ORDER": "1"},
            {"id": third.pk, "title": "C", "ORDER": "3", "DELETE": "on"},
        ),
    )

    found = event.contributions.order_by("position").values_list("title", "position")
    assert list(found) == [("B neu", 1), ("A", 2)]
    assert not event.steps.exists()


def test_a_best_practice_names_its_centre(office: Client) -> None:
    event = InfoEventFactory.create()

    page = office.post(programme(event), rows(0, {"title": "Praxis", "best_practice": "on"})).content.decode()

    assert "Bitte nennen Sie das Familienzentrum" in page
    assert 'value="Praxis"' in page
    assert not Contribution.objects.exists()


def test_a_row_of_another_event_is_not_taken(office: Client) -> None:
    event, foreign = InfoEventFactory.create(), contribution(InfoEventFactory.create(), "Fremd", 1)

    office.post(programme(event), rows(1, {"id": foreign.pk, "title": "Meins", "ORDER": "1"}))

    foreign.refresh_from_db()
    assert (foreign.title, foreign.event_id == event.pk) == ("Fremd", False)


def test_questions_are_asked_with_their_choices(office: Client) -> None:
    event = InfoEventFactory.create()
    asked = {"text": "Welche Gruppe?", "choices": "A\nB", "required": "on"}

    office.post(reverse("office:questions", args=[event.pk]), rows(0, asked))

    question = event.questions.get()
    assert (question.options, question.required, question.position) == (["A", "B"], True, 1)
    assert "A · B" in office.get(reverse("office:event", args=[event.pk])).content.decode()


def test_a_question_somebody_has_answered_stays(office: Client) -> None:
    event = InfoEventFactory.create()
    question = Question.objects.create(event=event, position=1, text="Gruppe?")
    each = RegistrationFactory.create(event=event)
    RegistrationAnswer.objects.create(registration=each, question=question, text="A")
    gone = {"id": question.pk, "text": "Gruppe?", "ORDER": "1", "DELETE": "on"}

    page = office.post(reverse("office:questions", args=[event.pk]), rows(1, gone)).content.decode()

    assert "schon jemand beantwortet" in page
    assert Question.objects.get() == question


def test_several_days_of_a_series_are_made_at_once(office: Client) -> None:
    event = InfoEventFactory.create(title="Re-Zertifizierung")
    contribution(event, "Begrüßung", 1)
    RegistrationFactory.create(event=event)
    days = {"label": "Herbst 2026", "day_1": "2026-10-01", "day_2": "2026-10-08"}

    office.post(reverse("office:days", args=[event.pk]), days)

    others = InfoEvent.objects.exclude(pk=event.pk).order_by("starts_at")
    assert [(str(each.day), each.state, each.series.label) for each in others if each.series] == [
        ("2026-10-01", "draft", "Herbst 2026"), ("2026-10-08", "draft", "Herbst 2026"),
    ]  # fmt: skip
    assert others[0].contributions.get().title == "Begrüßung"
    assert Registration.objects.get().scope == f"series-{others[0].series_id}"


def test_a_day_in_the_past_is_refused_beside_the_field(office: Client) -> None:
    event = InfoEventFactory.create(series=EventSeries.objects.create(label="Herbst"))

    page = office.post(reverse("office:days", args=[event.pk]), {"day_1": "2026-08-01"}).content.decode()

    assert "Dieser Tag liegt in der Vergangenheit" in page
    assert InfoEvent.objects.count() == 1


def test_further_days_join_no_series_in_which_somebody_would_be_twice(office: Client) -> None:
    event, other = (
        InfoEventFactory.create(),
        InfoEventFactory.create(series=EventSeries.objects.create(label="Herbst")),
    )
    for each in (event, other):
        RegistrationFactory.create(event=each, email="doppelt@example.org")

    days = {"label": "Herbst", "day_1": "2026-10-01"}
    page = office.post(reverse("office:days", args=[event.pk]), days).content.decode()

    assert "zu einem anderen Termin der Reihe angemeldet" in page
    assert InfoEvent.objects.count() == 2


def test_nobody_is_registered_twice_when_an_event_joins_a_series(office: Client) -> None:
    series = EventSeries.objects.create(label="Herbst")
    event, other = InfoEventFactory.create(), InfoEventFactory.create(series=series)
    for each in (event, other):
        RegistrationFactory.create(event=each, email="doppelt@example.org")
    form = EventForm(instance=event, today=start(1).date())
    entered = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    edit = reverse("office:edit", args=[event.pk])
    page = office.post(edit, {**entered, "series_label": "Herbst"}).content.decode()

    event.refresh_from_db()
    assert "zu einem anderen Termin der Reihe angemeldet" in page
    assert event.series is None


def test_planning_takes_two_answers(office: Client) -> None:
    """Everything else has a sensible value or may stay empty."""
    asked = office.get(reverse("office:create")).context["form"]
    must = [name for name, field in asked.fields.items() if field.required and not asked[name].value()]

    office.post(reverse("office:create"), {**USUAL, "offer_hours": "48", "title": "Info", "day": "2026-11-12"})

    assert must == ["title", "day"]
    assert InfoEvent.objects.get().title == "Info"
