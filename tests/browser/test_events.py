"""An event on a phone: register, fill it up, sign off, move up."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from events import letters
from events.models import EventKind, InfoEvent, Registration
from events.rules.bookings import Booking
from tests.browser.accessibility import violations
from tests.browser.people import follow, press
from tests.factories.events import InfoEventFactory

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser_context_args(viewport=ViewportSize(width=390, height=844)),
]


def open_event() -> InfoEvent:
    """One seat, in three weeks."""
    begins = timezone.now() + timedelta(days=21)
    return InfoEventFactory.create(title="Fachtag", kind=EventKind.OPEN, starts_at=begins, capacity=1)


def register(page: Page, site: str, event: InfoEvent, name: str, button: str) -> Registration:
    page.goto(f"{site}/veranstaltungen/")
    follow(page, "Fachtag")
    follow(page, "Zur Veranstaltung anmelden")
    page.get_by_label("Ihr Name").fill(name)
    page.get_by_label("Ihre E-Mail-Adresse").fill(f"{name.lower()}@example.org")
    press(page, button)
    expect(page.get_by_role("heading", name="Ihre Anmeldung ist eingegangen")).to_be_visible()
    return Registration.objects.get(event=event, name=name)


def confirm(page: Page, registration: Registration) -> None:
    """By the link in the letter to the address that was typed."""
    page.goto(letters.confirm_url(registration))
    assert violations(page) == []
    press(page, "Anmeldung bestätigen")
    expect(page.get_by_text("Sie sind angemeldet.").first).to_be_visible()


def test_guests_register_fill_the_event_sign_off_and_move_up(page: Page, site: str) -> None:
    event = open_event()
    first = register(page, site, event, "Anna", "Verbindlich anmelden")
    confirm(page, first)
    second = register(page, site, event, "Bernd", "Auf die Warteliste setzen")

    page.goto(letters.manage_url(second))
    expect(page.get_by_text("Sie sind an 1. Stelle")).to_be_visible()
    assert violations(page) == []
    page.goto(letters.manage_url(first))
    follow(page, "Absagen")
    press(page, "Jetzt abmelden")
    expect(page.get_by_text("Danke, dass Sie Bescheid gesagt haben.")).to_be_visible()

    page.goto(letters.manage_url(second))
    follow(page, "Platz annehmen")
    press(page, "Platz annehmen")
    expect(page.get_by_text("Die Bestätigung mit dem Termin ist per E-Mail unterwegs.")).to_be_visible()
    expect(page.get_by_role("link", name="Zur Videokonferenz")).to_be_visible()
    states = dict(Registration.objects.values_list("name", "state"))
    assert states == {"Anna": Booking.CANCELLED, "Bernd": Booking.BOOKED}
