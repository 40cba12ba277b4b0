"""The lead's part: with the keyboard alone, on a phone without JavaScript, and two people at once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from centres.rules.kindergarten_year import KindergartenYear
from certification.models import Case
from certification.rules.moves import State
from tests.browser.accessibility import violations
from tests.browser.people import follow, press, sign_in
from tests.certification.portal_cases import TODAY, case_of, deputy, lead, part_of, recommend, say
from tests.factories.centres import MembershipFactory, NetworkFactory, ProposalFactory
from tests.factories.certification import SealFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
NARROWEST = ViewportSize(width=320, height=640)
PAGES = ["", "teilnahme/", "fragebogen/", "fragebogen/1/", "antworten/", "einreichen/", "ruecktritt/", "ergebnis/"]


def running_case(state: State = State.REGISTERED) -> Case:
    """A case whose papers are due in the coming February."""
    ending = KindergartenYear.of(timezone.localdate() + timedelta(days=200)).last_day
    return case_of(state, round__seal_end=ending)


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what has the focus is called like this."""
    focused = "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(focused) == text:
            return
    raise AssertionError(f"Tab never reaches „{text}“ on {page.url}.")


def enter(page: Page, text: str) -> None:
    """Find it with Tab, press Enter, and wait for the page it leads to."""
    tab_to(page, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_lead_hands_in_with_the_keyboard_alone(page: Page, site: str) -> None:
    case = running_case(State.INVITED)
    sign_in(page, site, lead(case))

    for way in ["Teilnahme bestätigen", "Ja, wir nehmen teil", "Fragebogen beginnen", "1 Beratung"]:
        enter(page, way)
    tab_to(page, "Ja")
    page.keyboard.press("Space")
    enter(page, "Speichern und weiter zu Bereich 5")
    page.goto(f"{site}/portal/faelle/{case.pk}/einreichen/")
    enter(page, "Jetzt verbindlich einreichen")

    expect(page.get_by_text("Ihre Unterlagen sind eingereicht.")).to_be_visible()
    case.refresh_from_db()
    assert (case.state, case.answers.get().value) == (State.SUBMITTED, "yes")


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


@pytest.mark.parametrize("state", [State.INVITED, State.REGISTERED, State.QUERIED, State.AWARDED])
def test_pages_are_accessible_and_fit_the_narrowest_phone(page: Page, site: str, state: State) -> None:
    case = running_case(state)
    if state == State.AWARDED:
        recommend(case, released=True)
    page.set_viewport_size(NARROWEST)
    sign_in(page, site, lead(case))
    seen: list[str] = []

    for address in [f"{site}/portal/", *(f"{site}/portal/faelle/{case.pk}/{each}" for each in PAGES)]:
        page.goto(address)
        seen += violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            seen.append(f"{page.url} is wider than the screen")

    assert seen == []


def test_pages_about_the_house_are_accessible_and_fit_the_narrowest_phone(page: Page, site: str) -> None:
    """Empty and filled, with an effect shown, and with errors."""
    centre = NetworkFactory.create(size=6)
    SealFactory.create(centre=centre, awarded_on=TODAY)
    person = MembershipFactory.create(centre=centre).user
    ProposalFactory.create(centre=centre)
    facility = centre.facility_memberships.order_by("-pk")[0].facility
    chosen = f"facility={facility.pk}&on={TODAY.isoformat()}"
    pages = ["", "ergebnisse/", "stammdaten/", "stammdaten/name/", "stammdaten/jugendamt/", "verbund/",
             "verbund/beitritt/", f"verbund/austritt/?{chosen}", "verbund/austritt/?on=", "was-waere-wenn/",
             f"was-waere-wenn/?am={TODAY.isoformat()}", f"was-waere-wenn/?{chosen}"]  # fmt: skip
    page.set_viewport_size(NARROWEST)
    sign_in(page, site, person)
    seen: list[str] = []

    for address in pages:
        page.goto(f"{site}/portal/zentren/{centre.pk}/{address}")
        seen += violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            seen.append(f"{page.url} is wider than the screen")

    assert seen == []
