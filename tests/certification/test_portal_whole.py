"""What holds for every page of the portal, asked of each address: so many queries, and nothing typed is lost."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centres.models import FamilyCentre
from certification.models import Case, Evidence
from certification.rules.moves import State
from tests.certification.portal_cases import AT, handed_in, lead, recommend, say
from tests.certification.portal_cases import case_of as made
from tests.certification.test_portal_access import NAMES, address
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.centres import MembershipFactory, NetworkMembershipFactory
from tests.factories.certification import CaseFactory, CertificateFactory, ProfileFactory, RoundFactory, SealFactory
from tests.factories.evidence import EvidenceFactory, EvidenceUseFactory
from tests.factories.post import LetterFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]
MOST_QUERIES = 12
STATES = {"register": State.INVITED, "submit": State.REGISTERED, "area": State.REGISTERED, "answer": State.QUERIED}
DOWNLOADS = {"certificate", "profile", "receipt"}


def case_for(name: str) -> Case:
    """A case in a state in which the page has something to show, of a network."""
    case = made(STATES.get(name, State.RECOMMENDED))
    recommend(case, released=name not in STATES)
    handed_in(case)
    FamilyCentre.objects.filter(pk=case.centre_id).update(kind="network")
    say(case, "1.1")
    if name == "answer":
        ask(case, answered=False)
    return case


def ask(case: Case, *, answered: bool) -> None:
    by = UserFactory.create(auditor=True)
    answer = {"answer": "Vier Mal.", "answered_at": AT, "answered_by": by} if answered else {}
    case.queries.create(text="Wie oft?", due_on=AT.date(), asked_at=AT, asked_by=by, **answer)


def add_row(case: Case, number: int) -> None:
    """One more of everything a page of the portal lists."""
    criterion = case.round.edition.areas.earliest("number").criteria.earliest("pk")
    piece = EvidenceFactory.create(centre=case.centre, criteria=[criterion])
    EvidenceUseFactory.create(case=case, evidence=piece, criterion=criterion)
    EvidenceFactory.create(centre=case.centre, criteria=[criterion])
    LetterFactory.create(centre=case.centre)
    MembershipFactory.create(centre=case.centre, deputy=True)
    NetworkMembershipFactory.create(centre=case.centre)
    ask(case, answered=True)
    case.steps.create(act="ask", new="queried", actor="auditor", by=UserFactory.create(auditor=True), at=AT)
    round_ = RoundFactory.create(label=f"Runde vor {number}", edition=case.round.edition)
    earlier = CaseFactory.create(centre=case.centre, round=round_, state=State.AWARDED, submitted_at=AT)
    ProfileFactory.create(outcome=recommend(earlier, released=True))
    CertificateFactory.create(seal=SealFactory.create(centre=case.centre, case=earlier), issued=True)


def queries_of(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        response = client.get(page)
    assert response.status_code == 200, page
    return len(seen)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in DOWNLOADS])
def test_every_page_takes_at_most_twelve_queries_for_one_row_and_for_three(client: Client, name: str) -> None:
    case = case_for(name)
    client.force_login(lead(case))
    page = address(name, case)
    add_row(case, 1)
    one = queries_of(client, page)
    for number in (2, 3):
        add_row(case, number)

    assert queries_of(client, page) == one <= MOST_QUERIES


TYPED: dict[str, dict[str, Any]] = {
    "invite": {"name": "Selma Yılmaz"},
    "hand_over": {"name": "Selma Yılmaz"},
    "evidence_add": {"title": "Schein von Selma Yılmaz"},
    "evidence_piece": {"title": "Schein von Selma Yılmaz"},
    "criterion_evidence": {"title": "Schein von Selma Yılmaz"},
    "master_data": {"fz-phone": "0221 Selma Yılmaz"},
    "propose": {"new": "Haus Selma Yılmaz"},
    "answer": {"text": "Das weiß Selma Yılmaz."},
    "withdraw": {"reason": "Selma Yılmaz geht."},
}


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_outlives_the_session_on_every_page_with_a_form(client: Client, name: str) -> None:
    case = case_for(name) if name == "answer" else made()
    if name == "answer":
        Case.objects.filter(pk=case.pk).update(state=State.QUERIED)
    client.force_login(lead(case))
    page = address(name, case)
    client.get(page)
    del client.cookies["sessionid"]
    client.post(page, TYPED[name])
    client.post(reverse("account_login"), {"login": lead(case).email, "password": PASSWORD, "next": page})

    text = client.get(page).content.decode()

    assert "Ihre Eingaben sind wieder da" in text
    assert "Selma Yılmaz" in text
    assert Evidence.objects.filter(title__contains="Selma").count() == 0


def test_a_change_of_the_network_outlives_the_session(client: Client) -> None:
    case = made()
    FamilyCentre.objects.filter(pk=case.centre_id).update(kind="network")
    facility = NetworkMembershipFactory.create(centre=case.centre).facility
    client.force_login(lead(case))
    page = reverse("portal:network_change", args=[case.centre_id, "austritt"])
    client.get(page)
    del client.cookies["sessionid"]

    client.post(page, {"facility": facility.pk, "on": "2026-07-31", "reason": "Selma Yılmaz hört auf."})
    client.force_login(lead(case))

    text = client.get(page).content.decode()
    assert "Selma Yılmaz hört auf." in text
    assert "Das würde es bedeuten" in text
