"""Every page of the portal, filled: axe, the narrowest phone, twice the size, and what it takes to load.

The addresses are those of the portal itself, so a new page is looked at without being named here.
"""

import gzip
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Response, ViewportSize, expect

from certification.models import Case
from certification.rules.moves import State
from tests.browser.accessibility import violations
from tests.browser.people import sign_in
from tests.certification.portal_cases import lead
from tests.certification.portal_pages import DOWNLOADS, add_row, case_in, state_for
from tests.certification.test_portal_access import NAMES, address

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
NARROWEST = ViewportSize(width=320, height=640)
AT_200_PERCENT = ViewportSize(width=640, height=400)  # what a screen of 1280 by 800 shows of a page at twice the size
MOST_BYTES = 100_000  # transferred, without the typeface
STATES = [State.INVITED, State.REGISTERED, State.QUERIED, State.VISIT_AGREED, State.RECOMMENDED]
FORMS = {
    State.QUERIED: ["answer", "withdraw", "invite", "hand_over", "evidence_add", "evidence_piece",
                    "criterion_evidence", "propose"],
    State.VISIT_AGREED: ["visit_other"],
}  # fmt: skip


def filled(state: State) -> Case:
    case = case_in(state, at=timezone.now())
    add_row(case, 1)
    return case


def pages_of(case: Case, state: State) -> Iterator[tuple[str, str]]:
    for name in NAMES:
        if name and name not in DOWNLOADS and state_for(name) == state:
            yield name, address(name, case)


def too_wide(page: Page, size: ViewportSize) -> list[str]:
    page.set_viewport_size(size)
    is_wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{page.url} is wider than {size['width']}"] if is_wider else []


@pytest.mark.parametrize("state", STATES)
def test_every_page_is_accessible_and_fits(page: Page, site: str, state: State) -> None:
    case = filled(state)
    sign_in(page, site, lead(case))
    seen: list[str] = []

    for name, path in pages_of(case, state):
        answer = page.goto(f"{site}{path}")
        if answer is None or answer.status != 200 or not page.url.endswith(path):
            seen.append(f"{name} is not there: {page.url}")
        seen += [*too_wide(page, AT_200_PERCENT), *too_wide(page, NARROWEST), *violations(page)]

    assert seen == []


@pytest.mark.parametrize("state", FORMS)
def test_every_form_is_accessible_with_its_errors(page: Page, site: str, state: State) -> None:
    case = filled(state)
    page.set_viewport_size(NARROWEST)
    sign_in(page, site, lead(case))
    seen: list[str] = []

    for name in FORMS[state]:
        page.goto(f"{site}{address(name, case)}")
        empty(page)
        page.locator("main form button.kern-btn--primary").last.click()
        expect(page.locator("main [role=alert]:visible").first).to_be_visible()
        seen += [*too_wide(page, NARROWEST), *violations(page)]

    assert seen == []


def empty(page: Page) -> None:
    for field in page.locator("main form :is(input[type=text], input[type=email], input[type=date], textarea)").all():
        if field.is_visible():
            field.fill("")


def test_no_page_takes_more_than_a_hundred_kilobytes(page: Page, site: str) -> None:
    """Compressed as the proxy compresses (deploy/Caddyfile); each page as if it were the first."""
    case = filled(State.RECOMMENDED)
    sign_in(page, site, lead(case))
    loaded: list[Response] = []
    page.route("**/*", lambda route: route.continue_())  # nothing comes from the cache of the browser
    page.on("response", lambda response: loaded.append(response))  # noqa: PLW0108 — Playwright wants a function
    heavy: list[str] = []

    for name, path in pages_of(case, State.RECOMMENDED):
        loaded.clear()
        page.goto(f"{site}{path}", wait_until="networkidle")
        size = sum(transferred(each) for each in loaded)
        if not 5_000 < size < MOST_BYTES:
            heavy.append(f"{name}: {size} bytes")

    assert heavy == []


def transferred(response: Response) -> int:
    if response.request.resource_type == "font" or response.status >= 300:
        return 0
    return len(gzip.compress(response.body(), 6))
