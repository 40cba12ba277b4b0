"""The whole way of a lead on a phone, by touch, from the mail that invites her to the receipt.

On the way her session ends, the line breaks while she uploads, and somebody else writes at the same time.

With `PORTAL_PICTURES=1` it draws the first pictures of docs/portal.md anew.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from certification import receipts
from certification.models import Case, Receipt
from certification.rules.moves import State
from tests.browser.accessibility import violations
from tests.browser.invitation import code_in_the_mail, invited, link_in_the_mail
from tests.browser.pictures import PHONE, draw
from tests.certification.portal_cases import deputy, lead, part_of, say
from tests.factories.accounts import PASSWORD
from tests.factories.evidence import pdf

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def look(page: Page, site: str) -> Callable[[str], None]:
    """Look at the page with axe, measure its width, and draw its picture where pictures are asked for."""

    def look(name: str) -> None:
        assert violations(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url
        draw(page, name)

    return look


def tap(page: Page, role: str, name: str) -> None:
    """What leads to another page."""
    with page.expect_navigation():
        page.get_by_role(role, name=name).first.tap()


@pytest.mark.browser_context_args(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=1)
def test_whole_way_on_a_phone(page: Page, site: str, look: Callable[[str], None]) -> None:
    case = invited()
    page.goto(link_in_the_mail())
    come_with_a_code(page, case)
    tap(page, "link", "Mein Familienzentrum")
    look("1-start")
    tap(page, "link", "Teilnahme bestätigen")
    tap(page, "button", "Ja, wir nehmen teil")
    tap(page, "link", "Fragebogen beginnen")
    look("2-fragebogen")
    tap(page, "link", "1 Beratung")
    look("3-bereich")

    answer(page, look)
    line_breaks(page, look)
    session_ends(page, case, look)
    somebody_else(page, case, look)
    hand_in(page, case, look)

    case.refresh_from_db()
    assert (case.state, case.answers.count(), case.evidence_uses.count()) == (State.SUBMITTED, 3, 1)


def come_with_a_code(page: Page, case: Case) -> None:
    tap(page, "link", "Code per E-Mail anfordern")
    page.get_by_label("E-Mail-Adresse").fill(lead(case).email)
    tap(page, "button", "Code senden")
    page.get_by_label("Code aus der E-Mail").fill(code_in_the_mail())
    tap(page, "button", "Anmelden")
    expect(page).to_have_url(re.compile(f"/portal/faelle/{case.pk}/$"))


def answer(page: Page, look: Callable[[str], None]) -> None:
    page.get_by_label("Ja").first.tap()
    page.get_by_label("Anzahl im 1. Halbjahr").fill("viele")
    page.get_by_label("Anzahl im 1. Halbjahr").blur()
    expect(page.locator("#speicherstand")).to_contain_text("Noch nicht alles ist gespeichert.")
    page.get_by_text("Bitte geben Sie bei 1.3").scroll_into_view_if_needed()
    look("4-fehler")
    page.get_by_label("Anzahl im 1. Halbjahr").fill("2")
    page.get_by_label("Anzahl im 1. Halbjahr").blur()
    expect(page.locator("#speicherstand")).to_contain_text("Zuletzt gespeichert")


def line_breaks(page: Page, look: Callable[[str], None]) -> None:
    tap(page, "button", "Nachweis hinzufügen zu 1.1")
    page.get_by_label("Dateien").set_input_files(
        [{"name": "Brief.pdf", "mimeType": "application/pdf", "buffer": pdf()}]
    )
    page.get_by_label("Titel").fill("Kooperation")
    page.get_by_label("Konzept").check()
    page.get_by_label("Von wann ist der Nachweis?").fill("2025-03-10")
    page.context.set_offline(True)
    page.get_by_role("button", name="Hochladen").tap()
    expect(page.get_by_text("Die Übertragung ist abgebrochen")).to_be_visible()
    look("5-abgebrochen")
    page.context.set_offline(False)
    page.get_by_role("button", name="Hochladen").tap()
    expect(page.get_by_text("Der Nachweis ist gespeichert.")).to_be_visible()
    look("6-nachweis")
    tap(page, "link", "Zurück zum Fragebogen, Bereich 1")


def session_ends(page: Page, case: Case, look: Callable[[str], None]) -> None:
    Session.objects.all().delete()
    page.get_by_label("Beschreibung").first.fill("Ein Ordner im Eingang")
    page.get_by_label("Beschreibung").first.blur()
    expect(page.locator("#speicherstand")).to_contain_text("Ihre Anmeldung ist abgelaufen.")
    look("7-abgelaufen")
    tap(page, "link", "Wieder anmelden")
    page.get_by_label("E-Mail-Adresse").fill(lead(case).email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    tap(page, "button", "Anmelden")
    expect(page.get_by_label("Beschreibung").first).to_have_value("Ein Ordner im Eingang")
    look("8-wieder-da")
    tap(page, "button", "Speichern, Kriterium 1.1")
    expect(page.get_by_text("Gespeichert um")).to_be_visible()


def somebody_else(page: Page, case: Case, look: Callable[[str], None]) -> None:
    say(case, "1.2", "no", text="Noch nicht", saved_by=deputy(case), saved_at=timezone.now())
    part = f"teil{part_of(case, '1.2').pk}"
    page.locator(f"input[name={part}-value][value=yes]").tap()
    expect(page.locator(f"#{part}-lage")).to_contain_text("Noch nicht")
    page.locator(f"#{part}-lage").scroll_into_view_if_needed()
    look("9-gleichzeitig")
    tap(page, "button", "Meine Fassung gilt")
    expect(page.get_by_text("Gespeichert um")).to_be_visible()


def hand_in(page: Page, case: Case, look: Callable[[str], None]) -> None:
    tap(page, "link", "Alle Bereiche")
    tap(page, "link", "Prüfen und einreichen")
    look("10-einreichen")
    tap(page, "button", "Jetzt verbindlich einreichen")
    expect(page.get_by_text("Ihre Unterlagen sind eingereicht.")).to_be_visible()
    receipts.print_once(Receipt.objects.get(step__case=case), at=timezone.now())
    page.reload()
    look("11-quittung")
    with page.expect_download() as download:
        page.get_by_role("link", name="Quittung herunterladen").tap()
    assert Path(download.value.path()).read_bytes() == receipts.read(Receipt.objects.get())
