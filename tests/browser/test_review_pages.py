"""The workspace of the auditors in its states, empty, full and with errors, on a desk and on a phone."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize

from accounts.models import User
from centres.models import LetterState
from certification import availability, workflow
from certification.models import Case, Finding, Objection, Query, SavedFilter
from certification.rules.moves import State
from certification.unanswered import OVERDUE, key_of
from tests.browser.accessibility import violations
from tests.browser.people import come_in, staff
from tests.certification.moves import AT, case_in
from tests.factories.accounts import UserFactory
from tests.factories.evidence import EvidenceFactory, EvidenceUseFactory, pdf
from tests.factories.post import LetterFactory

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = (ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844))


@pytest.fixture
def people() -> dict[str, User]:
    cache.clear()
    return staff() | {"lead": UserFactory.create(auditor=True, team_lead=True, name="Petra Wiemann")}


def flaws(page: Page) -> list[str]:
    """What axe finds on the page as it stands, and whether it must be pushed sideways, on a desk and on a phone."""
    seen = []
    for size in SIZES:
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        seen += [f"{page.url}: {wide} pixels wide at {size['width']}"] if wide > size["width"] else []
        seen += violations(page)
    return seen


def opened(page: Page, site: str, *addresses: str) -> list[str]:
    seen = []
    for address in addresses:
        answer = page.goto(f"{site}/pruefung/{address}")
        seen += flaws(page) if answer and answer.ok else [f"{address} does not open"]
    return seen


def sent(page: Page, site: str, address: str) -> list[str]:
    """The flaws of the answer to the main form as it stands, with what it lacks said beside the fields."""
    page.goto(f"{site}/pruefung/{address}")
    page.locator("main form.form .kern-btn--primary[type=submit]").last.click()
    page.locator(".kern-alert--danger, .kern-error, [aria-invalid=true]").first.wait_for()
    return flaws(page)


def test_lists_and_what_people_say_of_themselves(page: Page, site: str, people: dict[str, User]) -> None:
    me, today = people["auditor"], timezone.localdate()
    come_in(page, site, me)
    empty = opened(page, site, "", "bindungen/", "abwesenheit/", "auswahl/", "urteile/")
    case, about = case_in(State.IN_REVIEW), {"auditor": me, "by": me, "at": AT, "starts_on": today}
    tie = availability.declare(**about, centre=case.centre, reason="Ein Kind der Familie ist dort.")
    away = availability.be_away(**about, deputy=people["second"], ends_on=today)
    kept = SavedFilter.objects.create(owner=me, name="Köln", query="suche=koeln")

    full = opened(page, site, "?liste=alle", "bindungen/", "abwesenheit/", "auswahl/")
    full += opened(page, site, f"bindungen/{tie.pk}/", f"abwesenheit/{away.pk}/", f"auswahl/{kept.pk}/")

    assert (empty, full, sent(page, site, "bindungen/"), sent(page, site, "abwesenheit/")) == ([], [], [], [])


def test_many_cases_are_given_away(page: Page, site: str, people: dict[str, User]) -> None:
    for _ in range(2):
        case_in(State.SUBMITTED)
    come_in(page, site, people["lead"])

    page.goto(f"{site}/pruefung/verteilen/?liste=ohne&alle=ja")
    page.get_by_label("Paul Rehbein").check()
    page.get_by_role("button", name="Vorschau zeigen").click()
    page.get_by_role("button", name="Jetzt verteilen").click()
    seen = flaws(page)
    page.get_by_label("Warum verteilen Sie diese Fälle?").fill("Neue Kollegin.")
    page.get_by_label("Wie viele Fälle").fill("2")
    page.get_by_role("button", name="Jetzt verteilen").click()
    page.get_by_text("Was mit jedem Fall geschehen ist").wait_for()

    assert seen + flaws(page) == []


def test_a_case_in_review_with_errors_in_its_forms(page: Page, site: str, people: dict[str, User]) -> None:
    case = case_in(State.IN_REVIEW)
    Case.objects.update(submitted_at=AT)
    Finding.objects.update(verdict="query", question="Wann?")  # three buttons in the bar that saves
    piece = EvidenceFactory.create(centre=case.centre, title="Flyer", content=pdf(2), pages=2)
    criterion = case.answers.get().part.criterion
    EvidenceUseFactory.create(case=case, evidence=piece, criterion=criterion)
    come_in(page, site, people["auditor"])

    seen = opened(page, site, f"{case.pk}/", f"{case.pk}/bereich/1/")
    seen += opened(page, site, f"{case.pk}/nachweis/{criterion.pk}/{piece.public_id}/")

    Finding.objects.update(verdict="met", question="")
    for act in ("rueckfrage/", "termine/", "begehung/", "vorschlag/"):
        seen += sent(page, site, f"{case.pk}/{act}")
    assert seen == []


def test_reminders_of_a_question(page: Page, site: str, people: dict[str, User]) -> None:
    case, due_on = case_in(State.QUERIED), timezone.localdate() - timedelta(days=9)
    Query.objects.update(due_on=due_on)
    for number, state in enumerate((LetterState.FAILED, LetterState.QUEUED, LetterState.SENT)):
        sent_at = timezone.now() if state == LetterState.SENT else None
        about = {"centre": case.centre, "template": OVERDUE, "state": state, "sent_at": sent_at}
        LetterFactory.create(key=f"{key_of(case.pk, due_on)}/day-after/{number}", error="550 unbekannt", **about)
    come_in(page, site, people["auditor"])

    assert opened(page, site, f"{case.pk}/") + sent(page, site, f"{case.pk}/rueckfrage/frist/") == []


def test_a_proposal_and_what_follows_its_release(page: Page, site: str, people: dict[str, User]) -> None:
    proposed, done, corrected = (case_in(State.RECOMMENDED, act=act) for act in ("", "award", "award"))
    new = {"reason": "Übersehen.", "eligible": False, "closing_text": "Neu gelesen."}
    workflow.correct_outcome(corrected, by=people["auditor"], at=AT, **new)
    Objection.objects.create(
        case=corrected, received_on=AT.date(), objector="Träger", recorded_at=AT, recorded_by=people["lead"]
    )
    come_in(page, site, people["lead"])

    lists = [f"?liste={name}" for name in ("freigabe", "widerspruch", "alle")]
    seen = opened(page, site, "team/", *lists, f"{corrected.pk}/", f"{proposed.pk}/freigabe/")
    seen += opened(page, site, f"{corrected.pk}/berichtigung/freigabe/")

    for address in (f"{done.pk}/berichtigung/", f"{done.pk}/widerspruch/", f"{corrected.pk}/widerspruch/"):
        seen += sent(page, site, address)
    assert seen == []
