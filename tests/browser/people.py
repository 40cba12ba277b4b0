from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory


def staff() -> dict[str, User]:
    return {
        "ministry": UserFactory.create(ministry=True, name="Miriam Terstegen"),
        "auditor": UserFactory.create(auditor=True, name="Paul Rehbein"),
        "second": UserFactory.create(auditor=True, name="Farida Haidari"),
    }


def sign_in(page: Page, site: str, user: User) -> None:
    """Whoever was signed in before is not any more."""
    page.context.clear_cookies()
    page.goto(f"{site}/konto/anmelden/")
    page.get_by_label("E-Mail-Adresse").fill(user.email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).not_to_have_url(f"{site}/konto/anmelden/")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()


def come_in(page: Page, site: str, user: User) -> None:
    """With a session, where signing in is not what is tried."""
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
