"""What the centre reads of its result, in this round and in earlier ones."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certification.models import Case, Finding, Outcome, Part
from certification.rules.moves import State
from tests.certification.portal_cases import AT, case_of, lead, recommend
from tests.certification.portal_pages import MOST_QUERIES, queries_of
from tests.factories.accounts import UserFactory
from tests.factories.certification import CaseFactory, CertificateFactory, ProfileFactory, RoundFactory, SealFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]


def result(client: Client, case: Case) -> Any:
    client.force_login(lead(case))
    return client.get(reverse("portal:result", args=[case.pk]))


def earlier(case: Case, label: str = "Damals", **round_: Any) -> Outcome:
    """A released outcome of the same centre four years before."""
    old = CaseFactory.create(
        centre=case.centre,
        state=State.AWARDED,
        round=RoundFactory.create(label=label, **({"edition": case.round.edition} | round_)),
    )
    outcome = recommend(old, released=True)
    Outcome.objects.filter(pk=outcome.pk).update(released_at=datetime(2022, 5, 5, tzinfo=UTC))
    return outcome


def test_result_offers_the_quality_profile_once_it_is_printed(client: Client) -> None:
    case = case_of(State.RECOMMENDED)
    profile = ProfileFactory.create(outcome=recommend(case, released=True))

    page = result(client, case).content.decode()

    assert f'href="/portal/qualitaetsprofile/{profile.pk}/"' in page


def test_result_says_that_the_quality_profile_is_being_made(client: Client) -> None:
    case = case_of(State.RECOMMENDED)
    outcome = recommend(case, released=True)
    ProfileFactory.create(outcome=outcome, issued_at=None, file="", sha256="")

    page = result(client, case).content.decode()

    assert "Ihr Qualitätsprofil wird gerade erstellt" in page


def test_result_stands_beside_the_last_one(client: Client) -> None:
    case = case_of(State.RECOMMENDED)
    recommend(case, released=True)
    before = earlier(case)
    before.case.area_results.filter(area__number=1).update(grade="good")
    before.case.area_results.filter(area__number=5).update(grade="very_good")
    case.area_results.filter(area__number=5).update(grade="good")

    response = result(client, case)

    assert [each.change for each in response.context["graded"]] == ["besser", "schwächer"]
    assert "Beim letzten Mal: gut. Jetzt ist es besser." in response.content.decode()
    assert "Damals galten andere Kriterien" not in response.content.decode()


def test_result_shows_potential_where_it_was_recorded(client: Client) -> None:
    case = case_of(State.RECOMMENDED)
    recommend(case, released=True)
    case.area_results.filter(area__number=1).update(potential="Mehr Abende.")

    page = result(client, case).content.decode()

    assert page.count("Entwicklungsmöglichkeiten") == 1
    assert "Mehr Abende." in page


def test_all_rounds_are_listed_and_a_strangers_is_not(client: Client) -> None:
    case = case_of(State.RECOMMENDED)
    recommend(case, released=True)
    old = earlier(case)
    CertificateFactory.create(seal=SealFactory.create(centre=case.centre, case=old.case), issued=True)
    recommend(case_of(State.RECOMMENDED), released=True)
    client.force_login(lead(case))

    response = client.get(reverse("portal:results", args=[case.centre_id]))

    assert [each.case.pk for each in response.context["results"]] == [case.pk, old.case_id]
    assert "Urkunde" in response.content.decode()


def test_what_is_not_released_is_not_listed(client: Client) -> None:
    case = case_of(State.RECOMMENDED)
    recommend(case)
    client.force_login(lead(case))

    response = client.get(reverse("portal:results", args=[case.centre_id]))

    assert response.context["results"] == []
    assert "Noch kein Ergebnis" in response.content.decode()


@pytest.mark.parametrize("rounds", [1, 3])
def test_pages_take_the_same_queries_for_any_number_of_rounds(
    client: Client, rounds: int, django_assert_max_num_queries: Any
) -> None:
    case = case_of(State.RECOMMENDED)
    recommend(case, released=True)
    for number in range(rounds):
        ProfileFactory.create(outcome=earlier(case, label=f"Runde vor {number}"))
    client.force_login(lead(case))

    with django_assert_max_num_queries(9):
        client.get(reverse("portal:results", args=[case.centre_id]))
    assert queries_of(client, reverse("portal:result", args=[case.pk])) <= MOST_QUERIES


def test_remarks_to_the_centre_are_read_after_the_release_and_notes_never(client: Client) -> None:
    case = case_of(State.RECOMMENDED)
    part = Part.objects.filter(criterion__area__edition=case.round.edition).earliest("pk")
    someone = UserFactory.create(auditor=True)
    said = {"note": "Nur für uns.", "remark": "Bitte den Aushang ergänzen.", "verdict": "met"}
    Finding.objects.update_or_create(case=case, part=part, defaults=said | {"saved_at": AT, "saved_by": someone})
    recommend(case, released=True)
    client.force_login(lead(case))

    page = client.get(reverse("portal:result", args=[case.pk])).content.decode()

    assert "Bitte den Aushang ergänzen." in page
    assert "Nur für uns." not in page
