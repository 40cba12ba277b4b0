"""How people sign in: by password, or by a code in a mail that no scanner can use up."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/konto/anmelden/"
ASK = "/konto/anmelden/code/"
ENTER = "/konto/anmelden/code/eingeben/"


@pytest.fixture
def lead() -> User:
    return UserFactory.create(email="leitung@example.org")


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def ask_for_code(client: Client, email: str = "leitung@example.org") -> None:
    assertRedirects(client.post(ASK, {"email": email}), ENTER)


def code_in(message: EmailMessage) -> str:
    found = re.search(r"^ {4}(\d{6})$", str(message.body), re.MULTILINE)
    assert found, message.body
    return found[1]


@pytest.mark.parametrize(
    ("trait", "place"),
    [("ministry", "/admin/"), ("auditor", "/pruefung/"), ("service_office", "/servicestelle/"), ("lead", "/portal/")],
)
def test_sign_in_by_password_leads_to_the_place_of_the_role(client: Client, trait: str, place: str) -> None:
    person = UserFactory.create(**{trait: True})

    client.post(SIGN_IN, {"login": person.email, "password": PASSWORD})

    assertRedirects(client.get("/"), place, fetch_redirect_response=False)


def test_sign_in_is_refused_with_a_wrong_password(client: Client, lead: User) -> None:
    response = client.post(SIGN_IN, {"login": lead.email, "password": "falsch"})

    assertContains(response, "Bitte prüfen Sie Ihre Angaben")
    assert not signed_in(client)


def test_sign_in_leads_back_to_the_page_one_wanted(client: Client, lead: User) -> None:
    response = client.post(SIGN_IN, {"login": lead.email, "password": PASSWORD, "next": "/portal/"})

    assertRedirects(response, "/portal/", fetch_redirect_response=False)


def test_sign_in_leads_to_no_other_host(client: Client, lead: User) -> None:
    response = client.post(SIGN_IN, {"login": lead.email, "password": PASSWORD, "next": "https://evil.example/"})

    assertRedirects(response, "/", fetch_redirect_response=False)


def test_both_ways_to_sign_in_are_offered(client: Client) -> None:
    response = client.get(SIGN_IN)

    assertContains(response, 'type="password"')
    assertContains(response, ASK)


def test_login_code_signs_in(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    ask_for_code(client)

    response = client.post(ENTER, {"code": code_in(mailoutbox[0])})

    assertRedirects(response, "/", fetch_redirect_response=False)
    assert signed_in(client)


def test_login_code_letter_says_what_a_person_needs(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    ask_for_code(client)

    [message] = mailoutbox
    assert message.subject == "Ihr Code für die Anmeldung"
    assert "gelten 15 Minuten und nur einmal" in message.body
    assert "keinen Code angefordert" in message.body
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("method", "headers"), [("head", {}), ("get", {}), ("get", {"sec-purpose": "prefetch", "purpose": "prefetch"})]
)
def test_login_code_is_not_used_up_by_looking(
    client: Client, lead: User, mailoutbox: list[EmailMessage], method: str, headers: dict[str, str]
) -> None:
    ask_for_code(client)
    code = code_in(mailoutbox[0])

    for _ in range(7):
        getattr(client, method)(ENTER, {"code": code}, headers=headers)

    assert not signed_in(client)
    client.post(ENTER, {"code": code})
    assert signed_in(client)


def test_login_code_is_worth_nothing_in_another_browser(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    ask_for_code(client)
    scanner = Client()

    scanner.post(ENTER, {"code": code_in(mailoutbox[0])})

    assert not signed_in(scanner)


def test_login_code_works_once(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    ask_for_code(client)
    code = code_in(mailoutbox[0])
    client.post(ENTER, {"code": code})
    client.post(reverse("account_logout"))

    client.post(ENTER, {"code": code})

    assert not signed_in(client)


@pytest.mark.parametrize(("minutes", "works"), [(14, True), (16, False)])
def test_login_code_lives_fifteen_minutes(
    client: Client, lead: User, mailoutbox: list[EmailMessage], minutes: int, works: bool
) -> None:
    ask_for_code(client)

    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        client.post(ENTER, {"code": code_in(mailoutbox[0])})

    assert signed_in(client) == works


def test_login_code_ends_after_five_wrong_ones(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    ask_for_code(client)
    for _ in range(5):
        client.post(ENTER, {"code": "000000"})

    client.post(ENTER, {"code": code_in(mailoutbox[0])})

    assert not signed_in(client)


def test_login_code_survives_four_wrong_ones(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    ask_for_code(client)
    for _ in range(4):
        client.post(ENTER, {"code": "000000"})

    client.post(ENTER, {"code": code_in(mailoutbox[0])})

    assert signed_in(client)


def test_new_login_code_replaces_the_old(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    ask_for_code(client)
    assertRedirects(client.post(reverse("account_logout"), {"next": ASK}), ASK)
    ask_for_code(client)
    old, new = (code_in(message) for message in mailoutbox)

    client.post(ENTER, {"code": old})
    assert not signed_in(client)

    client.post(ENTER, {"code": new})
    assert signed_in(client)


def test_login_code_for_an_unknown_address_tells_only_its_owner(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    known = client.post(ASK, {"email": lead.email})
    unknown = Client().post(ASK, {"email": "fremd@example.org"})

    assert (known.status_code, known["location"]) == (unknown.status_code, unknown["location"])
    assert mailoutbox[1].subject == "Zu dieser E-Mail-Adresse gibt es kein Konto"
    assert not re.search(r"\d{6}", str(mailoutbox[1].body))


def test_login_codes_for_one_address_are_limited(
    client: Client, lead: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "2/h/key"}
    for _ in range(2):
        ask_for_code(Client())

    response = client.post(ASK, {"email": lead.email})

    assertContains(response, "Zu viele")
    assert len(mailoutbox) == 2


def test_locked_account_gets_in_by_no_way(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    User.objects.update(is_active=False)

    client.post(SIGN_IN, {"login": lead.email, "password": PASSWORD})
    client.post(ASK, {"email": lead.email})

    assert not signed_in(client)
    assert not any(re.search(r"^ {4}\d{6}$", str(message.body), re.MULTILINE) for message in mailoutbox)


def test_former_address_opens_nothing_after_it_was_changed(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    client.post(SIGN_IN, {"login": lead.email, "password": PASSWORD})
    client.post(reverse("account_logout"))
    User.objects.update(email="nachfolge@example.org")

    client.post(ASK, {"email": "leitung@example.org"})

    assert [message.subject for message in mailoutbox] == ["Zu dieser E-Mail-Adresse gibt es kein Konto"]


def test_forgotten_password_is_replaced_by_a_code(client: Client, lead: User, mailoutbox: list[EmailMessage]) -> None:
    client.post(reverse("account_reset_password"), {"email": lead.email})
    client.get(reverse("account_confirm_password_reset_code"))
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in(mailoutbox[0])})

    new = {"password1": "sieben Zwerge hinter Bergen", "password2": "sieben Zwerge hinter Bergen"}
    client.post(reverse("account_complete_password_reset"), new)

    lead.refresh_from_db()
    assert lead.check_password("sieben Zwerge hinter Bergen")
    assert mailoutbox[1].subject == "Ihr Passwort wurde neu festgelegt"


def test_second_factor_is_asked_for_once_it_is_set_up(
    client: Client, lead: User, mailoutbox: list[EmailMessage]
) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(lead, secret)

    response = client.post(SIGN_IN, {"login": lead.email, "password": PASSWORD})
    assertRedirects(response, reverse("mfa_authenticate"))
    assert not signed_in(client)

    counter = next(yield_hotp_counters_from_time())
    client.post(reverse("mfa_authenticate"), {"code": format_hotp_value(hotp_value(secret, counter))})
    assert signed_in(client)


def test_nobody_signs_up(client: Client) -> None:
    response = client.post(reverse("account_signup"), {"email": "neu@example.org", "password1": "a" * 20})

    assertContains(response, "So erhalten Sie einen Zugang")
    assert not User.objects.exists()


def test_signing_out_takes_a_button(client: Client, lead: User) -> None:
    client.force_login(lead)

    client.get(reverse("account_logout"))
    assert signed_in(client)

    client.post(reverse("account_logout"))
    assert not signed_in(client)


def test_admin_is_behind_the_same_sign_in(client: Client) -> None:
    response = client.get("/admin/", follow=True)

    assertRedirects(response, f"{SIGN_IN}?next=%2Fadmin%2F")


def test_admin_is_closed_to_everyone_but_the_ministry(client: Client) -> None:
    client.force_login(UserFactory.create(auditor=True))

    response = client.get("/admin/", follow=True)

    assert response.status_code == 403
