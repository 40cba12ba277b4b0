"""Figures of an event and of a year, who did not come, and the files of them."""

from collections.abc import Iterable
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from events import figures
from events.attendance import CONCLUDED
from events.models import EventStep, FeedbackAnswer, FeedbackQuestion, FeedbackSheet, InfoEvent
from tests.events.office import invited
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
THERE = {"attended": True, "attendance_at": start(18)}
QUERIES_OF_YEAR = 11
QUERIES_OF_EVENT = 17
AWAY = {"attended": False, "attendance_at": start(18)}


@pytest.fixture(autouse=True)
def _at() -> object:
    with time_machine.travel(start(25), tick=False):
        yield


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(UserFactory.create(service_office=True))
    return client


def busy(**fields: object) -> InfoEvent:
    """Three invited, of whom two have answered; four seats: two came, one did not, of one nothing is known."""
    event, centre = InfoEventFactory.create(state="held", **fields), FamilyCentreFactory.create()
    invited(event, "Kommt@example.org", centre)
    invited(event, "sagt-ab@example.org", centre)
    invited(event, "schweigt@example.org", centre)
    RegistrationFactory.create(event=event, centre=centre, email="kommt@example.org", **THERE)
    RegistrationFactory.create(event=event, centre=centre, **THERE)
    RegistrationFactory.create(event=event, centre=centre, name="=2+5 Fehlt", **AWAY)
    RegistrationFactory.create(event=event, centre=None)
    RegistrationFactory.create(event=event, centre=centre, email="sagt-ab@example.org", state="cancelled")
    RegistrationFactory.create(event=event, centre=centre, state="waiting", waiting_since=start(1))
    concluded(event)
    return event


def concluded(event: InfoEvent) -> None:
    EventStep.objects.create(event=event, act=CONCLUDED, old="held", new="held", at=start(19))


def rated(event: InfoEvent, scores: Iterable[int]) -> None:
    question = FeedbackQuestion.objects.create(event=event, position=1, text="=Gut?", scale=True)
    for score in scores:
        sheet = FeedbackSheet.objects.create(event=event)
        FeedbackAnswer.objects.create(sheet=sheet, question=question, score=score)


def rows(answer: object) -> list[tuple[object, ...]]:
    sheet = load_workbook(BytesIO(answer.content)).active  # type: ignore[attr-defined]
    assert sheet
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    return list(sheet.iter_rows(values_only=True))


def test_everything_is_counted_once() -> None:
    counted = figures.of_event(busy())

    assert counted == figures.Figures(
        invited=3, answered=2, registered=4, waiting=1, cancelled=1, present=2, missed=1, settled=2
    )
    assert counted.rate == "67 %"


def test_a_year_is_counted_by_event_kind_and_youth_office_and_in_all() -> None:
    first, second = busy(kind="initial"), busy(kind="renewal")
    busy(starts_at=start(18).replace(year=2025), title="Im Vorjahr")
    InfoEventFactory.create(state="draft")
    rated(first, [5, 5, 4, 4, 4])
    rated(second, [1, 1])

    seen = figures.of_year(2026)

    assert [row.about for row in seen.events] == [first, second]
    assert [(row.about, row.figures.present, row.mean) for row in seen.kinds] == [
        ("Erst-Zertifizierung", 2, "4,4"), ("Re-Zertifizierung", 2, "–"),
    ]  # fmt: skip
    assert sum(row.figures.invited for row in seen.offices) == seen.total.figures.invited == 6
    assert seen.offices[-1].about == "ohne Familienzentrum"
    assert seen.total.mean == "4,4"
    assert [day.year for day in figures.years()] == [2026, 2025]


