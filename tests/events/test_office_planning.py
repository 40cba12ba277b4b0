from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import EventSeries, InfoEvent
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
ENTERED = {
    "title": "Re-Zertifizierung 2027",
    "kind": "renewal",
    "mode": "online",
    "day": "2026-11-12",
    "begins": "10:00",
    "ends": "12:00",
    "capacity": "300",
    "offer_hours": "48",
    "hosts": "Ministerium, Pädquis und ISA",
}


@pytest.fixture(autouse=True)
def _at() -> object:
    with time_machine.travel(start(1), tick=False):
        yield


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(UserFactory.create(service_office=True))
    return client


@pytest.mark.parametrize(("role", "status"), [("ministry", 200), ("auditor", 404), ("lead", 404)])
def test_the_place_belongs_to_service_office_and_ministry(client: Client, role: str, status: int) -> None:
    client.force_login(UserFactory.create(**{role: True}))

    assert client.get(reverse("office:home")).status_code == status
    assert client.get(reverse("office:event", args=[InfoEventFactory.create().pk])).status_code == status


def test_an_event_is_planned_with_what_is_known(office: Client) -> None:
    response = office.post(reverse("office:create"), ENTERED)

    event = InfoEvent.objects.get()
    assert response.url == reverse("office:event", args=[event.pk])
    assert (event.state, str(event.registration_from), str(event.registration_until)) == (
        "draft", "2026-09-01", "2026-11-09",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entered", "field", "sentence"),
    [
        ({"ends": "09:00"}, "ends", "Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Zeiten."),
        ({"mode": "on_site"}, "place", "Bitte tragen Sie den Ort ein, oder wählen Sie als Form „online“."),
        (
            {"registration_until": "2026-11-13"},
            "registration_until",
            "Die Anmeldung kann nicht nach der Veranstaltung enden.",
        ),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    office: Client, entered: dict[str, str], field: str, sentence: str
) -> None:
    response = office.post(reverse("office:create"), ENTERED | entered)

    assert response.context["form"].errors == {field: [sentence]}
    assert "Re-Zertifizierung 2027" in response.content.decode()


def test_events_with_the_same_series_belong_together(office: Client) -> None:
    for _ in range(2):
        office.post(reverse("office:create"), ENTERED | {"series_label": "Herbst 2026"})

    assert len({event.scope for event in InfoEvent.objects.all()}) == 1


def test_an_edited_event_shows_what_it_was_and_keeps_what_is_new(office: Client) -> None:
    event = InfoEventFactory.create()
    url = reverse("office:edit", args=[event.pk])
    assert 'value="2026-09-18"' in office.get(url).content.decode()

    office.post(url, ENTERED | {"day": "2026-09-19", "registration_until": "2026-09-15"})

    event.refresh_from_db()
    assert (event.day.isoformat(), event.sequence) == ("2026-09-19", 1)


@pytest.mark.parametrize("page", ["publish", "cancel", "hold", "copy"])
def test_each_act_is_asked_for_first(office: Client, page: str) -> None:
    response = office.get(reverse(f"office:{page}", args=[InfoEventFactory.create().pk]))

    assert response.templates[0].name == "confirm.html"


def test_publish_and_call_off(office: Client) -> None:
    event = InfoEventFactory.create(state="draft")

    office.post(reverse("office:publish", args=[event.pk]))
    office.post(reverse("office:cancel", args=[event.pk]), {"reason": "Referentin erkrankt"})

    event.refresh_from_db()
    assert [step.act for step in event.steps.order_by("pk")] == ["publish", "cancel"]
    assert event.state == "cancelled"


def test_a_refused_act_says_why_on_the_page(office: Client) -> None:
    response = office.post(reverse("office:hold", args=[InfoEventFactory.create().pk]))

    assert "Die Veranstaltung hat noch nicht begonnen." in response.content.decode()


@pytest.mark.parametrize(
    ("mode", "asked"),
    [
        ("online", {"day", "begins", "join_link"}),
        ("on_site", {"day", "begins", "place"}),
        ("both", {"day", "begins", "place", "join_link"}),
    ],
)
def test_a_repetition_asks_only_what_differs(office: Client, mode: str, asked: set[str]) -> None:
    event = InfoEventFactory.create(mode=mode, place="" if mode == "online" else "Rathaus")
    page = reverse("office:copy", args=[event.pk])

    assert set(office.get(page).context["form"].fields) == asked
    entered = {"day": "2027-02-03", "begins": "14:00", "place": "Stadthalle", "join_link": "neu.example.org/raum"}
    office.post(page, entered)

    copied = InfoEvent.objects.exclude(pk=event.pk).get()
    assert (copied.day.isoformat(), copied.window.starts_at.hour, copied.state) == ("2027-02-03", 14, "draft")
    assert copied.place == ("Stadthalle" if "place" in asked else "")
    assert copied.join_link == ("https://neu.example.org/raum" if "join_link" in asked else "")


def test_the_latest_events_are_offered_to_be_repeated(office: Client) -> None:
    for day in range(10, 15):
        InfoEventFactory.create(starts_at=start(day))

    models = office.get(reverse("office:create")).context["models"]

    assert [each.day.day for each in models] == [14, 13, 12]


def test_two_answers_plan_an_event_from_a_copy(office: Client) -> None:
    """The day and the room: what else there is has its value already."""
    page = office.get(reverse("office:copy", args=[InfoEventFactory.create().pk]))

    empty = [name for name in page.context["form"].fields if not page.context["form"][name].value()]
    assert empty == ["day", "join_link"]


def test_a_series_is_made_by_the_act_and_not_by_a_form_that_fails(office: Client) -> None:
    office.post(reverse("office:create"), ENTERED | {"series_label": "Herbst", "capacity": ""})
    assert not EventSeries.objects.exists()
    event = InfoEventFactory.create(state="cancelled")
    office.post(reverse("office:edit", args=[event.pk]), ENTERED | {"series_label": "Herbst"})

    assert not EventSeries.objects.exists()


def test_the_list_counts_seats_in_a_constant_number_of_queries(office: Client) -> None:
    counts = []
    for _ in range(2):
        RegistrationFactory.create(event=InfoEventFactory.create())
        RegistrationFactory.create(event=InfoEventFactory.create(starts_at=start(1) - timedelta(days=9)))
        with CaptureQueriesContext(connection) as captured:
            response = office.get(reverse("office:home"))
        counts.append(len(captured))

    assert [event.taken for event in response.context["page_obj"]] == [1, 1]
    assert counts[0] == counts[1]


def test_past_events_have_their_own_list(office: Client) -> None:
    over = InfoEventFactory.create(starts_at=start(1) - timedelta(days=9))
    InfoEventFactory.create()

    assert list(office.get(reverse("office:home"), {"vergangen": ""}).context["page_obj"]) == [over]
