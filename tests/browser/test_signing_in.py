"""Ways to sign in that need a real browser: a passkey of a virtual device, and the link on a phone."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import User
from centres import handovers
from centres.models import Provider
from tests.browser.accessibility import violations
from tests.browser.people import follow, press, sign_in
from tests.certification.portal_cases import case_of, lead
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named_site(site: str, settings: Settings) -> str:
    """Passkeys belong to names, so the application is visited by one."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = site.replace("127.0.0.1", "localhost")
    return settings.SITE_URL


def give_device(page: Page) -> None:
    """A device that makes and shows passkeys whenever it is asked (Chromium's virtual authenticator)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def someone(**fields: object) -> User:
    person: User = UserFactory.create(**fields)
    person.set_unusable_password()
    person.save()
    return person


def test_passkey_is_offered_set_up_used_and_removed(page: Page, named_site: str) -> None:
    give_device(page)
    person = MembershipFactory.create(user__sign_ins=7, user__name="Lea Leitung").user
    page.goto(f"{named_site}/konto/anmelden/")
    assert violations(page) == []
    page.get_by_label("E-Mail-Adresse").fill(person.email)
    page.get_by_label("Passwort", exact=True).fill("familienzentrum")
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Beim nächsten Mal ohne Code anmelden?")
    assert violations(page) == []

    follow(page, "Passkey einrichten")
    page.get_by_label("Passwort", exact=True).fill("familienzentrum")
    press(page, "Weiter")
    assert violations(page) == []
    press(page, "Passkey einrichten")
    expect(page.get_by_text("Der Passkey ist eingerichtet")).to_be_visible()
    assert violations(page) == []

    page.context.clear_cookies()
    page.goto(f"{named_site}/konto/anmelden/")
    press(page, "Mit Passkey anmelden")
    expect(page).to_have_url(re.compile("/portal/"))
    expect(page.locator(".menu summary").first).to_have_text("Lea Leitung")

    page.goto(f"{named_site}/konto/sicherheit/")
    page.get_by_role("link", name="Entfernen").click()
    if "bestaetigen" in page.url:
        page.get_by_label("Passwort", exact=True).fill("familienzentrum")
        press(page, "Weiter")
    assert violations(page) == []
    press(page, "Passkey entfernen")
    expect(page.get_by_text("Der Passkey ist entfernt")).to_be_visible()


def test_staff_confirms_the_code_with_a_passkey(page: Page, named_site: str) -> None:
    give_device(page)
    person = someone(auditor=True, email="pruefung@example.org")
    sign_in_by_link(page, named_site, person)
    page.goto(f"{named_site}/konto/sicherheit/passkeys/neu/")
    press(page, "Passkey einrichten")
    expect(page.get_by_text("Der Passkey ist eingerichtet")).to_be_visible()

    page.context.clear_cookies()
    sign_in_by_link(page, named_site, person)
    expect(page).to_have_url(re.compile("/zweiter-faktor/"))
    assert violations(page) == []
    press(page, "Mit Passkey bestätigen")

    expect(page).to_have_url(re.compile("/pruefung/"))


def sign_in_by_link(page: Page, site: str, person: User) -> None:
    page.goto(f"{site}/konto/anmelden/code/")
    page.get_by_label("E-Mail-Adresse").fill(person.email)
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_label("Code aus der E-Mail")).to_be_visible()
    links = re.findall(r"http\S+/link/\S+", str(mail.outbox[-1].body))
    page.goto(links[0])
    press(page, "Anmelden")


@pytest.mark.browser_context_args(**PHONE)
def test_link_signs_in_on_a_phone_after_the_button(page: Page, site: str) -> None:
    person = someone(email="leitung@example.org", name="Lea Leitung")
    page.goto(f"{site}/konto/anmelden/code/")
    page.get_by_label("E-Mail-Adresse").fill(person.email)
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_label("Code aus der E-Mail")).to_be_visible()
    (link,) = re.findall(r"http\S+/link/\S+", str(mail.outbox[-1].body))
    page.context.clear_cookies()

    page.goto(link)
    page.wait_for_timeout(500)  # whatever its scripts would do by themselves has been done
    expect(page.get_by_role("heading", level=1)).to_have_text("Jetzt anmelden")
    assert link.rsplit("/", 2)[1] not in page.url
    assert violations(page) == []
    page.locator("main").get_by_role("button", name="Anmelden").tap()

    expect(page).to_have_url(f"{site}/portal/")
    page.goto(link)
    page.goto(f"{site}/konto/anmelden/link/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dieser Link gilt nicht mehr")
    assert violations(page) == []


@pytest.mark.browser_context_args(**PHONE)
def test_pages_of_people_and_calendar_on_a_phone(page: Page, site: str) -> None:
    case = case_of()
    Provider.objects.update(email="traeger@example.org")
    deputy = MembershipFactory.create(centre=case.centre, deputy=True)
    sign_in(page, site, lead(case))
    people = f"{site}/portal/zentren/{case.centre_id}/personen/"
    flaws: list[str] = []
    for address in (people, f"{people}einladen/", f"{site}/portal/personen/{deputy.pk}/beenden/"):
        page.goto(address)
        flaws += violations(page)

    page.goto(f"{people}einladen/")
    press(page, "Einladen")
    flaws += violations(page)
    page.goto(f"{people}uebergabe/")
    page.get_by_label("Vor- und Nachname").fill("Nora Neumann")
    page.get_by_label("E-Mail-Adresse").fill("nachfolge@example.org")
    page.get_by_label("Erster Tag").fill("2099-01-01")
    press(page, "Weiter")
    flaws += violations(page)
    press(page, "Übergabe beantragen")
    flaws += violations(page)
    expect(page.get_by_text("heute oder im nächsten Jahr").first).to_be_visible()

    page.goto(f"{site}/portal/kalender/")
    flaws += violations(page)
    press(page, "Kalender einrichten")
    flaws += violations(page)
    assert flaws == []


@pytest.mark.browser_context_args(**PHONE)
def test_provider_confirms_on_a_phone_without_an_account(page: Page, site: str) -> None:
    case = case_of()
    Provider.objects.update(email="traeger@example.org")
    given = {"name": "Nora Neumann", "email": "nachfolge@example.org", "starts_on": timezone.localdate()}
    handover = handovers.ask(case.centre, **given, by=lead(case), at=timezone.now())
    page.goto(f"{site}{reverse('handover', args=[handovers.token_of(handover)])}")
    flaws = violations(page)

    page.get_by_label("Ja, ich bestätige").check()
    press(page, "Antwort senden")

    expect(page.get_by_role("heading", level=1)).to_have_text("Die neue Leitung ist bestätigt")
    assert flaws + violations(page) == []
