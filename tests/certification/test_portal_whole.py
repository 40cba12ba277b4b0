"""What holds for every page of the portal, asked of each address: so many queries, and nothing typed is lost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from centres.models import FamilyCentre
from certification.models import Evidence
from certification.rules.moves import State
from tests.certification.portal_cases import AT, case_of, lead
from tests.certification.portal_pages import (
    DOWNLOADS,
    MOST_QUERIES,
    STATES,
    add_event,
    add_row,
    case_in,
    event_pages,
    queries_of,
    state_for,
)
from tests.certification.test_portal_access import NAMES, address
from tests.factories.accounts import PASSWORD
from tests.factories.centres import NetworkMembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in DOWNLOADS])
def test_every_page_takes_at_most_twelve_queries_for_one_row_and_for_three(client: Client, name: str) -> None:
    case = case_in(state_for(name))
    client.force_login(lead(case))
    page = address(name, case)
    add_row(case, 1)
    one = queries_of(client, page)
    for number in (2, 3):
        add_row(case, number)

    assert queries_of(client, page) == one <= MOST_QUERIES


@pytest.mark.parametrize("which", [0, 1, 2], ids=["events", "calendar", "registration"])
def test_pages_of_other_rooms_take_at_most_twelve_queries_as_well(client: Client, which: int) -> None:
    case = case_of()
    client.force_login(lead(case))
    client.post("/portal/kalender/")  # sets the address up
    page = event_pages(case.centre, at=AT)[which]
    one = queries_of(client, page)
    for _ in range(2):
        add_event(case.centre, at=AT)

    assert queries_of(client, page) == one <= MOST_QUERIES


TYPED: dict[str, dict[str, Any]] = {
    "invite": {"name": "Selma Yılmaz"},
    "hand_over": {"name": "Selma Yılmaz"},
    "evidence_add": {"title": "Schein von Selma Yılmaz"},
    "evidence_piece": {"title": "Schein von Selma Yılmaz"},
    "criterion_evidence": {"title": "Schein von Selma Yılmaz"},
    "master_data": {"fz-phone": "0221 Selma Yılmaz"},
    "propose": {"new": "Haus Selma Yılmaz"},
    "visit_move": {"reason": "Selma Yılmaz ist krank."},
    "visit_other": {"reason": "Selma Yılmaz ist krank."},
    "withdraw": {"reason": "Selma Yılmaz geht."},
}


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_outlives_the_session_on_every_page_with_a_form(client: Client, name: str) -> None:
    case = case_in(STATES[name]) if name in STATES else case_of()
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
    case = case_of()
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


def test_an_answer_to_a_question_outlives_the_session(client: Client) -> None:
    case = case_in(State.QUERIED)
    client.force_login(lead(case))
    page = address("answer", case)
    ((_, field, _), *_) = client.get(page).context["waiting"]
    del client.cookies["sessionid"]

    client.post(page, {field.html_name: "Das weiß Selma Yılmaz."})
    client.force_login(lead(case))

    assert "Das weiß Selma Yılmaz." in client.get(page).content.decode()
