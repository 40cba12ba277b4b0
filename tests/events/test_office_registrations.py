from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from events.models import InfoEvent, Question, Registration, RegistrationAnswer
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


def index(event: InfoEvent, query: str = "") -> str:
    return f"{reverse('office:registrations', args=[event.pk])}?{query}"


def names(office: Client, event: InfoEvent, query: str = "") -> list[str]:
    return [line.registration.name for line in office.get(index(event, query)).context["lines"]]


def waiting(event: InfoEvent, name: str, minutes: int, **fields: object) -> Registration:
    since = start(1) - timedelta(days=2, minutes=-minutes)
    return RegistrationFactory.create(event=event, name=name, state="waiting", waiting_since=since, **fields)


def test_seats_come_first_then_the_waiting_list_as_it_is_served(office: Client) -> None:
    event = InfoEventFactory.create()
    RegistrationFactory.create(event=event, name="Weg", state="cancelled")
    waiting(event, "Zweite", 2)
    waiting(event, "Erste", 1)
    waiting(event, "Vorgezogen", 3, priority=100, priority_reason="Anfahrt")
    RegistrationFactory.create(event=event, name="Da")

    lines = office.get(index(event)).context["lines"]

    assert [(line.registration.name, line.place) for line in lines] == [
        ("Da", None), ("Vorgezogen", 1), ("Erste", 2), ("Zweite", 3), ("Weg", None),
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["stand=booked", "q=erika", "q=erika.muster", "jugendamt={office}", "q={number}"])
def test_the_list_is_filtered_and_searched(office: Client, query: str) -> None:
    event, centre = InfoEventFactory.create(), FamilyCentreFactory.create(certification_number="4711234")
    type(centre).objects.refresh_search()
    RegistrationFactory.create(event=event, name="Erika Muster", email="erika.muster@example.org", centre=centre)
    RegistrationFactory.create(event=event, name="Andere", state="cancelled")

    asked = query.format(office=centre.youth_office_id, number=centre.certification_number)
    assert names(office, event, asked) == ["Erika Muster"]


def test_nobody_can_be_registered_where_registration_is_over(office: Client) -> None:
    events = [InfoEventFactory.create(), InfoEventFactory.create(state="cancelled")]

    pages = [office.get(index(each)).content.decode() for each in events]

    assert ["Jemanden anmelden" in page for page in pages] == [True, False]


def test_answers_have_a_column_where_something_is_asked(office: Client) -> None:
    events = [RegistrationFactory.create().event for _ in range(2)]
    Question.objects.create(event=events[1], position=1, text="Welche Gruppe?")

    pages = [office.get(index(each)).content.decode() for each in events]

    assert [">Antworten</th>" in page for page in pages] == [False, True]


def test_somebody_is_served_first_with_a_reason(office: Client) -> None:
    each = waiting(InfoEventFactory.create(), "Erika", 1)

    page = reverse("office:prioritise", args=[each.event_id, each.pk])
    assert "Bitte nennen Sie den Grund des Vorrangs." in office.post(page, {"reason": ""}).content.decode()
    office.post(page, {"reason": "Weite Anreise"})

    each.refresh_from_db()
    assert (each.priority, each.priority_reason) == (100, "Weite Anreise")
    shown = office.get(reverse("office:registration", args=[each.event_id, each.pk])).content.decode()
    assert "vorgezogen" in shown


def test_somebody_is_signed_off_with_a_reason(office: Client) -> None:
    each = RegistrationFactory.create()

    office.post(reverse("office:sign_off", args=[each.event_id, each.pk]), {"reason": "Hat angerufen"})

    each.refresh_from_db()
    assert (each.state, each.steps.get().reason) == ("cancelled", "Hat angerufen")


