"""The ministry's pages for the registers."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries as Counting

from tests.factories.accounts import UserFactory
from tests.factories.centres import (
    FamilyCentreFactory,
    MembershipFactory,
    NetworkFactory,
    YouthOfficeFactory,
)
from tests.factories.certification import SealFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/centres/familycentre/"


@pytest.fixture
def ministry(client: Client) -> Client:
    client.force_login(UserFactory.create(ministry=True, name="Ina Ministerium"))
    return client


def listed(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{LIST}{query}")
    return [centre.name for centre in response.context["cl"].result_list]


@pytest.mark.parametrize(
    "words", ["0001234", "bärenhöhle", "BAERENHOEHLE", "Münster", "muenst", "Straßenkinder", "strassenkinder e.V."]
)
def test_list_finds_by_number_name_town_and_provider(ministry: Client, words: str) -> None:
    FamilyCentreFactory.create(name="Anderswo")
    facility = {"member__facility__town": "Münster", "member__facility__provider__name": "Straßenkinder e. V."}
    FamilyCentreFactory.create(name="Bärenhöhle", certification_number="0001234", **facility)

    assert listed(ministry, f"?q={words}") == ["Bärenhöhle"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?jugendamt={lwl}", ["Verbund Münster"]),
        ("?landesjugendamt=LVR", ["Kita Köln"]),
        ("?form=network", ["Verbund Münster"]),
        ("?bestand=beendet", ["Verbund Münster"]),
        ("?bestand=laufend", ["Kita Köln"]),
        ("?siegel=none", ["Verbund Münster"]),
        ("?siegel=ended", ["Kita Köln"]),
        ("?siegelende=2014-07-31", ["Kita Köln"]),
        ("?jugendamt=quatsch&siegel=quatsch&siegelende=quatsch", ["Kita Köln", "Verbund Münster"]),
    ],
)
def test_list_is_filtered(ministry: Client, query: str, names: list[str]) -> None:
    lwl = YouthOfficeFactory.create(regional="LWL")
    ended = {"ended_on": date(2025, 7, 31), "end_reason": "Schließung"}
    NetworkFactory.create(name="Verbund Münster", youth_office=lwl, **ended)
    SealFactory.create(centre=FamilyCentreFactory.create(name="Kita Köln"), awarded_on=date(2010, 5, 5))

    assert listed(ministry, query.format(lwl=lwl.pk)) == names


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_rows(
    ministry: Client, rows: int, django_assert_num_queries: Counting
) -> None:
    for centre in FamilyCentreFactory.create_batch(rows):
        SealFactory.create(centre=centre)

    with django_assert_num_queries(8):
        ministry.get(f"{LIST}?q=0&siegel=valid")


@pytest.mark.parametrize("model", ["facility", "provider", "youthoffice"])
@pytest.mark.parametrize("rows", [1, 3])
def test_other_lists_take_few_queries(
    ministry: Client, model: str, rows: int, django_assert_max_num_queries: Counting
) -> None:
    FamilyCentreFactory.create_batch(rows)

    with django_assert_max_num_queries(7):
        assert ministry.get(f"/admin/centres/{model}/?q=0").status_code == 200


@pytest.mark.parametrize("model", ["facility", "provider", "youthoffice"])
def test_other_lists_find_tolerantly(ministry: Client, model: str) -> None:
    names = {"member__facility__name": "Größe", "member__facility__provider__name": "Größe"}
    FamilyCentreFactory.create(youth_office__name="Größe", **names)
    FamilyCentreFactory.create()

    response = ministry.get(f"/admin/centres/{model}/?q=groesse")

    assert response.context["cl"].result_count == 1


def test_ending_a_centre_asks_for_day_and_reason(ministry: Client) -> None:
    centre = MembershipFactory.create().centre
    url = f"{LIST}{centre.pk}/beenden/"

    refused = ministry.post(url, {"on": "2026-07-31"})
    ended = ministry.post(url, {"on": "2026-07-31", "reason": "Schließung"})
    again = ministry.post(url, {"on": "2026-07-31", "reason": "Schließung"})

    centre.refresh_from_db()
    assert [refused.status_code, ended.status_code, again.status_code] == [200, 302, 200]
    assert [centre.ended_on, centre.end_reason] == [date(2026, 7, 31), "Schließung"]
    assert centre.facility_memberships.get().ends_on == date(2026, 7, 31)
    assert "schon zum 31.07.2026 beendet" in again.content.decode()


@pytest.mark.parametrize("page", ["999/beenden/", "999/history/"])
def test_page_of_no_centre_is_not_found(ministry: Client, page: str) -> None:
    assert ministry.get(f"{LIST}{page}").status_code == 404


@pytest.mark.parametrize("model", ["familycentre", "facility", "provider", "youthoffice"])
def test_nothing_can_be_deleted(ministry: Client, model: str) -> None:
    centre = FamilyCentreFactory.create()
    facility = centre.facility_memberships.get().facility
    keys = {
        "familycentre": centre,
        "facility": facility,
        "provider": facility.provider,
        "youthoffice": centre.youth_office,
    }

    page = ministry.get(f"/admin/centres/{model}/{keys[model].pk}/change/").content.decode()

    assert "/delete/" not in page
    assert ministry.post(f"/admin/centres/{model}/{keys[model].pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("person", ["auditor", "service_office", "lead"])
@pytest.mark.parametrize("page", ["", "add/", "einlesen/", "1/beenden/", "1/history/"])
def test_admin_is_closed_to_everyone_but_the_ministry(client: Client, person: str, page: str) -> None:
    client.force_login(UserFactory.create(**{person: True}))

    assert client.get(f"{LIST}{page}").status_code in {302, 403}
