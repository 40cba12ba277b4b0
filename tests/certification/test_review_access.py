"""Who gets in at all: auditors, whatever the case; nobody else, whatever the page."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from certification.rules.moves import State
from certification.urls import review
from tests.certification.moves import case_in
from tests.certification.reviewing import auditor, signed_in
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory

pytestmark = pytest.mark.django_db
PAGES = [(pattern.name, len(pattern.pattern.converters)) for pattern in review.urlpatterns]
STRANGERS = [Role.MINISTRY, Role.SERVICE_OFFICE, Role.CENTRE]


def address(page: str, numbers: int, case_pk: int) -> str:
    return reverse(f"review:{page}", args=[case_pk, 1][:numbers])


@pytest.mark.parametrize(("page", "numbers"), PAGES)
@pytest.mark.parametrize("role", STRANGERS)
def test_no_page_exists_for_other_roles(page: str, numbers: int, role: Role) -> None:
    case = case_in(State.RECOMMENDED)
    user = UserFactory.create(role=role)
    if role == Role.CENTRE:
        MembershipFactory.create(centre=case.centre, user=user)

    client = signed_in(user)

    assert client.get(address(page, numbers, case.pk)).status_code == 404
    assert client.post(address(page, numbers, case.pk), {"reason": "Nein."}).status_code in {404, 405}


@pytest.mark.parametrize(("page", "numbers"), PAGES)
def test_every_page_asks_strangers_to_sign_in(page: str, numbers: int) -> None:
    case = case_in(State.RECOMMENDED)

    response = Client().get(address(page, numbers, case.pk))

    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(("page", "numbers"), [each for each in PAGES if each[1]])
def test_a_case_that_does_not_exist_is_not_found(page: str, numbers: int) -> None:
    assert signed_in(auditor()).get(address(page, numbers, 0)).status_code == 404


@pytest.mark.parametrize("state", State)
def test_the_page_of_a_case_opens_wherever_it_stands(state: State) -> None:
    case = case_in(state)

    response = signed_in(auditor()).get(reverse("review:case", args=[case.pk]))

    assert response.status_code == 200
    assert case.centre.name in response.text
