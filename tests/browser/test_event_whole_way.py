"""An event from its plan to what came of it: the service office at a desk, invited people on a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from events import inviting, letters, proofs
from events.models import InfoEvent, Invitation, Proof, Registration
from events.rules.bookings import Booking
from tests.browser.accessibility import violations
from tests.browser.people import follow, press, sign_in
from tests.events.office import concerned
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    with browser.new_context(locale="de-DE", viewport={"width": 390, "height": 844}, has_touch=True) as context:
        page = context.new_page()
        page.set_default_timeout(30_000)
        yield page


@contextmanager
def no_flaw(page: Page) -> Iterator[None]:
    yield
    assert violations(page) == []


def test_the_whole_way_of_an_event(page: Page, phone: Page, site: str) -> None:
    concerned(2)
    office = UserFactory.create(service_office=True)
    sign_in(page, site, office)

    event = plan(page, site)
    first, second = invite(page, event)
    fill_up(phone, first, second)
    move_up(phone, first, second)
    sign_in(phone, site, office)
    hold_and_tick(phone, site, event)
    take_proof(phone, second)

    states = dict(Registration.objects.values_list("email", "state"))
    assert states == {first.email: Booking.CANCELLED, second.email: Booking.BOOKED}
    assert InfoEvent.objects.get().state == "held"


def plan(page: Page, site: str) -> InfoEvent:
    """One seat, to be filled up soon."""
    page.goto(f"{site}{reverse('office:create')}")
    page.get_by_label("Titel").fill("Re-Zertifizierung 2027")
    page.get_by_label("Tag", exact=True).fill(f"{timezone.localdate() + timedelta(days=30):%Y-%m-%d}")
    page.get_by_label("Plätze insgesamt").fill("1")
    press(page, "Entwurf speichern")
    follow(page, "Veröffentlichen")
    press(page, "Veröffentlichen")
    expect(page.get_by_text("Die Veranstaltung ist veröffentlicht.")).to_be_visible()
    return InfoEvent.objects.get()


def invite(page: Page, event: InfoEvent) -> list[Invitation]:
    page.get_by_role("navigation", name="Seiten dieser Veranstaltung").get_by_role("link", name="Einladen").click()
    press(page, "Zahlen zeigen")
    press(page, "2 Personen jetzt einladen")
    expect(page.get_by_text("2 Personen sind eingeladen, 2 davon haben noch nicht geantwortet.")).to_be_visible()
    inviting.write_letters(now=timezone.now)
    return list(event.invitations.order_by("pk"))


def fill_up(phone: Page, *invited: Invitation) -> None:
    for each, button in zip(invited, ("Verbindlich anmelden", "Auf die Warteliste setzen"), strict=True):
        with no_flaw(phone):
            phone.goto(letters.invitation_url(each))
        phone.get_by_label("Ihr Name").fill("Nora Neumann")
        press(phone, button)
        expect(phone.get_by_role("heading", name="Ihre Anmeldung")).to_be_visible()
    expect(phone.get_by_text("Sie sind an 1. Stelle")).to_be_visible()


def move_up(phone: Page, first: Invitation, second: Invitation) -> None:
    phone.goto(letters.manage_url(Registration.objects.get(email=first.email)))
    follow(phone, "Absagen")
    press(phone, "Jetzt abmelden")
    expect(phone.get_by_text("Sie sind abgemeldet.").first).to_be_visible()
    phone.goto(letters.manage_url(Registration.objects.get(email=second.email)))
    follow(phone, "Platz annehmen")
    with no_flaw(phone):
        press(phone, "Platz annehmen")
        expect(phone.get_by_text("Sie sind angemeldet.").first).to_be_visible()


def hold_and_tick(phone: Page, site: str, event: InfoEvent) -> None:
    """A month later, at the door with a phone."""
    begun = timezone.now() - timedelta(hours=3)
    InfoEvent.objects.filter(pk=event.pk).update(
        starts_at=begun, ends_at=begun + timedelta(hours=2), registration_from=begun, registration_until=begun
    )
    with no_flaw(phone):
        phone.goto(f"{site}{reverse('office:attendance', args=[event.pk])}")
    press(phone, "Ist da")
    expect(phone.get_by_role("button", name="Zurücknehmen")).to_be_visible()
    follow(phone, "Teilnahme abschließen")
    with no_flaw(phone):
        phone.locator("main form button.kern-btn--primary").click()
        expect(phone.get_by_text("Die Teilnahme ist abgeschlossen.").first).to_be_visible()


def take_proof(phone: Page, came: Invitation) -> None:
    """The worker has printed it."""
    for proof in Proof.objects.unissued():
        proofs.issue(proof, at=timezone.now())
    with no_flaw(phone):
        phone.goto(letters.manage_url(Registration.objects.get(email=came.email)))
    link = phone.get_by_role("link", name="Bescheinigung herunterladen").get_attribute("href")
    assert phone.request.get(f"{phone.url.partition('/veranstaltungen/')[0]}{link}").body().startswith(b"%PDF")
