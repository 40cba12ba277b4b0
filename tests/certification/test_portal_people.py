"""The people of a centre in the portal: invite, end, hand over."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from centres.models import FamilyCentre, Handover, HandoverState, Membership, Provider
from tests.certification.admin import queries
from tests.certification.portal_cases import AT, TODAY
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]
PERSON = {"name": "Nora Neumann", "email": "Nachfolge@example.org"}
SUCCESSOR = {**PERSON, "starts_on": "2026-03-01"}


@pytest.fixture
def centre() -> FamilyCentre:
    found: FamilyCentre = FamilyCentreFactory.create()
    MembershipFactory.create(centre=found, user__name="Lea Leitung")
    Provider.objects.update(email="traeger@example.org")
    return found


@pytest.fixture
def lead(client: Client, centre: FamilyCentre) -> User:
    person = centre.memberships.get().user
    client.force_login(person)
    return person


def page(centre: FamilyCentre, tail: str = "") -> str:
    return f"/portal/zentren/{centre.pk}/personen/{tail}"


def test_page_shows_who_acts_and_who_did_and_nobody_of_another_centre(
    client: Client, centre: FamilyCentre, lead: User
) -> None:
    yesterday = TODAY - timedelta(days=1)
    MembershipFactory.create(centre=centre, deputy=True, user__name="Doris Deputy")
    MembershipFactory.create(centre=centre, deputy=True, user__name="Fritz Früher", ends_on=yesterday)
    MembershipFactory.create(user__name="Fanny Fremd")

    response = client.get(page(centre))

    assert [each.user.name for each in response.context["current"]] == ["Lea Leitung", "Doris Deputy"]
    assert [each.user.name for each in response.context["former"]] == ["Fritz Früher"]
    assertNotContains(response, "Fanny Fremd")


def test_page_asks_as_often_for_three_as_for_one(client: Client, centre: FamilyCentre, lead: User) -> None:
    for_one = queries(client, page(centre))
    MembershipFactory.create_batch(2, centre=centre, deputy=True)

    assert queries(client, page(centre)) == for_one <= 9


def test_lead_invites_a_deputy(client: Client, centre: FamilyCentre, lead: User) -> None:
    response = client.post(page(centre, "einladen/"), PERSON)

    assertRedirects(response, page(centre))
    assert centre.memberships.get(role="deputy").user.email == "nachfolge@example.org"


def test_wrong_input_is_named_and_kept(client: Client, centre: FamilyCentre, lead: User) -> None:
    response = client.post(page(centre, "einladen/"), {"name": "Nora Neumann", "email": "nora"})

    assertContains(response, "vollständige E-Mail-Adresse")
    assertContains(response, 'value="Nora Neumann"')
    assert centre.memberships.count() == 1


def test_refusal_of_the_act_is_said_with_all_input_kept(client: Client, centre: FamilyCentre, lead: User) -> None:
    UserFactory.create(ministry=True, email=PERSON["email"].lower())

    response = client.post(page(centre, "einladen/"), PERSON)

    assertContains(response, "geben Sie eine andere an")
    assertContains(response, 'value="Nora Neumann"')


@pytest.mark.parametrize("tail", ["einladen/", "uebergabe/", "uebergabe/zurueckziehen/"])
def test_deputy_is_told_that_only_the_lead_may(client: Client, centre: FamilyCentre, tail: str) -> None:
    client.force_login(MembershipFactory.create(centre=centre, deputy=True).user)

    assertRedirects(client.post(page(centre, tail), SUCCESSOR), page(centre))
    assert (centre.memberships.count(), Handover.objects.count()) == (2, 0)


def test_lead_ends_a_deputy_after_a_question(client: Client, centre: FamilyCentre, lead: User) -> None:
    deputy = MembershipFactory.create(centre=centre, deputy=True)

    assertContains(client.get(f"/portal/personen/{deputy.pk}/beenden/"), "sofort nicht mehr")
    assertRedirects(client.post(f"/portal/personen/{deputy.pk}/beenden/"), page(centre))

    deputy.refresh_from_db()
    assert deputy.ends_on == TODAY - timedelta(days=1)


def test_deputy_ends_no_other_but_herself(client: Client, centre: FamilyCentre) -> None:
    own, other = MembershipFactory.create_batch(2, centre=centre, deputy=True)
    client.force_login(own.user)

    assertRedirects(client.post(f"/portal/personen/{other.pk}/beenden/"), page(centre))
    assertRedirects(client.post(f"/portal/personen/{own.pk}/beenden/"), "/portal/", fetch_redirect_response=False)

    assert list(Membership.objects.filter(ends_on=None, role="deputy")) == [other]


def test_lead_cannot_be_ended_like_a_deputy(client: Client, centre: FamilyCentre, lead: User) -> None:
    assert client.post(f"/portal/personen/{centre.memberships.get().pk}/beenden/").status_code == 404


def test_handover_is_shown_before_it_is_sent(client: Client, centre: FamilyCentre, lead: User) -> None:
    response = client.post(page(centre, "uebergabe/"), SUCCESSOR)

    assertContains(response, "Was dann geschieht")
    assertContains(response, "1. März 2026")
    assert not Handover.objects.exists()


def test_handover_can_be_changed_before_it_is_sent(client: Client, centre: FamilyCentre, lead: User) -> None:
    response = client.post(page(centre, "uebergabe/"), {**SUCCESSOR, "back": "1"})

    assertContains(response, 'value="Nora Neumann"')
    assert not Handover.objects.exists()


def test_handover_is_asked_for_and_taken_back(client: Client, centre: FamilyCentre, lead: User) -> None:
    assertRedirects(client.post(page(centre, "uebergabe/"), {**SUCCESSOR, "send": "1"}), page(centre))
    assertContains(client.get(page(centre)), "Wir warten auf die Bestätigung des Trägers")

    assertContains(client.get(page(centre, "uebergabe/zurueckziehen/")), "Nora Neumann")
    assertRedirects(client.post(page(centre, "uebergabe/zurueckziehen/")), page(centre))

    assert Handover.objects.get().state == HandoverState.WITHDRAWN


def test_handover_into_the_past_is_refused(client: Client, centre: FamilyCentre, lead: User) -> None:
    response = client.post(page(centre, "uebergabe/"), {**SUCCESSOR, "starts_on": "2026-02-01"})

    assertContains(response, "Dieser Tag ist vorbei")


def test_second_handover_is_refused_with_a_sentence(client: Client, centre: FamilyCentre, lead: User) -> None:
    for _ in range(2):
        response = client.post(page(centre, "uebergabe/"), {**SUCCESSOR, "send": "1"})

    assertContains(response, "läuft schon eine Übergabe")
    assert Handover.objects.count() == 1
