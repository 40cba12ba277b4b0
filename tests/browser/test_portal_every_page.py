"""Every page of the portal, full, empty, after the hand-in and with errors: weight, width, enlarged, and axe.

The addresses are those of the portal itself, so a new page is looked at without being named here. With
`PORTAL_PICTURES=1` the pictures of docs/portal.md from 12 on are drawn anew.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from certification.models import Case
from certification.rules.moves import State
from tests.browser.flaws import flaws, flaws_here
from tests.browser.people import come_in
from tests.browser.pictures import draw
from tests.certification.portal_cases import TODAY, case_of, handed_in, lead, recommend, say
from tests.certification.portal_pages import DOWNLOADS, EVENTS, add_row, case_in, event_pages, state_for
from tests.certification.test_portal_access import NAMES, address
from tests.factories.centres import FamilyCentreFactory, MembershipFactory, NetworkFactory
from tests.factories.certification import SealFactory

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser_context_args(viewport=ViewportSize(width=320, height=640)),
]
STATES = [State.INVITED, State.REGISTERED, State.QUERIED, State.VISIT_AGREED, State.RECOMMENDED]
AFTERWARDS = [State.SUBMITTED, State.VISITED, State.AWARDED, State.NOT_AWARDED, State.WITHDRAWN]
PICTURES = {"answer": "12-rueckfrage", "visit_move": "14-verlegen", "visit": "13-begehung", "result": "15-ergebnis"}
HOMES = {
    State.SUBMITTED: "16-eingereicht",
    State.AWARDED: "17-verliehen",
    State.NOT_AWARDED: "18-nicht-verliehen",
    State.WITHDRAWN: "19-ruecktritt",
}
TO_READ = ["centre", "case", "questionnaire", "answers", "case_evidence", "criterion_evidence"]


def test_every_page_with_something_on_it(page: Page, site: str) -> None:
    seen: list[str] = []

    for state in STATES:
        case = filled(state)
        come_in(page, site, lead(case))
        for name, path in pages_of(case, state):
            seen += flaws(page, site, path)
            if name in PICTURES:
                draw(page, PICTURES[name])
    for path in event_pages(case.centre, at=timezone.now()):
        seen += flaws(page, site, path)

    assert seen == []


def filled(state: State) -> Case:
    case = case_in(state, at=timezone.now())
    add_row(case, 1)
    return case


def pages_of(case: Case, state: State) -> Iterator[tuple[str, str]]:
    names = (str(name) for name in NAMES if name not in DOWNLOADS and state_for(str(name)) == state)
    return ((name, address(name, case)) for name in names)


def test_every_page_with_nothing_on_it(page: Page, site: str) -> None:
    """A centre that has nothing but its lead, and a case that has just begun."""
    bare, fresh = MembershipFactory.create(centre=FamilyCentreFactory.create()), case_of()
    names = ("centre", "letters", "people", "evidence", "evidence_add", "results", "master_data", "what_if")
    seen: list[str] = []

    come_in(page, site, bare.user)
    for path in [*(reverse(f"portal:{name}", args=[bare.centre_id]) for name in names), *EVENTS]:
        seen += flaws(page, site, path)
    come_in(page, site, lead(fresh))
    for name in [*TO_READ, "area", "submit"]:
        seen += flaws(page, site, address(name, fresh))

    assert seen == []


def test_pages_to_read_after_the_hand_in(page: Page, site: str) -> None:
    seen: list[str] = []

    for state in AFTERWARDS:
        case = closed(state)
        come_in(page, site, lead(case))
        names = TO_READ if state == State.SUBMITTED else TO_READ[:2]
        for name in [*names, *(["result"] if case.outcomes.exists() else [])]:
            seen += flaws(page, site, address(name, case))
            if name == "centre" and state in HOMES:
                draw(page, HOMES[state])

    assert seen == []


def closed(state: State) -> Case:
    case = case_of(state, state_since=timezone.now())
    handed_in(case)
    say(case, "1.1", text="Ein Ordner im Eingang")
    if state in {State.AWARDED, State.NOT_AWARDED}:
        recommend(case, eligible=state == State.AWARDED, released=True)
    return case


def test_what_would_be_if_is_shown(page: Page, site: str) -> None:
    """An effect, for a day and for a facility that leaves; and what is asked for again."""
    centre = NetworkFactory.create(size=6)
    SealFactory.create(centre=centre, awarded_on=TODAY)
    facility = centre.facility_memberships.order_by("-pk")[0].facility
    chosen = f"facility={facility.pk}&on={TODAY.isoformat()}"
    pages = ["verbund/", "verbund/beitritt/", f"verbund/austritt/?{chosen}", "verbund/austritt/?on=",
             f"was-waere-wenn/?am={TODAY.isoformat()}", f"was-waere-wenn/?{chosen}", "stammdaten/jugendamt/",
             "stammdaten/form/"]  # fmt: skip
    seen: list[str] = []

    come_in(page, site, MembershipFactory.create(centre=centre).user)
    for each in pages:
        seen += flaws(page, site, f"/portal/zentren/{centre.pk}/{each}")

    assert seen == []


FORMS: dict[str, tuple[State, dict[str, Any]]] = {
    "answer": (State.QUERIED, {}),
    "withdraw": (State.QUERIED, {}),
    "invite": (State.QUERIED, {"E-Mail-Adresse": "nora"}),
    "hand_over": (State.QUERIED, {"E-Mail-Adresse": "nora"}),
    "evidence_add": (State.QUERIED, {}),
    "evidence_piece": (State.QUERIED, {"Von wann ist der Nachweis?": ""}),
    "criterion_evidence": (State.QUERIED, {}),
    "master_data": (State.QUERIED, {"E-Mail": "nora"}),
    "propose": (State.QUERIED, {}),
    "network_change": (State.QUERIED, {}),
    "visit_move": (State.VISIT_AGREED, {}),
    "visit_other": (State.VISIT_AGREED, {}),
}


def test_every_form_with_its_errors(page: Page, site: str) -> None:
    cases = {state: filled(state) for state in (State.QUERIED, State.VISIT_AGREED)}
    seen: list[str] = []

    for name, (state, wrong) in FORMS.items():
        come_in(page, site, lead(cases[state]))
        page.goto(f"{site}{address(name, cases[state])}")
        for label, value in wrong.items():
            page.get_by_label(label).first.fill(value)
        page.locator("main form button.kern-btn--primary").last.click()
        expect(page.locator("main [role=alert]:visible").first).to_be_visible()
        seen += flaws_here(page)

    assert seen == []
