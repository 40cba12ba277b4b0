"""The questionnaire saves by itself: what it says, and what happens when the connection or the session is gone."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Dialog, Page, expect

from certification.models import Case
from tests.browser.accessibility import violations
from tests.browser.people import press, sign_in
from tests.browser.test_portal import running_case
from tests.certification.portal_cases import deputy, lead, part_of, say
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def case(page: Page, site: str) -> Case:
    """A case whose lead has the first area open."""
    case = running_case()
    sign_in(page, site, lead(case))
    page.goto(f"{site}/portal/faelle/{case.pk}/fragebogen/1/")
    return case


def first_text(case: Case) -> str:
    return str(case.answers.get(part=part_of(case, "1.1")).text)


def test_what_is_typed_is_saved_without_pressing_anything(page: Page, site: str, case: Case) -> None:
    page.get_by_label("Ja").first.check()
    page.get_by_label("Beschreibung").first.fill("Ein Ordner im Eingang")
    page.get_by_label("Beschreibung").first.blur()

    expect(page.locator("#speicherstand")).to_contain_text("Zuletzt gespeichert am")
    expect(page.locator(".criterion").first).to_contain_text("Zählt")
    assert first_text(case) == "Ein Ordner im Eingang"

    page.get_by_label("Beschreibung").first.fill("Ein Ordner im Eingang, geprüft im Mai")
    page.get_by_label("Beschreibung").first.blur()
    page.wait_for_function("() => /geprüft/.test(document.querySelector('textarea').value)")
    press(page, "Speichern")
    expect(page.get_by_text("Gespeichert um")).to_be_visible()
    assert first_text(case) == "Ein Ordner im Eingang, geprüft im Mai"


def test_saving_by_itself_shows_a_conflict_and_leaves_it_to_her(page: Page, site: str, case: Case) -> None:
    say(case, "1.1", "no", text="Die andere Fassung", saved_by=deputy(case))

    page.get_by_label("Beschreibung").first.fill("Meine Fassung")
    page.get_by_label("Beschreibung").first.blur()
    expect(page.locator("#speicherstand")).to_contain_text("Jemand hat gleichzeitig geändert.")
    page.get_by_label("Beschreibung").last.fill("Etwas anderes")
    page.get_by_label("Beschreibung").last.blur()
    expect(page.get_by_text("Die andere Fassung").first).to_be_visible()

    assert violations(page) == []
    assert first_text(case) == "Die andere Fassung"
    page.once("dialog", lambda dialog: dialog.accept())
    press(page, "Meine Fassung gilt")
    expect(page.get_by_text("Gespeichert um")).to_be_visible()
    assert first_text(case) == "Meine Fassung"


def test_a_lost_connection_is_told_tried_again_and_warned_of(page: Page, site: str, case: Case) -> None:
    page.context.set_offline(True)
    page.get_by_label("Beschreibung").first.fill("Unterwegs geschrieben")
    page.get_by_label("Beschreibung").first.blur()
    expect(page.locator("#speicherstand")).to_contain_text("Nicht gespeichert, wird erneut versucht.")
    assert violations(page) == []

    warned: list[str] = []

    def stay(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="Alle Bereiche").click()
    assert warned == ["beforeunload"]
    page.context.set_offline(False)

    expect(page.locator("#speicherstand")).to_contain_text("Zuletzt gespeichert am")
    assert first_text(case) == "Unterwegs geschrieben"


def test_session_ends_while_she_types(page: Page, site: str, case: Case) -> None:
    address = page.url
    Session.objects.all().delete()

    page.get_by_label("Beschreibung").first.fill("Über Nacht geschrieben")
    page.get_by_label("Beschreibung").first.blur()
    expect(page.locator("#speicherstand")).to_contain_text("Ihre Anmeldung ist abgelaufen.")
    assert violations(page) == []
    page.get_by_role("link", name="Wieder anmelden").click()
    come_back(page, case)

    expect(page).to_have_url(address)
    expect(page.get_by_text("Ihre Eingaben sind wieder da")).to_be_visible()
    expect(page.get_by_label("Beschreibung").first).to_have_value("Über Nacht geschrieben")
    assert violations(page) == []
    assert not case.answers.exists()
    press(page, "Speichern")
    expect(page.get_by_text("Gespeichert um")).to_be_visible()
    assert first_text(case) == "Über Nacht geschrieben"


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_session_ends_and_no_script_runs(page: Page, site: str, case: Case) -> None:
    Session.objects.all().delete()
    page.get_by_label("Beschreibung").first.fill("Über Nacht geschrieben")
    press(page, "Speichern")
    expect(page.get_by_text("Was Sie eingegeben haben, ist aufgehoben")).to_be_visible()
    come_back(page, case)

    expect(page.get_by_label("Beschreibung").first).to_have_value("Über Nacht geschrieben")
    press(page, "Speichern")
    expect(page.get_by_text("Gespeichert um")).to_be_visible()
    assert first_text(case) == "Über Nacht geschrieben"


def come_back(page: Page, case: Case) -> None:
    page.get_by_label("E-Mail-Adresse").fill(lead(case).email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    press(page, "Anmelden")


def test_further_dates_can_be_added(page: Page, site: str, case: Case) -> None:
    half = case.round.audit_from.isoformat()
    dates = page.get_by_role("group", name="Daten der Angebote").locator("input")
    before = dates.count()

    press(page, "Weiteres Datum")
    expect(dates).to_have_count(before + 1)
    dates.last.fill(half)
    dates.last.blur()

    expect(page.locator("#speicherstand")).to_contain_text("Zuletzt gespeichert am")
    expect(page.get_by_text("1 von 2 Halbjahren")).to_be_visible()
    assert [str(day) for day in case.answers.get().offers] == [half]
