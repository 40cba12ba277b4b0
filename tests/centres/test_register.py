"""The public register."""

from datetime import date

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries as Counting

from tests.factories.centres import FamilyCentreFactory, MembershipFactory, NetworkFactory, YouthOfficeFactory
from tests.factories.certification import SealFactory

pytestmark = pytest.mark.django_db
REGISTER = "/familienzentren/"


@pytest.fixture(autouse=True)
def fresh_count() -> None:
    cache.delete("register-count")


def names(client: Client, query: str = "") -> list[str]:
    return [centre.name for centre in client.get(f"{REGISTER}{query}").context["object_list"]]


def test_register_lists_running_centres_in_german_order(client: Client) -> None:
    for name in ["Zwergenland", "Übermut", "ärmel", "Uhu"]:
        FamilyCentreFactory.create(name=name)
    FamilyCentreFactory.create(name="Beendet", ended_on=date(2025, 7, 31), end_reason="Schließung")

    assert names(client) == ["ärmel", "Übermut", "Uhu", "Zwergenland"]


@pytest.mark.parametrize(
    "query", ["?q=baeren+muenst", "?q=BÄREN", "?ort=münster", "?jugendamt={office}", "?art=network", "?q=0007"]
)
def test_register_finds(client: Client, query: str) -> None:
    FamilyCentreFactory.create(name="Anderswo", certification_number="9999")
    office = YouthOfficeFactory.create()
    numbered = {"name": "Bärenhöhle", "certification_number": "00071", "youth_office": office}
    NetworkFactory.create(member__facility__town="Münster", **numbered)

    assert names(client, query.format(office=office.pk)) == ["Bärenhöhle"]


def test_register_says_when_nothing_is_found(client: Client) -> None:
    FamilyCentreFactory.create()

    assert "Dazu haben wir kein Familienzentrum gefunden." in client.get(f"{REGISTER}?q=xyz").content.decode()


def test_register_has_pages_of_fifty(client: Client) -> None:
    FamilyCentreFactory.create_batch(51)

    assert [len(names(client)), len(names(client, "?seite=2"))] == [50, 1]


@pytest.mark.parametrize("rows", [1, 3])
def test_register_takes_the_same_queries_for_any_number_of_rows(
    client: Client, rows: int, django_assert_num_queries: Counting
) -> None:
    NetworkFactory.create_batch(rows)

    with django_assert_num_queries(6):
        client.get(f"{REGISTER}?q=0")


@time_machine.travel("2026-05-05T12:00:00+02:00")
@pytest.mark.parametrize(
    ("awarded", "said"),
    [(date(2025, 5, 5), "gültig bis 31. Juli 2029"), (date(2015, 5, 5), "zurzeit kein gültiges Gütesiegel")],
)
def test_register_says_what_the_seal_is_worth(client: Client, awarded: date, said: str) -> None:
    centre = SealFactory.create(awarded_on=awarded).centre

    assert said in client.get(REGISTER).content.decode()
    assert said in client.get(f"{REGISTER}{centre.certification_number}/").content.decode()


def test_entry_shows_facilities_and_no_person(client: Client) -> None:
    reachable = {"lead_name": "Ayşe Öz", "email": "oez@example.org"}
    centre = FamilyCentreFactory.create(member__facility__name="Kita Uhu", **reachable)
    MembershipFactory.create(centre=centre, user__name="Berta Blau")

    page = client.get(f"{REGISTER}{centre.certification_number}/").content.decode()

    assert "Kita Uhu" in page
    assert "Hauptstraße 1, 50667 Köln" in page
    assert [hidden for hidden in ("Ayşe", "oez@", "Berta") if hidden in page] == []


def test_entry_of_an_ended_centre_says_so(client: Client) -> None:
    ended = {"ended_on": date(2025, 7, 31), "end_reason": "Streit im Vorstand"}
    centre = NetworkFactory.create(certification_number="05/12 A", **ended)

    page = client.get(f"{REGISTER}05/12%20A/").content.decode()

    assert "Dieses Familienzentrum besteht nicht mehr." in page
    assert centre.end_reason not in page


def test_entry_of_an_unknown_number_is_not_found(client: Client) -> None:
    assert client.get(f"{REGISTER}0815/").status_code == 404
