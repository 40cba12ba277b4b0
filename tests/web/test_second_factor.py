"""Passkeys are offered, a second factor is required of the staff, and neither locks a lead out."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertRedirects

from accounts.adapter import MFAAdapter, passkeys_work
from accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = "/konto/anmelden/"
OFFER = "/konto/passkey/"


def sign_in(client: Client, person: User, **more: str) -> str:
    client.post(reverse("account_logout"))
    return str(client.post(SIGN_IN, {"login": person.email, "password": PASSWORD, **more})["Location"])


def without_password() -> User:
    """Who signs in by code has nothing to confirm a change with, and is not asked."""
    person: User = UserFactory.create()
    person.set_unusable_password()
    person.save()
    return person


def passkey(person: User) -> Authenticator:
    return Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Diensthandy", "credential": {}}
    )


def test_passkey_is_offered_once_from_the_third_sign_in_on(client: Client) -> None:
    lead = UserFactory.create()

    places = [sign_in(client, lead) for _ in range(3)]
    assertContains(client.get(OFFER), "Passkey einrichten")

    assert [*places, sign_in(client, lead)] == ["/", "/", OFFER, "/"]


def test_offer_never_stands_in_the_way_of_a_page_one_wanted(client: Client) -> None:
    lead = UserFactory.create(sign_ins=7)

    assert sign_in(client, lead, next="/portal/") == "/portal/"
    assert sign_in(client, lead) == OFFER


def test_nothing_is_offered_to_whoever_has_a_passkey(client: Client) -> None:
    lead = UserFactory.create(sign_ins=7)
    passkey(lead)

    assert sign_in(client, lead) == "/"


@pytest.mark.parametrize(
    ("host", "works"), [("127.0.0.1:8000", False), ("localhost:8000", True), ("testserver", True)]
)
def test_passkeys_belong_to_names_only(settings: Settings, host: str, works: bool) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    assert passkeys_work(RequestFactory().get("/", headers={"host": host})) == works


def test_lead_with_a_passkey_still_signs_in_without_it(client: Client) -> None:
    lead = UserFactory.create()
    passkey(lead)

    sign_in(client, lead)

    assert "_auth_user_id" in client.session


def test_staff_with_a_passkey_is_asked_for_it(client: Client) -> None:
    auditor = UserFactory.create(auditor=True)
    passkey(auditor)

    assert sign_in(client, auditor) == reverse("mfa_authenticate")


@pytest.mark.parametrize("role", ["ministry", "auditor", "service_office"])
def test_staff_without_a_second_factor_is_led_to_set_one_up(client: Client, settings: Settings, role: str) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(UserFactory.create(**{role: True}))

    for address in ("/", "/admin/", "/pruefung/", "/servicestelle/"):
        response = client.get(address, follow=True)
        assertRedirects(response, reverse("mfa_index"))
        assertContains(response, "Pflicht")
    assert client.get("/barrierefreiheit/").status_code == 200


def test_staff_with_a_second_factor_works(client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    auditor = UserFactory.create(auditor=True)
    TOTP.activate(auditor, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.force_login(auditor)

    assert client.get("/pruefung/").status_code == 200


def test_leads_need_no_second_factor(client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(UserFactory.create())

    assert client.get("/portal/").status_code == 200


def test_last_second_factor_of_the_staff_stays_where_it_is_required(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    auditor, lead = UserFactory.create(auditor=True), UserFactory.create()
    first, of_lead = passkey(auditor), passkey(lead)
    RecoveryCodes.activate(auditor)

    may = MFAAdapter().can_delete_authenticator
    assert (may(first), may(of_lead)) == (False, True)

    passkey(auditor)
    assert may(first)


def test_passkeys_are_listed_renamed_and_removed_by_their_owner_alone(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    lead, other = without_password(), UserFactory.create()
    own, foreign = passkey(lead), passkey(other)
    client.force_login(lead)

    assertContains(client.get("/konto/sicherheit/"), "Diensthandy", count=3)
    assert client.post(reverse("mfa_remove_webauthn", args=[foreign.pk])).status_code == 404
    assert client.post(reverse("mfa_edit_webauthn", args=[foreign.pk]), {"name": "x"}).status_code == 404
    client.post(reverse("mfa_edit_webauthn", args=[own.pk]), {"name": "Tablet"})
    own.refresh_from_db()
    assert own.data["name"] == "Tablet"
    assertRedirects(
        client.post(reverse("mfa_remove_webauthn", args=[own.pk])),
        reverse("mfa_list_webauthn"),
        target_status_code=302,
    )
    assert list(Authenticator.objects.all()) == [foreign]


def test_setting_up_a_passkey_asks_for_the_password_again(client: Client) -> None:
    lead = UserFactory.create()
    sign_in(client, lead)

    assert client.get(reverse("mfa_add_webauthn"))["Location"].startswith(reverse("account_reauthenticate"))


def test_made_up_answer_of_a_device_adds_no_passkey(client: Client) -> None:
    lead = without_password()
    client.force_login(lead)
    page = reverse("mfa_add_webauthn")
    client.get(page)

    response = client.post(page, {"name": "Handy", "credential": '{"id": "abc"}'})

    assert response.status_code == 200
    assert not Authenticator.objects.exists()


def test_made_up_passkey_signs_nobody_in(client: Client) -> None:
    UserFactory.create()
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})

    client.post(reverse("mfa_login_webauthn"), {"credential": '{"id": "abc"}'})

    assert "_auth_user_id" not in client.session
