"""Ticking people off on a phone, at two doors at once, and what comes of it. Every page on the way goes by axe."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from events import attendance, letters, participants, proofs
from events.models import InfoEvent, Proof
from tests.browser.accessibility import violations
from tests.browser.people import come_in, follow, press
from tests.factories.accounts import UserFactory
from tests.factories.attendance import ParticipantFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True),
]
ZOOM = Path(__file__).resolve().parents[1] / "rules" / "participants" / "zoom.csv"


@pytest.fixture
def event() -> InfoEvent:
    """It has begun an hour ago."""
    event = InfoEventFactory.create(starts_at=timezone.now() - timedelta(hours=1))
    for name in ("Anna Schmidt", "Jörg Müller-Lüdenscheid", "Ayşe Yılmaz"):
        RegistrationFactory.create(event=event, name=name)
    return event


def door(site: str, event: InfoEvent) -> str:
    return f"{site}{reverse('office:attendance', args=[event.pk])}"


def row(page: Page, name: str) -> Locator:
    return page.locator(".door__row").filter(has_text=name)


def tap(page: Page, name: str) -> None:
    """The one button of this person."""
    row(page, name).get_by_role("button").tap()


def test_two_phones_at_two_doors(page: Page, site: str, event: InfoEvent, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True) as context:
        other = context.new_page()
        for each in (page, other):
            come_in(each, site, UserFactory.create(service_office=True))
            each.goto(door(site, event))
        assert violations(page) == []

        tap(page, "Anna Schmidt")
        tap(other, "Ayşe Yılmaz")

        for each in (page, other):  # each hears of the other's tick by itself
            expect(each.locator("#zaehler")).to_have_text("2 da, 3 mit Platz")
            expect(each.get_by_role("button", name="Zurücknehmen")).to_have_count(2)
        tap(page, "Ayşe Yılmaz")
        expect(other.locator("#zaehler")).to_have_text("1 da, 3 mit Platz")
    assert violations(page) == []
    assert event.registrations.filter(attended=True).count() == 1


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, java_script_enabled=False)
def test_without_scripts_a_tick_works_and_the_buttons_are_large(page: Page, site: str, event: InfoEvent) -> None:
    come_in(page, site, UserFactory.create(service_office=True))
    page.goto(door(site, event))

    page.get_by_label("Name oder Familienzentrum").fill("Ayşe")
    press(page, "Suchen")
    button = page.get_by_role("button", name="Ist da")
    box = button.bounding_box()
    assert box
    assert box["height"] >= 48
    assert box["width"] >= 300
    button.click()

    expect(page.locator("#zaehler")).to_have_text("1 da, 3 mit Platz")
    expect(page.get_by_role("button", name="Zurücknehmen")).to_have_count(1)


def test_from_the_door_to_the_proof(page: Page, site: str, event: InfoEvent) -> None:
    seen: list[str] = []
    come_in(page, site, UserFactory.create(service_office=True))
    page.goto(door(site, event))
    tap(page, "Anna Schmidt")
    expect(page.locator("#zaehler")).to_have_text("1 da, 3 mit Platz")

    follow(page, "Ohne Anmeldung gekommen")
    seen += violations(page)
    page.get_by_label("Name", exact=True).fill("Berta Kunz")
    press(page, "Als anwesend eintragen")
    read_the_list(page, seen)
    conclude(page, seen)

    for proof in Proof.objects.all():
        proofs.issue(proof, at=timezone.now())
    assert Proof.objects.count() == 3
    page.reload()
    seen += violations(page)
    take_home(page, seen)
    assert seen == []


def read_the_list(page: Page, seen: list[str]) -> None:
    follow(page, "Liste des Videosystems")
    page.get_by_label("Teilnehmerliste").set_input_files(ZOOM)
    seen += violations(page)
    press(page, "Einlesen und ansehen")
    expect(page.get_by_role("heading", name="Sicher erkannt (1)")).to_be_visible()
    expect(page.get_by_role("heading", name="Bitte entscheiden (1)")).to_be_visible()
    seen += violations(page)
    press(page, "Sichere und entschiedene übernehmen")
    expect(page.get_by_text("Übernommen: 1 Person.")).to_be_visible()
    seen += violations(page)
    page.get_by_role("link", name="Anwesenheit").first.click()


def conclude(page: Page, seen: list[str]) -> None:
    follow(page, "Teilnahme abschließen")
    seen += violations(page)
    press(page, "Teilnahme abschließen")
    expect(page.get_by_text("Die Teilnahme ist abgeschlossen.", exact=True)).to_be_visible()
    row(page, "Jörg").get_by_role("link", name="Berichtigen").click()
    seen += violations(page)
    page.go_back()


def take_home(page: Page, seen: list[str]) -> None:
    """As the person does, by the link in the letter."""
    anna = Proof.objects.get(facts__name="Anna Schmidt").registration
    page.context.clear_cookies()
    page.goto(letters.manage_url(anna))
    seen += violations(page)
    with page.expect_download() as download:
        follow(page, "Bescheinigung herunterladen")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-1.7")


def test_a_page_of_each_state(page: Page, site: str, event: InfoEvent) -> None:
    office = UserFactory.create(service_office=True)
    come_in(page, site, office)
    early = InfoEventFactory.create(starts_at=timezone.now() + timedelta(days=9))
    attendance.conclude(event, by=office, at=timezone.now())
    file = participants.add(
        event, name="zoom.csv", content=ZOOM.read_bytes(), least=200, by=office, at=timezone.now()
    )
    undecided = ParticipantFactory.create(file=file, minutes=file.least)
    seen: list[str] = []

    for name, numbers in {
        "attendance": [early.pk],
        "participant_files": [early.pk],
        "participant_file": [event.pk, file.pk],
        "participant": [event.pk, file.pk, undecided.pk],
        "participant_file_discard": [event.pk, file.pk],
        "walk_in": [event.pk],
        "registration": [event.pk, event.registrations.latest("pk").pk],
    }.items():
        page.goto(f"{site}{reverse(f'office:{name}', args=numbers)}")
        seen += violations(page)

    assert seen == []
