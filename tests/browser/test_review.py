"""The review in a real browser: by keyboard alone, with evidence beside the criterion, and two auditors at once."""

import re
from datetime import date, timedelta
from itertools import count

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from certification import workflow
from certification.models import Case, Evidence, Finding, Part, Quote
from certification.rules.moves import State
from certification.rules.working_days import WorkCalendar
from tests.browser.accessibility import violations
from tests.browser.people import sign_in, staff
from tests.certification.moves import AT, case_in, person_for
from tests.factories.evidence import EvidenceFactory, EvidenceUseFactory, pdf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> dict[str, User]:
    cache.clear()
    return staff()


def handed_in(state: State = State.SUBMITTED) -> Case:
    """A case with a PDF of two pages at its one criterion."""
    case = case_in(state)
    Case.objects.filter(pk=case.pk).update(submitted_at=AT)
    piece: Evidence = EvidenceFactory.create(centre=case.centre, title="Flyer", content=pdf(2), pages=2)
    EvidenceUseFactory.create(case=case, evidence=piece, criterion=Part.objects.get().criterion)
    return case


def enter(page: Page, role: str, name: str) -> None:
    page.get_by_role(role, name=name).first.press("Enter")  # type: ignore[arg-type]


def test_from_hand_in_to_release_by_keyboard_alone(page: Page, site: str, people: dict[str, User]) -> None:
    case = handed_in()
    Finding.objects.all().delete()
    sign_in(page, site, people["auditor"])

    page.goto(f"{site}/pruefung/{case.pk}/")
    enter(page, "link", "Prüfung beginnen")
    enter(page, "button", "Prüfung beginnen")
    enter(page, "link", "Weiter bei 1.1")
    page.locator("[data-criterion]").press("2")
    expect(page.locator("#speicherstand")).to_contain_text("eben gespeichert")
    enter(page, "button", "Nächstes offenes Kriterium")
    page.wait_for_load_state()
    visit(page, f"{site}/pruefung/{case.pk}/", case)
    recommend(page)
    sign_in(page, site, people["second"])
    page.goto(f"{site}/pruefung/{case.pk}/freigabe/")
    for box in page.locator("main input[type=checkbox]").all():
        box.press("Space")
    enter(page, "button", "Ergebnis freigeben")

    expect(page.get_by_role("heading", name="Das Ergebnis ist freigegeben")).to_be_visible()
    visited = case.visits.get()
    assert (visited.record, case.steps.get(act="recommend").reason) == ("Die Räume sind einladend.", "")


def visit(page: Page, address: str, case: Case) -> None:
    """Offer a time, which the centre takes; once it has come, write down what was seen."""
    page.goto(address)
    enter(page, "link", "Termine anbieten")
    page.get_by_label("Termin 1: Tag").press_sequentially(f"{a_day_ahead():%d%m%Y}")
    page.get_by_label("Beginn").first.press_sequentially("0900a")  # some languages ask for the half of the day
    page.get_by_label("Ende").first.press_sequentially("1200p")
    page.get_by_label("Grund, wenn etwas gegen einen Termin spricht").press_sequentially("So abgesprochen.")
    enter(page, "button", "Termine anbieten")
    expect(page.get_by_text("Die Termine sind angeboten.")).to_be_visible()
    workflow.agree_visit(case, by=person_for("answer", case), at=timezone.now(), slot=case.slots.get())
    case.visits.update(starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now())
    page.reload()
    enter(page, "link", "Begehung festhalten")
    page.get_by_label("Niederschrift").press_sequentially("Die Räume sind einladend.")
    enter(page, "button", "Begehung festhalten")


def a_day_ahead() -> date:
    """A working day that reads the same with day or month first: browsers ask for it in their own language."""
    today = timezone.localdate()
    same = (date(year, number, number) for year in count(today.year) for number in range(1, 13))
    return next(day for day in same if day > today and WorkCalendar().is_working_day(day))


def recommend(page: Page) -> None:
    enter(page, "link", "Ergebnis vorschlagen")
    page.locator("input[type=radio][value=nein]").press("Space")
    enter(page, "button", "Ergebnis vorschlagen")
    expect(page.get_by_text("Eine zweite Person gibt es frei").first).to_be_visible()


def test_a_page_of_a_pdf_shows_beside_the_criterion_and_is_quoted(
    page: Page, site: str, people: dict[str, User]
) -> None:
    case = handed_in(State.IN_REVIEW)
    sign_in(page, site, people["auditor"])

    page.goto(f"{site}/pruefung/{case.pk}/bereich/1/")
    enter(page, "link", "Flyer")
    enter(page, "link", "Nächste Seite")
    expect(page.locator("#speicherstand")).not_to_contain_text("Wird gespeichert")
    expect(page.get_by_text("Seite 2 von 2")).to_be_visible()
    picture = page.locator(".viewer img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("img => img.naturalWidth") > 1000
    page.get_by_label(re.compile("Zitat von Seite 2")).fill("Jeden Dienstag")
    enter(page, "button", "Zitat festhalten")
    expect(page.get_by_role("link", name="Flyer, Seite 2")).to_be_visible()

    assert violations(page) == []
    assert (Quote.objects.get().page, Quote.objects.get().text) == (2, "Jeden Dienstag")


def test_two_auditors_at_once_see_each_other_and_both_versions(
    page: Page, site: str, people: dict[str, User]
) -> None:
    case = handed_in(State.IN_REVIEW)
    address = f"{site}/pruefung/{case.pk}/bereich/1/"
    browser = page.context.browser
    assert browser
    sign_in(page, site, people["auditor"])
    page.goto(address)
    with browser.new_context(locale="de-DE") as context:
        other = context.new_page()
        sign_in(other, site, people["second"])
        other.goto(address)
        expect(other.get_by_text("arbeitet auch an diesem Fall")).to_be_visible()
        other.get_by_label("nicht erfüllt").check()
        expect(other.locator("#speicherstand")).to_contain_text("eben gespeichert")

    page.get_by_text("Interne Notiz zu 1.1").first.click()
    page.get_by_role("textbox", name="Interne Notiz zu 1.1").fill("von mir")
    expect(page.locator("#speicherstand")).to_contain_text("Nicht alles ist gespeichert")
    page.get_by_role("button", name="Speichern", exact=True).click()

    expect(page.get_by_text("Gespeichert ist: nicht erfüllt")).to_be_visible()
    expect(page.get_by_role("textbox", name="Interne Notiz zu 1.1")).to_have_value("von mir")
    assert violations(page) == []
    assert (Finding.objects.get().verdict, Finding.objects.get().note) == ("not_met", "")
