"""The link beside the code: a page with a button, which no mail scanner can use up or turn into a session."""

import logging
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import links
from accounts.models import SignInLink, User
from config.masking import MaskSecrets
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
ASK = "/konto/anmelden/code/"
BUTTON = "/konto/anmelden/link/"


@pytest.fixture
def lead() -> User:
    return UserFactory.create(email="leitung@example.org", name="Lea Leitung")


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def ask(mailoutbox: list[EmailMessage], **more: str) -> str:
    """The path of the link in the letter, asked for from some other device."""
    Client().post(ASK, {"email": "leitung@example.org", **more})
    found = re.search(r"^https?://testserver(/konto/anmelden/link/\S+/)$", str(mailoutbox[-1].body), re.MULTILINE)
    assert found
    return found[1]


def follow(client: Client, link: str) -> None:
    assertRedirects(client.get(link), BUTTON)


def test_link_signs_in_on_another_device_after_the_button(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    link = ask(mailoutbox)
    follow(client, link)
    assertContains(client.get(BUTTON), "Lea Leitung")
    assert not signed_in(client)

    assertRedirects(client.post(BUTTON), "/", fetch_redirect_response=False)

    assert signed_in(client)


def test_secret_stands_in_no_page_and_no_table(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    link = ask(mailoutbox)
    secret = link.split("/")[-2]
    follow(client, link)

    assertNotContains(client.get(BUTTON), secret)
    stored = SignInLink.objects.get()
    assert (stored.token_hash, len(secret) >= 43) == (links.hashed(secret), True)
    assert secret not in str(list(client.session.items()))


@pytest.mark.parametrize("method", ["head", "get"])
def test_scanner_that_follows_uses_nothing_up(
    client: Client, lead: User, mailoutbox: list[EmailMessage], method: str
) -> None:
    link, scanner = ask(mailoutbox), Client()

    for _ in range(7):
        getattr(scanner, method)(link, follow=True, headers={"sec-purpose": "prefetch"})

    assert not signed_in(scanner)
    follow(client, link)
    client.post(BUTTON)
    assert signed_in(client)


def test_page_with_the_button_sends_nothing_by_itself(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    follow(client, ask(mailoutbox))

    page = client.get(BUTTON).content.decode()

    assert not re.search(r"hx-trigger|http-equiv|passkey\.js|\.submit", page)


def test_secret_itself_takes_no_post(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    assert client.post(ask(mailoutbox)).status_code == 405


def test_button_needs_the_token_of_the_page(lead: User, mailoutbox: list[EmailMessage]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get(ask(mailoutbox))

    assert browser.post(BUTTON).status_code == 403
    assert not signed_in(browser)


def test_link_works_once(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    link, second = ask(mailoutbox), Client()
    for browser in (client, second):
        follow(browser, link)

    client.post(BUTTON)

    assertContains(second.post(BUTTON), "gilt nicht mehr")
    assert [signed_in(client), signed_in(second)] == [True, False]


def test_of_two_clicks_at_once_one_wins(lead: User) -> None:
    at = timezone.now()
    links.make(lead, next_url="", at=at)
    seen_twice = [SignInLink.objects.get(), SignInLink.objects.get()]

    assert [links.use(link, at=at) for link in seen_twice] == [True, False]


@pytest.mark.parametrize(("minutes", "works"), [(14, True), (16, False)])
def test_link_lives_fifteen_minutes(
    client: Client, lead: User, mailoutbox: list[EmailMessage], minutes: int, works: bool
) -> None:
    follow(client, ask(mailoutbox))

    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        client.post(BUTTON)

    assert signed_in(client) == works


def test_any_sign_in_closes_the_links_that_are_open(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    link = ask(mailoutbox)
    Client().post("/konto/anmelden/", {"login": lead.email, "password": PASSWORD})

    follow(client, link)

    assertContains(client.get(BUTTON), "gilt nicht mehr")


def test_code_still_works_where_it_was_asked_for_after_a_scanner_pressed_the_button(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    client.post(ASK, {"email": lead.email})
    scanner = Client()
    scanner.get(urlsplit(re.findall(r"https?://\S+/link/\S+", str(mailoutbox[0].body))[0]).path)
    scanner.post(BUTTON)

    code = re.search(r"^ {4}(\d{6})$", str(mailoutbox[0].body), re.MULTILINE)
    client.post("/konto/anmelden/code/eingeben/", {"code": code[1] if code else ""})

    assert signed_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "nachfolge@example.org"}])
def test_link_opens_nothing_after_the_account_was_locked_or_got_another_address(
    client: Client, lead: User, mailoutbox: list[EmailMessage], change: dict[str, object]
) -> None:
    follow(client, ask(mailoutbox))
    User.objects.update(**change)

    client.post(BUTTON)

    assert not signed_in(client)


def test_unknown_link_and_no_link_show_the_same_page(client: Client, lead: User) -> None:
    assertContains(client.get(BUTTON), "gilt nicht mehr")
    assertContains(client.get(f"{BUTTON}gibt-es-nicht/", follow=True), "gilt nicht mehr")


def test_link_leads_back_to_the_page_one_wanted(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    follow(client, ask(mailoutbox, next="/portal/"))

    assertRedirects(client.post(BUTTON), "/portal/", fetch_redirect_response=False)


def test_link_leads_to_no_other_host(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    follow(client, ask(mailoutbox, next="https://evil.example/"))

    assertRedirects(client.post(BUTTON), "/", fetch_redirect_response=False)


def test_second_factor_is_asked_for_after_the_link_too(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    TOTP.activate(lead, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    follow(client, ask(mailoutbox))

    assertRedirects(client.post(BUTTON), reverse("mfa_authenticate"))
    assert not signed_in(client)


def test_whoever_was_signed_in_on_the_device_is_signed_out(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    client.force_login(UserFactory.create())
    follow(client, ask(mailoutbox))

    client.post(BUTTON)

    assert client.session["_auth_user_id"] == str(lead.pk)


def test_links_of_long_ago_are_cleared_away(lead: User) -> None:
    at = timezone.now()
    links.make(lead, next_url="", at=at - timedelta(hours=1))

    links.make(lead, next_url="x" * 501, at=at)

    assert [(link.made_at, link.next_url) for link in SignInLink.objects.all()] == [(at, "")]


@pytest.mark.parametrize(
    "address",
    [
        "/konto/anmelden/link/geheim/",
        "/portal/kalender/geheim/termine.ics",
        "/uebergabe/geheim/",
        "/veranstaltungen/anmeldung/geheim/unterlagen/x/",
        "/veranstaltungen/einladung/geheim/",
        "/veranstaltungen/rueckmeldung/geheim/",
    ],
)
def test_log_never_names_the_secret(address: str) -> None:
    record = logging.makeLogRecord({"msg": 'Not Found: %s (from "http://x%s")', "args": (address, address)})

    assert MaskSecrets().filter(record)

    assert "geheim" not in record.getMessage()
    assert record.getMessage().count("…") == 2


def test_log_names_other_addresses() -> None:
    record = logging.makeLogRecord({"msg": "Not Found: %s", "args": ("/portal/kalender/",)})

    MaskSecrets().filter(record)

    assert record.getMessage() == "Not Found: /portal/kalender/"


def test_database_knows_no_secret(lead: User) -> None:
    secret = links.make(lead, next_url="", at=timezone.now())

    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_signinlink::text FROM accounts_signinlink")
        assert secret not in str(cursor.fetchall())
