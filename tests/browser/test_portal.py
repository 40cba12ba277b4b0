"""The lead's part: with the keyboard alone, on a phone without JavaScript, and two people at once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import User
from centres.rules.kindergarten_year import KindergartenYear
from certification.models import Case
from certification.rules.moves import State
from tests.browser.accessibility import violations
from tests.browser.invitation import code_in_the_mail, invited, link_in_the_mail
from tests.browser.people import follow, press, sign_in
from tests.certification.portal_cases import case_of, deputy, lead, part_of, say
from tests.factories.evidence import pdf

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
NARROWEST = ViewportSize(width=320, height=640)
MOST_TABS = 120


def running_case(state: State = State.REGISTERED) -> Case:
    """A case whose papers are due in the coming February."""
    ending = KindergartenYear.of(timezone.localdate() + timedelta(days=200)).last_day
    return case_of(state, round__seal_end=ending)


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what has the focus is called like this."""
    focused = "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText"
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        called = " ".join(page.evaluate(focused).split())
        if called == text or called.startswith(f"{text} "):  # an optional field says so
            return
    raise AssertionError(f"Tab never reaches „{text}“ on {page.url}.")


def enter(page: Page, text: str) -> None:
    """Find it with Tab, press Enter, and wait for the page it leads to."""
    tab_to(page, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_lead_hands_in_with_the_keyboard_alone(page: Page, site: str) -> None:
    case = invited()
    page.goto(link_in_the_mail())
    sign_in_with_the_keyboard(page, lead(case))

    for way in ["Teilnahme bestätigen", "Ja, wir nehmen teil", "Fragebogen beginnen", "1 Beratung"]:
        enter(page, way)
    tab_to(page, "Ja")
    page.keyboard.press("Space")
    enter(page, "Speichern und weiter zu Bereich 5")
    hand_in_evidence_with_the_keyboard(page)
    for way in ["Zurück zum Fragebogen, Bereich 5", "Alle Bereiche", "Prüfen und einreichen"]:
        enter(page, way)
    enter(page, "Jetzt verbindlich einreichen")

    expect(page.get_by_text("Ihre Unterlagen sind eingereicht.")).to_be_visible()
    case.refresh_from_db()
    assert (case.state, case.answers.get().value) == (State.SUBMITTED, "yes")
    assert case.evidence_uses.get().evidence.title == "Kooperation"


def sign_in_with_the_keyboard(page: Page, user: User) -> None:
    enter(page, "Code per E-Mail anfordern")
    tab_to(page, "E-Mail-Adresse")
    page.keyboard.type(user.email)
    enter(page, "Code senden")
    tab_to(page, "Code aus der E-Mail")
    page.keyboard.type(code_in_the_mail())
    with page.expect_navigation():
        page.keyboard.press("Enter")


def hand_in_evidence_with_the_keyboard(page: Page) -> None:
    """From the last area to its first criterion; the file itself comes from the window of the system."""
    enter(page, "Nachweis hinzufügen zu 5.1, speichert vorher")
    with page.expect_file_chooser() as chooser:  # asked for before the way there, so that the browser knows by then
        tab_to(page, "Dateien")
        page.keyboard.press("Enter")
    chooser.value.set_files([{"name": "Brief.pdf", "mimeType": "application/pdf", "buffer": pdf()}])
    tab_to(page, "Titel")
    page.keyboard.type("Kooperation")
    tab_to(page, "Fortbildungsnachweis")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Von wann ist der Nachweis?")
    page.keyboard.type("10032025")
    enter(page, "Hochladen")
    expect(page.get_by_text("Der Nachweis ist gespeichert.")).to_be_visible()


@pytest.mark.browser_context_args(java_script_enabled=False, viewport=NARROWEST, has_touch=True)
def test_lead_hands_in_on_a_phone_without_javascript(page: Page, site: str) -> None:
    case = invited()
    page.goto(link_in_the_mail())
    follow(page, "Code per E-Mail anfordern")
    page.get_by_label("E-Mail-Adresse").fill(lead(case).email)
    press(page, "Code senden")
    expect(page.get_by_label("Code aus der E-Mail")).to_be_visible()
    page.get_by_label("Code aus der E-Mail").fill(code_in_the_mail())
    press(page, "Anmelden")
    follow(page, "Teilnahme bestätigen")
    press(page, "Ja, wir nehmen teil")
    follow(page, "Fragebogen beginnen")
    follow(page, "1 Beratung")
    page.get_by_label("Ja").first.check()
    press(page, "Nachweis hinzufügen zu 1.1")
    page.get_by_label("Dateien").set_input_files([{"name": "S.pdf", "mimeType": "application/pdf", "buffer": pdf()}])
    page.get_by_label("Konzept").check()
    page.get_by_label("Von wann ist der Nachweis?").fill("2025-03-10")
    press(page, "Hochladen")
    expect(page.get_by_text("Der Nachweis ist gespeichert.")).to_be_visible()
    follow(page, "Zurück zum Fragebogen, Bereich 1")
    follow(page, "Alle Bereiche")
    follow(page, "Prüfen und einreichen")
    press(page, "Jetzt verbindlich einreichen")

    expect(page.get_by_text("Ihre Unterlagen sind eingereicht.")).to_be_visible()
    case.refresh_from_db()
    assert (case.state, case.answers.get().value, case.evidence_uses.count()) == (State.SUBMITTED, "yes", 1)


@pytest.mark.browser_context_args(java_script_enabled=False, viewport=NARROWEST, has_touch=True)
def test_lead_fills_in_on_a_phone_without_javascript(page: Page, site: str) -> None:
    case = running_case()
    sign_in(page, site, lead(case))
    follow(page, "Fragebogen beginnen")
    follow(page, "1 Beratung")

    page.get_by_label("Ja").first.check()
    page.get_by_label("Anzahl im 1. Halbjahr").fill("zwei")
    press(page, "Speichern")

    expect(page.get_by_role("alert")).to_contain_text("Bitte geben Sie bei 1.3 eine ganze Zahl von 0 bis 999 ein")
    expect(page.get_by_label("Anzahl im 1. Halbjahr")).to_have_value("zwei")
    assert list(case.answers.values_list("part__code", "value")) == [("1.1", "yes")]


def test_two_people_at_once_see_each_other(page: Page, site: str) -> None:
    case = running_case()
    other = deputy(case)
    sign_in(page, site, lead(case))
    page.goto(f"{site}/portal/faelle/{case.pk}/fragebogen/1/")
    say(case, "1.1", "no", text="Die andere Fassung", saved_by=other, saved_at=timezone.now())

    page.get_by_label("Beschreibung").first.fill("Meine Fassung")
    press(page, "Speichern")

    expect(page.get_by_role("heading", name="Jemand hat gleichzeitig geändert")).to_be_visible()
    expect(page.get_by_label("Beschreibung").first).to_have_value("Meine Fassung")
    expect(page.get_by_text("Die andere Fassung")).to_be_visible()
    assert violations(page) == []
    press(page, "Speichern")
    expect(page.get_by_text("Gespeichert um")).to_be_visible()
    assert case.answers.get(part=part_of(case, "1.1")).text == "Meine Fassung"
