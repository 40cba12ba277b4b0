"""The ministry decides about proposals: one click in the list, or a question of its own."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from centres.models import FamilyCentre, Proposal, Subject
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, ProposalFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:centres_proposal_changelist")


@pytest.fixture(autouse=True)
def _ministry(client: Client) -> None:
    client.force_login(UserFactory.create(ministry=True))


def act(proposal: Proposal, name: str) -> str:
    return reverse("admin:centres_proposal_act", args=[proposal.pk, name])


def test_button_in_the_list_accepts_with_one_click(client: Client) -> None:
    proposal = ProposalFactory.create()

    page = client.get(LIST).content.decode()
    client.post(act(proposal, "annehmen"), {"action": "", "_save": ""})

    assert f'formaction="{act(proposal, "annehmen")}"' in page
    assert FamilyCentre.objects.get(pk=proposal.centre_id).name == "Familienzentrum Sternschnuppe"


def test_out_of_date_is_said_and_not_accepted(client: Client) -> None:
    proposal = ProposalFactory.create(old="Ein früherer Name")

    page = client.get(LIST).content.decode()
    refused = client.post(act(proposal, "annehmen")).content.decode()

    assert "überholt" in page
    assert "formaction" not in page
    assert "Der Vorschlag ist überholt" in refused


def test_declining_asks_why(client: Client) -> None:
    proposal = ProposalFactory.create()

    client.post(act(proposal, "ablehnen"), {"reason": "Zu ähnlich."})

    proposal.refresh_from_db()
    assert (proposal.decision, proposal.decision_reason) == ("declined", "Zu ähnlich.")
    assert "formaction" not in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [(Subject.KIND, "Eine andere Form bedeutet"), (Subject.PROVIDER, "er wird neu angelegt")],
)
def test_question_says_what_is_special(client: Client, subject: Subject, sentence: str) -> None:
    centre = FamilyCentreFactory.create()
    facility = centre.facility_memberships.get().facility if subject == Subject.PROVIDER else None
    proposal = ProposalFactory.create(centre=centre, subject=subject, facility=facility, effect=["So wirkt es."])

    assert sentence in client.get(act(proposal, "annehmen")).content.decode()
    change = client.get(reverse("admin:centres_proposal_change", args=[proposal.pk])).content.decode()
    assert "So wirkt es." in change


@pytest.mark.parametrize(("stage", "number"), [("offen", 1), ("abgelehnt", 0), ("", 1)])
def test_list_is_filtered_by_stage(client: Client, stage: str, number: int) -> None:
    ProposalFactory.create()

    response = client.get(LIST, {"stand": stage} if stage else {})

    assert response.context["cl"].result_count == number


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries(client: Client, number: int, django_assert_max_num_queries: Any) -> None:
    ProposalFactory.create_batch(number)

    with django_assert_max_num_queries(13):
        client.get(LIST)