@pytest.mark.parametrize(
    ("is_concluded", "rate", "sentence"),
    [(False, "–", "Wer fehlte, steht hier, sobald die"), (True, "100 %", "Alle, die einen Platz hatten, waren da.")],
)
def test_before_the_conclusion_nobody_is_said_to_be_missing_or_all_to_be_there(
    office: Client, is_concluded: bool, rate: str, sentence: str
) -> None:
    event = InfoEventFactory.create(state="held")
    RegistrationFactory.create(event=event, **THERE)
    if is_concluded:
        concluded(event)
    else:
        RegistrationFactory.create(event=event)

    assert figures.of_event(event).rate == rate
    assert figures.of_year(2026).total.figures.rate == rate
    assert sentence in office.get(reverse("office:evaluation", args=[event.pk])).content.decode()


def test_a_year_without_events_has_no_figures() -> None:
    assert figures.of_year(2020).total.cells == [0] * 8 + ["–", "–"]


def test_the_page_of_a_year_shows_the_latest_and_only_years_there_are(office: Client) -> None:
    page = reverse("office:year")
    assert "Noch keine Zahlen" in office.get(page).content.decode()
    busy(title="Herbsttermin")

    assert "Herbsttermin" in office.get(page).content.decode()
    assert [office.get(page, {"jahr": year}).status_code for year in ("2026", "2019", "x")] == [200, 404, 404]


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_of_a_year_costs_the_same_for_one_event_and_for_three(office: Client, many: int) -> None:
    for _ in range(many):
        rated(busy(), [5, 4, 3, 2, 1])

    with CaptureQueriesContext(connection) as captured:
        office.get(reverse("office:year"))

    assert len(captured) == QUERIES_OF_YEAR


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_of_an_event_costs_the_same_for_one_missing_and_for_three(office: Client, many: int) -> None:
    event = busy()
    rated(event, [5, 4, 3, 2, 1])
    for _ in range(many - 1):
        RegistrationFactory.create(event=event, **AWAY)

    with CaptureQueriesContext(connection) as captured:
        office.get(reverse("office:evaluation", args=[event.pk]))

    assert len(captured) == QUERIES_OF_EVENT


def test_who_did_not_come_is_listed_and_nobody_else(office: Client) -> None:
    event = busy()

    missed = office.get(reverse("office:evaluation", args=[event.pk])).context["missed"]

    assert [each.name for each in missed] == ["=2+5 Fehlt"]


def test_files_hold_what_the_pages_show_and_never_a_formula(office: Client) -> None:
    event = busy(title="=1+1")
    rated(event, [5, 5, 4, 4, 4])
    asked = FeedbackQuestion.objects.create(event=event, position=2, text="Was fehlte?", scale=False)
    FeedbackAnswer.objects.create(sheet=FeedbackSheet.objects.all()[0], question=asked, text="=Pausen")
    page = reverse("office:evaluation", args=[event.pk])

    missed, numbers, said, year = (
        rows(office.get(address))
        for address in (
            f"{page}?datei=nicht-erschienen",
            f"{page}?datei=kennzahlen",
            f"{page}?datei=rueckmeldungen",
            f"{reverse('office:year')}?datei=xlsx",
        )
    )

    assert [row[0] for row in missed] == ["Name", "=2+5 Fehlt"]
    assert numbers[1][1:] == (3, 2, 4, 1, 1, 0, 2, 1, "67 %", "4,4")
    assert said[1] == ("=Gut?", 0, 0, 0, 3, 2, 5, "4,4", None)
    assert (said[0][-1], said[2][0], said[2][-1]) == ("In eigenen Worten", "Was fehlte?", "=Pausen")
    assert [row[0] for row in year] == ["Was", "Veranstaltung", "Art", "Jugendamt", "Jugendamt", "Jahr"]


def test_what_is_not_there_is_not_found(office: Client) -> None:
    event = busy()
    rated(event, [5, 4])
    page = reverse("office:evaluation", args=[event.pk])

    assert [office.get(page, {"datei": kind}).status_code for kind in ("rueckmeldungen", "quatsch")] == [404, 404]


def test_before_anything_has_happened_the_page_says_what_will(office: Client) -> None:
    event = InfoEventFactory.create()

    seen = office.get(reverse("office:evaluation", args=[event.pk])).content.decode()

    assert "sobald festgehalten ist, wer da war" in seen
    assert "dann geht kein Brief hinaus" in seen