def test_somebody_is_registered_by_phone(office: Client) -> None:
    event, centre = InfoEventFactory.create(mode="both", place="Köln"), FamilyCentreFactory.create()
    need = Question.objects.create(event=event, position=1, text="Gruppe?", choices="A\nB", required=True)
    Question.objects.create(event=event, position=2, text="Noch etwas?")
    said = {"name": "Erika", "email": "e@example.org", "centre": centre.certification_number, "attends": "on_site"}

    refused = office.post(reverse("office:register", args=[event.pk]), said)
    office.post(reverse("office:register", args=[event.pk]), {**said, f"frage_{need.pk}": "B"})

    each = Registration.objects.get()
    assert refused.status_code == 200
    assert (each.centre, each.attends, each.answers.get().text, each.steps.get().by is None) == (
        centre, "on_site", "B", False,
    )  # fmt: skip


def test_a_second_registration_is_refused_with_a_sentence(office: Client) -> None:
    each = RegistrationFactory.create()

    said = {"name": "Erika", "email": each.email.upper()}
    page = office.post(reverse("office:register", args=[each.event_id]), said).content.decode()

    assert "schon zu dieser Veranstaltung angemeldet" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Sonne", "passt auf mehrere Familienzentren. Bitte geben Sie die Nummer ein: 1000001"),
        ("Gibtesnicht", "gibt es kein Familienzentrum"),
        ("…", "gibt es kein Familienzentrum"),
        ("Haus", "passt auf viele Familienzentren"),
    ],
)
def test_an_unclear_centre_is_asked_back(office: Client, typed: str, sentence: str) -> None:
    event = InfoEventFactory.create()
    for number in (1, 2):
        FamilyCentreFactory.create(name=f"Sonne {number}", certification_number=f"100000{number}")
    for number in range(6):
        FamilyCentreFactory.create(name=f"Haus {number}", certification_number=f"200000{number}")
    FamilyCentreFactory._meta.model.objects.refresh_search()

    said = {"name": "Erika", "email": "e@example.org", "centre": typed}
    page = office.post(reverse("office:register", args=[event.pk]), said).content.decode()

    assert sentence in page


def test_a_centre_is_found_by_its_name(office: Client) -> None:
    event, centre = InfoEventFactory.create(), FamilyCentreFactory.create(name="Villa Kunterbunt")
    type(centre).objects.refresh_search()

    said = {"name": "Erika", "email": "e@example.org", "centre": "kunterb"}
    office.post(reverse("office:register", args=[event.pk]), said)

    assert Registration.objects.get().centre == centre


def test_the_files_hold_exactly_what_is_shown_and_no_formula(office: Client) -> None:
    event = InfoEventFactory.create()
    question = Question.objects.create(event=event, position=1, text="=Frage")
    each = RegistrationFactory.create(event=event, name="=1+1")
    RegistrationAnswer.objects.create(registration=each, question=question, text="@SUM(A1)\x07")
    RegistrationFactory.create(event=event, name="Weg", state="cancelled")

    sheet = load_workbook(BytesIO(office.get(index(event, "stand=booked&datei=xlsx")).content)).active
    lines = office.get(index(event, "stand=booked&datei=csv")).content.decode("utf-8-sig").splitlines()

    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert [[cell.data_type for cell in row if cell.value] for row in rows] == [["s"] * 11, ["s"] * 9]
    assert (rows[1][0].value, rows[1][-1].value) == ("=1+1", "@SUM(A1)")
    assert len(lines) == 2
    assert lines[1].startswith("'=1+1;")


def test_five_hundred_registrations_take_no_more_queries_than_one(office: Client) -> None:
    counts = []
    for more in (1, 3, 500):
        event = InfoEventFactory.create(capacity=1000)
        Question.objects.create(event=event, position=1, text="Frage?")
        RegistrationFactory.create_batch(more, event=event, centre=FamilyCentreFactory.create())
        with CaptureQueriesContext(connection) as captured:
            office.get(index(event))
        with CaptureQueriesContext(connection) as exported:
            office.get(index(event, "datei=xlsx"))
        counts.append((len(captured), len(exported)))

    assert counts[0] == counts[1] == counts[2]
