"""Who may see what under /portal/: every address, every role, and a stranger's rows that could be seen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from centres.handovers import ask
from centres.models import FamilyCentre
from certification.models import Case, Criterion
from certification.rules.moves import State
from certification.urls.portal import urlpatterns
from tests.certification.portal_cases import AT, case_of, handed_in, lead, recommend
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory, ProposalFactory
from tests.factories.certification import CertificateFactory, ProfileFactory
from tests.factories.evidence import EvidenceFactory
from tests.factories.post import LetterFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]
READ_ONLY = [
    "home",
    "centre",
    "evidence",
    "people",
    "letters",
    "letter",
    "case",
    "questionnaire",
    "answers",
    "result",
    "results",
    "profile",
    "network",
    "what_if",
    "certificate",
    "receipt",
    "visit_calendar",
]
STAFF = ["ministry", "auditor", "service_office"]
NAMES = [pattern.name for pattern in urlpatterns]


def deputy_of(case: Case) -> int:
    """A deputy, and a handover of the lead under way."""
    if not case.centre.handovers.exists():
        given = {"name": "Nora Neumann", "email": "nachfolge@example.org", "starts_on": AT.date()}
        ask(case.centre, **given, by=lead(case), at=AT)
    return MembershipFactory.create(centre=case.centre, deputy=True).pk


def proposal_of(case: Case) -> int:
    known = case.centre.proposals.first() or ProposalFactory.create(centre=case.centre)
    return known.pk


def first_criterion(case: Case) -> int:
    return Criterion.objects.filter(area__edition=case.round.edition).earliest("pk").pk


OF_CENTRE = {"centre", "letters", "people", "invite", "hand_over", "withdraw_handover", "evidence", "evidence_add",
             "results", "master_data", "network", "what_if"}  # fmt: skip
ARGUMENTS: dict[str, Callable[[Case], list[Any]]] = {
    "home": lambda _: [],
    **dict.fromkeys(OF_CENTRE, lambda case: [case.centre_id]),
    "end_deputy": lambda case: [deputy_of(case)],
    "letter": lambda case: [LetterFactory.create(centre=case.centre).pk],
    "area": lambda case: [case.pk, 1],
    **dict.fromkeys(
        ("evidence_piece", "evidence_remove"), lambda case: [EvidenceFactory.create(centre=case.centre).pk]
    ),
    "criterion_evidence": lambda case: [case.pk, first_criterion(case)],
    "propose": lambda case: [case.centre_id, "name"],
    "network_change": lambda case: [case.centre_id, "austritt"],
    "take_back": lambda case: [proposal_of(case)],
    "profile": lambda case: [ProfileFactory.create(outcome=case.outcomes.get()).pk],
    "certificate": lambda case: [CertificateFactory.create(seal__centre=case.centre, issued=True).pk],
}


def address(name: str | None, case: Case) -> str:
    """The page of this name about a case; what it is about is made where it is not there."""
    deputy_of(case)
    arguments = ARGUMENTS.get(str(name), lambda case: [case.pk])
    return reverse(f"portal:{name}", args=arguments(case))


def released_case() -> Case:
    case = case_of(State.RECOMMENDED)
    recommend(case, released=True)
    handed_in(case)
    return case


@pytest.mark.parametrize("name", NAMES)
def test_nobody_comes_in_without_signing_in(client: Client, name: str) -> None:
    response = client.get(address(name, released_case()))

    assert response.status_code == 302
    assert response["Location"].startswith("/konto/anmelden/")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "home"])
def test_pages_of_another_centre_are_not_there(client: Client, name: str) -> None:
    foreign = address(name, released_case())
    client.force_login(lead(case_of()))

    assert [client.get(foreign).status_code, client.post(foreign).status_code] in ([404, 404], [404, 405])


@pytest.mark.parametrize("name", NAMES)
def test_staff_is_led_to_its_own_place(client: Client, name: str) -> None:
    page, seen = address(name, released_case()), {}

    for role in STAFF:
        client.force_login(UserFactory.create(**{role: True}))
        response = client.get(page)
        seen[role] = (response.status_code, response["Location"], client.post(page).status_code)

    assert seen == dict.fromkeys(STAFF, (302, "/", 403))


@pytest.mark.parametrize("name", READ_ONLY)
def test_pages_to_read_take_no_post(client: Client, name: str) -> None:
    case = released_case()
    client.force_login(lead(case))

    assert client.post(address(name, case)).status_code == 405


UNNUMBERED = {"home", "letter", "certificate", "profile", "receipt", "visit_calendar"}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNNUMBERED])
def test_each_page_names_the_certification_number(client: Client, name: str) -> None:
    agreed = dict.fromkeys(["visit", "visit_move", "visit_other"], State.VISIT_AGREED)
    states = {"register": State.INVITED, "submit": State.REGISTERED, "area": State.REGISTERED, **agreed}
    case = case_of(states.get(name, State.QUERIED))
    if name == "result":
        recommend(case, released=True)
    if name == "answer":
        case.queries.create(text="Wann?", due_on=AT.date(), asked_at=AT, asked_by=UserFactory.create(auditor=True))
    if name.startswith("network"):
        FamilyCentre.objects.filter(pk=case.centre_id).update(kind="network")
    if case.state == State.VISIT_AGREED:
        case.visits.create(starts_at=AT + timedelta(days=9), visitor=UserFactory.create(auditor=True))
    client.force_login(lead(case))

    assert case.centre.certification_number in client.get(address(name, case)).content.decode()


def test_a_certificate_that_is_not_issued_is_not_there(client: Client) -> None:
    case = case_of(State.AWARDED)
    certificate = CertificateFactory.create(seal__centre=case.centre)
    client.force_login(lead(case))

    assert client.get(reverse("portal:certificate", args=[certificate.pk])).status_code == 404
