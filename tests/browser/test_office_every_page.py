"""Every page of the service office, full, empty and with errors, and what guests open by a link: width and axe.

The addresses are those of the service office itself, so a new page is looked at without being named here.
"""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import FloatRect, Page, ViewportSize, expect

from events import feedback, letters
from events.models import (
    Contribution,
    FeedbackAnswer,
    FeedbackQuestion,
    FeedbackRight,
    FeedbackSheet,
    InfoEvent,
    Question,
    Registration,
)
from events.rules.bookings import Booking
from events.rules.feedback import QUESTIONS
from tests.browser.flaws import flaws, flaws_here
from tests.browser.people import sign_in
from tests.events.office import concerned, drafted, invited
from tests.events.test_office_access import FILES, NAMES, POSTED, address
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser_context_args(viewport=ViewportSize(width=390, height=844)),
]
OF_AN_EVENT = ("event", "invite", "registrations", "materials", "mailings", "evaluation", "feedback_questions")


def event_in(state: str, **away: float) -> InfoEvent:
    return InfoEventFactory.create(state=state, starts_at=timezone.now() + timedelta(**away))


def full() -> InfoEvent:
    """Held three days ago: people in every state, materials, answers, a mailing."""
    event, at = event_in("held", days=-3), timezone.now()
    Contribution.objects.create(event=event, position=1, title="Begrüßung")
    Question.objects.create(event=event, position=1, text="Brauchen Sie Unterstützung?")
    for position, (text, scale) in enumerate(QUESTIONS, start=1):
        FeedbackQuestion.objects.create(event=event, position=position, text=text, scale=scale)
    for state in Booking:
        until = {"offered_until": at, "confirm_until": at, "waiting_since": at}
        RegistrationFactory.create(event=event, state=state, centre=FamilyCentreFactory.create(), **until)
    for came in (True, False):
        RegistrationFactory.create(event=event, attended=came, attendance_at=at, centre=FamilyCentreFactory.create())
    for title in ("Film", "Aufzeichnung des ganzen Vormittags mit allen Beiträgen"):
        event.materials.create(title=title, link="https://example.org/", audience="invited", added_at=at)
    for score in range(1, 6):
        said(event, score)
    drafted(event)
    return event


def said(event: InfoEvent, score: int) -> None:
    sheet = FeedbackSheet.objects.create(event=event)
    for each in event.feedback.all():
        answer = {"score": score} if each.scale else {"text": "Mehr Zeit für Fragen"}
        FeedbackAnswer.objects.create(sheet=sheet, question=each, **answer)


def pages_of(event: InfoEvent) -> list[str]:
    return [reverse(f"office:{name}", args=[event.pk]) for name in OF_AN_EVENT]


def path(url: str) -> str:
    return urlsplit(url.removeprefix(settings.SITE_URL)).path


def test_every_page_of_the_office(page: Page, site: str) -> None:
    sign_in(page, site, UserFactory.create(service_office=True))
    names = [name for name in NAMES if name not in POSTED | FILES]

    assert [flaw for name in names for flaw in flaws(page, site, address(str(name)))] == []


def test_pages_of_the_office_with_much_and_with_nothing_on_them(page: Page, site: str) -> None:
    sign_in(page, site, UserFactory.create(service_office=True))
    lists = [reverse("office:home"), f"{reverse('office:home')}?vergangen", reverse("office:year")]
    seen = [flaw for each in lists for flaw in flaws(page, site, each)]
    concerned(2)

    for event in (full(), event_in("draft", days=30), event_in("published", days=20), event_in("cancelled", days=9)):
        seen += [flaw for each in pages_of(event) for flaw in flaws(page, site, each)]

    assert [*seen, *(flaw for each in lists for flaw in flaws(page, site, each))] == []


@pytest.mark.parametrize("name", ["create", "copy", "cancel", "register", "material_new", "mailing_new"])
def test_forms_of_the_office_with_their_errors(page: Page, site: str, name: str) -> None:
    sign_in(page, site, UserFactory.create(service_office=True))
    event = event_in("published", days=20)
    page.goto(f"{site}{reverse(f'office:{name}', args=[] if name == 'create' else [event.pk])}")

    page.locator("main form button.kern-btn--primary, main form button.kern-btn--danger").last.click()
    expect(page.locator("main [role=alert]:visible").first).to_be_visible()

    assert flaws_here(page) == []


def test_what_a_link_opens_in_every_state(page: Page, site: str) -> None:
    event = full()
    links = [letters.manage_url(each) for each in Registration.objects.select_related("event")]
    links.append(letters.invitation_url(invited(event, "gefragt@example.org")))
    seen = [flaw for each in links for flaw in flaws(page, site, path(each))]

    assert seen == []
    expect(page.get_by_role("heading", name="Unterlagen")).to_be_visible()


def small_steps(page: Page, *, width: int) -> list[FloatRect]:
    """Steps of a scale that a thumb would miss, or that do not stand beside each other."""
    page.set_viewport_size({"width": width, "height": 800})
    boxes = [each.bounding_box() for each in page.locator(".form--scales .kern-form-check").all()[:5]]
    first, *_ = known = [box for box in boxes if box]
    small = [box for box in known if min(box["width"], box["height"]) < 44]
    return small + [box for box in known if box["y"] != first["y"]]


def test_the_questions_after_an_event_before_while_and_after_they_are_answered(page: Page, site: str) -> None:
    who = RegistrationFactory.create(event=full())
    FeedbackRight.objects.create(registration=who)
    link = path(feedback.feedback_url(who))

    seen = flaws(page, site, link)
    page.get_by_role("button", name="Rückmeldung abgeben").click()
    expect(page.get_by_text("Bitte beantworten Sie mindestens eine Frage.").first).to_be_visible()
    seen += flaws_here(page)
    assert small_steps(page, width=320) == []
    page.get_by_label("4", exact=True).first.check()
    page.get_by_role("button", name="Rückmeldung abgeben").click()
    expect(page.get_by_role("heading", name="Vielen Dank für Ihre Rückmeldung")).to_be_visible()

    assert [*seen, *flaws_here(page), *flaws(page, site, link)] == []
