"""The service office in a real browser: plan an event, publish it, invite, register by phone, write to a group.

Every page on the way is looked at with axe.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from events import inviting, mailings
from events.models import InfoEvent, Invitation, Mailing
from tests.browser.accessibility import violations
from tests.browser.people import sign_in
from tests.events.office import concerned
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def test_plan_publish_invite_register_and_write(page: Page, site: str) -> None:
    seen: list[str] = []
    concerned(2)
    sign_in(page, site, UserFactory.create(service_office=True))

    plan(page, site, seen)
    keep_programme(page, seen)
    invite(page, seen)
    register_by_phone(page, seen)
    write_to_all(page, seen)

    assert Mailing.objects.get().recipients.count() == 1
    assert seen == []


def plan(page: Page, site: str, seen: list[str]) -> None:
    """Two answers are enough."""
    page.goto(f"{site}{reverse('office:home')}")
    follow(page, "Veranstaltung planen")
    seen += violations(page)
    page.get_by_label("Titel").fill("Re-Zertifizierung 2027")
    page.get_by_label("Tag", exact=False).first.fill(f"{timezone.localdate() + timedelta(days=40):%Y-%m-%d}")
    press(page, "Entwurf speichern")
    seen += violations(page)
    follow(page, "Veröffentlichen")
    press(page, "Veröffentlichen")
    expect(page.get_by_text("Die Veranstaltung ist veröffentlicht.")).to_be_visible()


def keep_programme(page: Page, seen: list[str]) -> None:
    follow(page, "Programm bearbeiten")
    seen += violations(page)
    page.get_by_label("Beitrag").first.fill("Begrüßung")
    press(page, "Speichern")
    expect(page.get_by_text("Begrüßung")).to_be_visible()
    follow(page, "Fragen bearbeiten")
    seen += violations(page)
    page.go_back()
    follow(page, "Weiterer Termin in dieser Reihe")
    seen += violations(page)
    page.go_back()


def invite(page: Page, seen: list[str]) -> None:
    follow(page, "Einladen")
    press(page, "Zahlen zeigen")
    seen += violations(page)
    press(page, "2 Personen jetzt einladen")
    expect(page.get_by_text("2 Personen sind eingeladen, 2 davon haben noch nicht geantwortet.")).to_be_visible()
    inviting.write_letters(now=timezone.now)
    assert Invitation.objects.exclude(written_at=None).count() == 2
    follow(page, "Einmal erinnern: 2 ohne Antwort")
    seen += violations(page)
    page.go_back()


def register_by_phone(page: Page, seen: list[str]) -> None:
    follow(page, "Anmeldungen")
    seen += violations(page)
    follow(page, "Jemanden anmelden")
    seen += violations(page)
    page.get_by_label("Name", exact=False).first.fill("Erika Muster")
    page.get_by_label("E-Mail-Adresse").fill("erika@example.org")
    press(page, "Anmelden")
    expect(page.get_by_text("Erika Muster: angemeldet.")).to_be_visible()
    seen += violations(page)
    follow(page, "Anmeldungen")
    seen += violations(page)


def write_to_all(page: Page, seen: list[str]) -> None:
    follow(page, "Rundbriefe")
    seen += violations(page)
    follow(page, "Rundbrief schreiben")
    seen += violations(page)
    page.get_by_label("alle mit Platz").check()
    page.get_by_label("Betreff").fill("Unterlagen")
    page.get_by_label("Text", exact=False).fill("Die Unterlagen für {Name} stehen bereit.")
    press(page, "Speichern und ansehen")
    expect(page.get_by_text("Die Unterlagen für Erika Muster stehen bereit.")).to_be_visible()
    seen += violations(page)
    press(page, "An 1 Person versenden")
    mailings.write_letters(now=timezone.now)
    page.reload()
    seen += violations(page)
    assert InfoEvent.objects.get().mailings.get().state == "released"
