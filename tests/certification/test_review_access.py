"""Who gets in at all: auditors, whatever the case; nobody else, whatever the page."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from certification.models import Case
from certification.rules.moves import State
from certification.urls import review
from tests.certification.moves import case_in
from tests.certification.reviewing import auditor, signed_in
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory

pytestmark = pytest.mark.django_db
PAGES = [(str(pattern.name), len(pattern.pattern.converters)) for pattern in review.urlpatterns]


WITHOUT_A_NUMBER = ["home", "export", "saved_filters", "ties", "absences", "share", "team", "verdicts"]


def addresses(case_pk: int) -> dict[str, str]:
    given: dict[str, list[object]] = {"export": ["csv"]}
    usual = [case_pk, 1, "kennung"]
    return {name: reverse(f"review:{name}", args=given.get(name, usual[:numbers])) for name, numbers in PAGES}


@pytest.fixture
def case() -> Case:
    return case_in(State.RECOMMENDED)


@pytest.mark.parametrize("role", [Role.MINISTRY, Role.SERVICE_OFFICE, Role.CENTRE])
def test_no_page_exists_for_other_roles(case: Case, role: Role) -> None:
    user = UserFactory.create(role=role)
    if role == Role.CENTRE:
        MembershipFactory.create(centre=case.centre, user=user)
    client, pages = signed_in(user), addresses(case.pk)
    if role == Role.MINISTRY:
        del pages["team"]  # for the ministry, too

    assert {name: client.get(url).status_code for name, url in pages.items()} == dict.fromkeys(pages, 404)
    assert {client.post(url, {"reason": "Nein."}).status_code for url in pages.values()} <= {404, 405}


def test_strangers_are_asked_to_sign_in(case: Case) -> None:
    pages = addresses(case.pk)

    places = {name: Client().get(url)["Location"] for name, url in pages.items()}

    assert places == {name: f"{reverse('account_login')}?next={url}" for name, url in pages.items()}


def test_a_case_that_does_not_exist_is_not_found() -> None:
    client, pages = signed_in(auditor()), addresses(0)
    for name in WITHOUT_A_NUMBER:
        del pages[name]

    assert {name: client.get(url).status_code for name, url in pages.items()} == dict.fromkeys(pages, 404)


@pytest.mark.parametrize("state", State)
def test_the_page_of_a_case_opens_wherever_it_stands(state: State) -> None:
    case = case_in(state)

    response = signed_in(auditor()).get(reverse("review:case", args=[case.pk]))

    assert response.status_code == 200
    assert case.centre.name in response.text
