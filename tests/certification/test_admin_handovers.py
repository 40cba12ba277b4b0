"""The ministry decides about a handover in place of a provider that cannot or does not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from centres import handovers
from centres.models import Handover, HandoverState, Letter, Membership, Provider
from tests.certification.admin import ministry, queries
from tests.certification.portal_cases import AT, TODAY, case_of, lead
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]
LIST = reverse("admin:centres_handover_changelist")
EMAIL = "nachfolge@example.org"


def asked(provider: str = "traeger@example.org", *, days_ago: int = 0) -> Handover:
    """A handover from today on, of a centre with a lead."""
    case = case_of()
    Provider.objects.update(email=provider)
    given = {"name": "Nora Neumann", "email": EMAIL, "starts_on": TODAY, "by": lead(case)}
    return handovers.ask(case.centre, **given, at=AT - timedelta(days=days_ago))


def act(handover: Handover, name: str) -> str:
    return reverse("admin:centres_handover_act", args=[handover.pk, name])


@pytest.mark.parametrize(
    ("provider", "days_ago", "sentence"),
    [
        ("", 0, "keine E-Mail-Adresse bekannt"),
        ("traeger@example.org", 0, "kann noch selbst antworten"),
        ("traeger@example.org", 30, "hat nicht geantwortet"),
    ],
)
def test_the_question_says_why_the_ministry_is_asked(
    client: Client, provider: str, days_ago: int, sentence: str
) -> None:
    ministry(client)

    assertContains(client.get(act(asked(provider, days_ago=days_ago), "bestaetigen")), sentence)


def test_the_question_names_the_reason_of_a_provider_that_refused(client: Client) -> None:
    handover = handovers.refuse(asked(), reason="Die Stelle ist noch nicht besetzt.", at=AT)
    ministry(client)

    assertContains(client.get(act(handover, "bestaetigen")), "Die Stelle ist noch nicht besetzt.")


def test_confirming_gives_access_to_the_new_lead_and_takes_it_from_the_old_one_at_once(client: Client) -> None:
    handover = asked(provider="")
    old, by = handover.asked_by, ministry(client)

    client.post(act(handover, "bestaetigen"))

    handover.refresh_from_db()
    assert (handover.state, handover.decided_by) == (HandoverState.CONFIRMED, by)
    page = reverse("portal:centre", args=[handover.centre_id])
    for person, status in ((old, 404), (User.objects.get(email=EMAIL), 200)):
        client.force_login(person)
        assert client.get(page).status_code == status


def test_ending_without_a_change_needs_a_reason_that_the_centre_reads(client: Client) -> None:
    handover = asked(provider="")
    ministry(client)

    refused = client.post(act(handover, "beenden"), {"reason": ""})
    assert refused.context["form"].errors.keys() == {"reason"}
    client.post(act(handover, "beenden"), {"reason": "Der Träger wechselt."})

    handover.refresh_from_db()
    assert (handover.state, Membership.objects.count()) == (HandoverState.CLOSED, 1)
    assert "Der Träger wechselt." not in Letter.objects.filter(to=handover.asked_by.email).latest("pk").body
    client.force_login(handover.asked_by)
    assertContains(client.get(reverse("portal:people", args=[handover.centre_id])), "Der Träger wechselt.")


def test_what_is_decided_cannot_be_decided_again(client: Client) -> None:
    handover = handovers.withdraw(given := asked(), by=given.asked_by, at=AT)
    ministry(client)

    change = client.get(reverse("admin:centres_handover_change", args=[handover.pk]))
    client.post(act(handover, "bestaetigen"))

    assertNotContains(change, "Neue Leitung bestätigen")
    handover.refresh_from_db()
    assert (handover.state, Membership.objects.count()) == (HandoverState.WITHDRAWN, 1)


def test_the_work_list_has_only_what_waits_for_the_ministry(client: Client) -> None:
    waiting, _ = asked(days_ago=30), asked()
    ministry(client)

    found = client.get(LIST, {"aufgabe": "ministerium"}).context["cl"].result_list

    assert list(found) == [waiting]
    assert client.get(LIST).context["cl"].result_count == 2


def test_list_asks_as_often_for_three_as_for_one(client: Client) -> None:
    ministry(client)
    asked()
    one = queries(client, LIST)
    for _ in range(2):
        asked()

    assert queries(client, LIST) == one


@pytest.mark.parametrize("role", ["lead", "auditor", "service_office"])
def test_nobody_else_decides(client: Client, role: str) -> None:
    handover = asked(provider="")
    client.force_login(UserFactory.create(**{role: True}))

    client.post(act(handover, "bestaetigen"))

    handover.refresh_from_db()
    assert handover.state == HandoverState.ASKED
