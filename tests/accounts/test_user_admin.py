import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import DjangoAssertNumQueries as Counting

from accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def ministry(client: Client) -> Client:
    client.force_login(UserFactory.create(ministry=True, name="Ina"))
    return client


def test_person_is_added_without_a_password(ministry: Client) -> None:
    ministry.post(f"{LIST}add/", {"email": "Neu@Example.org", "name": "Neu", "role": "auditor", "is_active": "on"})

    person = User.objects.get(email="neu@example.org")
    assert [person.role, person.has_usable_password()] == ["auditor", False]


def test_address_that_is_taken_is_said_so(ministry: Client) -> None:
    UserFactory.create(email="da@example.org")

    page = ministry.post(
        f"{LIST}add/", {"email": "DA@example.org", "name": "Neu", "role": "auditor"}
    ).content.decode()

    assert "Zu dieser E-Mail-Adresse gibt es schon ein Konto." in page


@pytest.mark.parametrize("words", ["öz ay", "oez", "leitung@"])
def test_people_are_found_tolerantly(ministry: Client, words: str) -> None:
    UserFactory.create(name="Ayşe Öz", email="leitung@example.org")

    assert [person.name for person in ministry.get(f"{LIST}?q={words}").context["cl"].result_list] == ["Ayşe Öz"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_people(
    ministry: Client, rows: int, django_assert_num_queries: Counting
) -> None:
    UserFactory.create_batch(rows)

    with django_assert_num_queries(6):
        ministry.get(f"{LIST}?q=person")


def test_nobody_is_deleted_and_nobody_shuts_themselves_out(client: Client) -> None:
    person = User.objects.create_superuser("chef@example.org", "geheim", name="Chefin")
    client.force_login(person)

    client.post(f"{LIST}{person.pk}/change/", {"email": person.email, "name": "X", "role": "centre"})
    deleted = client.post(f"{LIST}{person.pk}/delete/", {"post": "yes"})

    person.refresh_from_db()
    assert [person.role, deleted.status_code] == ["ministry", 403]


def test_lost_second_factor_is_removed_and_its_owner_told(ministry: Client, mailoutbox: list[EmailMessage]) -> None:
    person = UserFactory.create(auditor=True)
    for each in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=person, type=each, data={})
    question = f"{LIST}{person.pk}/zweiter-faktor/"

    linked = question in ministry.get(f"{LIST}{person.pk}/change/").content.decode()
    ministry.post(question)

    assert (linked, Authenticator.objects.filter(user=person).exists()) == (True, False)
    assert [letter.to for letter in mailoutbox] == [[person.email]]
    assert question not in ministry.get(f"{LIST}{person.pk}/change/").content.decode()


def test_admin_shows_no_secrets_and_no_second_list_of_addresses() -> None:
    assert not any(map(admin.site.is_registered, [Authenticator, EmailAddress, Group]))
