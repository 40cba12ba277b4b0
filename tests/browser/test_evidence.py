"""Uploading with a phone: with the camera's file, without JavaScript, and with a line that breaks."""

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from certification.models import Case, Criterion, Evidence
from tests.browser.accessibility import violations
from tests.browser.people import press, sign_in
from tests.browser.test_portal import running_case
from tests.certification.portal_cases import lead
from tests.factories.evidence import pdf, picture

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
PHONE = ViewportSize(width=320, height=640)


def file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def address(site: str, case: Case) -> str:
    criterion = Criterion.objects.get(area__edition=case.round.edition, code="1.1")
    return f"{site}/portal/faelle/{case.pk}/nachweise/{criterion.pk}/"


def fill_in(page: Page, *files: Any) -> None:
    page.get_by_label("Dateien").set_input_files(list(files))
    page.get_by_label("Titel").fill("Erstberatung")
    page.get_by_label("Fortbildungsnachweis").check()
    page.get_by_label("Von wann ist der Nachweis?").fill("2025-03-10")


@pytest.mark.browser_context_args(viewport=PHONE, has_touch=True)
def test_a_broken_line_loses_nothing(page: Page, site: str) -> None:
    case = running_case()
    sign_in(page, site, lead(case))
    page.goto(address(site, case))
    fill_in(page, file("Schein.pdf", pdf()))

    page.context.set_offline(True)
    press(page, "Hochladen")
    expect(page.get_by_text("Die Übertragung ist abgebrochen")).to_be_visible()
    expect(page.get_by_label("Titel")).to_have_value("Erstberatung")
    assert violations(page) == []
    page.context.set_offline(False)
    press(page, "Hochladen")

    expect(page.get_by_text("Der Nachweis ist gespeichert.")).to_be_visible()
    assert Evidence.objects.get().title == "Erstberatung"


@pytest.mark.browser_context_args(viewport=PHONE, has_touch=True)
@pytest.mark.parametrize("scripts", [True, False])
def test_a_bad_file_among_good_ones_is_named(page: Page, site: str, scripts: bool) -> None:
    case = running_case()
    sign_in(page, site, lead(case))
    if not scripts:
        page.route("**/*.js", lambda route: route.abort())
    page.goto(address(site, case))
    fill_in(page, file("Foto.jpg", picture()), file("Kaputt.pdf", b"%PDF-1.7 kaputt"))
    page.get_by_label("Oder gleich fotografieren").set_input_files([file("IMG.jpg", picture(size=(80, 50)))])

    press(page, "Hochladen")

    expect(page.get_by_text("2 Dateien sind gespeichert")).to_be_visible()
    expect(page.get_by_role("link", name="„Kaputt.pdf“ lässt sich nicht öffnen")).to_be_visible()
    expect(page.get_by_label("Titel")).to_have_value("Erstberatung")
    assert violations(page) == []
    press(page, "Speichern")
    expect(page.get_by_text("2 Nachweise sind gespeichert.")).to_be_visible()
