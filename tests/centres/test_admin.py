"""The ministry's pages for the registers."""

import io
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries as Counting

from centres.models import FamilyCentre, Membership, NetworkMembership
from certification.models import Seal
from tests.centres.files import csv_of, many, row
from tests.factories.accounts import UserFactory
from tests.factories.centres import (
    FacilityFactory,
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


def form_of(
    centre: FamilyCentre, rows: list[dict[str, object]], people: list[dict[str, object]] | None = None
) -> dict[str, str]:
    """The page of a centre as a browser would send it."""
    data: dict[str, object] = {
        "certification_number": centre.certification_number,
        "name": centre.name,
        "kind": centre.kind,
        "youth_office": centre.youth_office_id,
        "email": centre.email,
    }
    for prefix, each in (("facility_memberships", rows), ("memberships", people or [])):
        data[f"{prefix}-TOTAL_FORMS"] = len(each)
        data[f"{prefix}-INITIAL_FORMS"] = sum(bool(values.get("id")) for values in each)
        for place, values in enumerate(each):
            data |= {f"{prefix}-{place}-{name}": value for name, value in values.items()}
    return {
        name: f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value) for name, value in data.items() if value
    }


def member(membership: NetworkMembership, **changes: object) -> dict[str, object]:
    names = ["id", "facility_id", "starts_on", "ends_on", "grant_recipient", "contact"]
    values = {name.removesuffix("_id"): getattr(membership, name) for name in names}
    return {"centre": membership.centre_id, **values, **changes}


def save(
    client: Client, centre: FamilyCentre, rows: list[dict[str, object]], people: list[dict[str, object]] | None = None
) -> str:
    """What the page says: nothing when it was saved."""
    data = form_of(centre, rows, people) | {"facility_memberships-TOTAL_FORMS": str(len(rows))}
    counts = {f"{p}-{c}_FORMS": "0" for p in ("facility_memberships", "memberships") for c in ("TOTAL", "INITIAL")}
    response = client.post(f"{LIST}{centre.pk}/change/", counts | data)
    return "" if response.status_code == 302 else response.content.decode()


def test_saving_a_centre_refreshes_what_it_is_found_by(ministry: Client) -> None:
    centre = FamilyCentreFactory.create(name="Alt")
    centre.name = "Änderung"

    assert save(ministry, centre, [member(centre.facility_memberships.get())]) == ""
    assert listed(ministry, "?q=aenderung") == ["Änderung"]


@pytest.mark.parametrize(
    ("model", "name"), [("facility", "facility"), ("provider", "provider"), ("youthoffice", "youth_office")]
)
def test_renaming_what_belongs_to_a_centre_refreshes_it(ministry: Client, model: str, name: str) -> None:
    centre = FamilyCentreFactory.create()
    facility = centre.facility_memberships.get().facility
    obj = {"facility": facility, "provider": facility.provider, "youth_office": centre.youth_office}[name]
    values = {field.name: field.value_from_object(obj) for field in obj._meta.fields if field.editable}
    values = {name: value for name, value in values.items() if value} | {"name": "Sonnenblümchen"}

    response = ministry.post(f"/admin/centres/{model}/{obj.pk}/change/", values)

    assert response.status_code == 302
    assert FamilyCentre.objects.found_by("sonnenbluemchen").get() == centre


def test_single_centre_with_two_facilities_is_refused_in_the_form(ministry: Client) -> None:
    centre = FamilyCentreFactory.create()
    second = {"facility": FacilityFactory.create().pk, "starts_on": date(2020, 1, 1), "centre": centre.pk}

    said = save(ministry, centre, [member(centre.facility_memberships.get()), second])

    assert "Ein Einzel-Familienzentrum hat genau eine Einrichtung, hier sind es 2." in said


def test_single_centre_without_a_facility_is_refused_in_the_form(ministry: Client) -> None:
    centre = FamilyCentreFactory.create()

    said = save(ministry, centre, [member(centre.facility_memberships.get(), ends_on=date(2025, 1, 1))])

    assert "hier sind es 0." in said


def test_single_centre_moves_to_another_facility(ministry: Client) -> None:
    centre = FamilyCentreFactory.create()
    rows = [
        member(centre.facility_memberships.get(), ends_on=date(2025, 7, 31)),
        {
            "facility": FacilityFactory.create().pk,
            "starts_on": date(2025, 8, 1),
            "grant_recipient": "on",
            "contact": "on",
        },
    ]

    assert save(ministry, centre, rows) == ""
    assert centre.facility_memberships.get(ends_on=None).grant_recipient


def test_single_centre_with_two_facilities_at_a_time_is_refused(ministry: Client) -> None:
    centre = FamilyCentreFactory.create()
    rows = [
        member(centre.facility_memberships.get(), ends_on=date(2025, 8, 1)),
        {"facility": FacilityFactory.create().pk, "starts_on": date(2025, 8, 1)},
    ]

    assert "zu jeder Zeit genau eine Einrichtung" in save(ministry, centre, rows)


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("grant_recipient", "Ein Verbund hat zu jeder Zeit nur einen Zuschussempfänger."),
        ("contact", "Ein Verbund hat zu jeder Zeit nur eine Kontakteinrichtung."),
    ],
)
def test_network_with_two_of_a_kind_is_refused(ministry: Client, flag: str, said: str) -> None:
    centre = NetworkFactory.create(size=2)
    rows = [member(membership) | {flag: "on"} for membership in centre.facility_memberships.order_by("pk")]

    assert said in save(ministry, centre, rows)


def test_network_hands_its_grant_from_a_later_to_an_earlier_facility(ministry: Client) -> None:
    centre = NetworkFactory.create(size=2)
    first, second = centre.facility_memberships.order_by("pk")
    rows = [member(first, grant_recipient="", contact=""), member(second, grant_recipient="on", contact="on")]

    assert save(ministry, centre, rows) == ""
    assert save(ministry, centre, [member(first), member(second)]) == ""
    assert centre.facility_memberships.get(grant_recipient=True) == first


def test_facility_of_another_centre_is_refused(ministry: Client) -> None:
    centre, other = NetworkFactory.create(size=1), FamilyCentreFactory.create(name="Anderswo")
    taken = {"facility": other.facility_memberships.get().facility_id, "starts_on": date(2026, 1, 1)}

    said = save(ministry, centre, [member(centre.facility_memberships.get()), taken])

    assert "gehört in dieser Zeit schon zu einem Familienzentrum" in said
    assert "gehört zu Anderswo" in said


def test_facility_twice_in_a_network_is_refused(ministry: Client) -> None:
    centre = NetworkFactory.create(size=1)
    membership = centre.facility_memberships.get()
    again = {"facility": membership.facility_id, "starts_on": date(2026, 1, 1)}

    assert "gehört in dieser Zeit schon zu einem" in save(ministry, centre, [member(membership), again])


def test_days_out_of_order_are_refused(ministry: Client) -> None:
    centre = NetworkFactory.create(size=1)
    rows = [member(centre.facility_memberships.get(), ends_on=date(2001, 1, 1))]

    assert "Der letzte Tag liegt vor dem ersten." in save(ministry, centre, rows)


def test_lead_is_handed_over_on_one_page(ministry: Client) -> None:
    old = MembershipFactory.create()
    people = [
        {
            "id": old.pk,
            "centre": old.centre_id,
            "user": old.user_id,
            "role": "lead",
            "starts_on": old.starts_on,
            "ends_on": date(2025, 7, 31),
        },
        {"user": UserFactory.create().pk, "role": "lead", "starts_on": date(2025, 8, 1)},
    ]

    assert save(ministry, old.centre, [member(old.centre.facility_memberships.get())], people) == ""
    assert Membership.objects.count() == 2


@pytest.mark.parametrize(
    ("role", "said"),
    [("lead", "zu jeder Zeit nur eine Leitung"), ("deputy", "schon für das Familienzentrum zuständig")],
)
def test_people_who_overlap_are_refused(ministry: Client, role: str, said: str) -> None:
    old = MembershipFactory.create(role=role)
    person = old.user_id if role == "deputy" else UserFactory.create().pk
    people = [
        {"id": old.pk, "centre": old.centre_id, "user": old.user_id, "role": role, "starts_on": old.starts_on},
        {"user": person, "role": role, "starts_on": date(2025, 8, 1)},
    ]

    assert said in save(ministry, old.centre, [member(old.centre.facility_memberships.get())], people)


def test_what_only_the_database_sees_becomes_a_message(ministry: Client) -> None:
    centre = NetworkFactory.create(size=2)
    first, second = centre.facility_memberships.order_by("pk")
    NetworkMembership.objects.filter(pk=second.pk).update(contact=True) if not first.contact else None
    NetworkMembership.objects.filter(pk=first.pk).update(contact=False)
    NetworkMembership.objects.filter(pk=second.pk).update(contact=True)
    rows = [member(first, contact="on", grant_recipient=""), member(second, contact="", grant_recipient="on")]

    response = ministry.post(
        f"{LIST}{centre.pk}/change/",
        {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0", **form_of(centre, rows)},
        follow=True,
    )

    assert "Es wurde nichts gespeichert. Ein Verbund hat zu jeder Zeit nur" in response.content.decode()


def test_new_single_centre_is_made_with_its_facility(ministry: Client) -> None:
    centre = FamilyCentre(
        certification_number="0099", name="Neu", kind="single", youth_office=YouthOfficeFactory.create()
    )
    facility = {"facility": FacilityFactory.create(town="Bonn").pk, "starts_on": date(2026, 8, 1)}
    data = form_of(centre, [facility]) | {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}

    response = ministry.post(f"{LIST}add/", data | {"facility_memberships-INITIAL_FORMS": "0"})

    assert response.status_code == 302
    assert FamilyCentre.objects.found_by("0099 bonn").exists()


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


def uploaded(client: Client, data: bytes, **options: str) -> str:
    """Where the preview is."""
    file = io.BytesIO(data)
    file.name = "register.csv"
    response = client.post(f"{LIST}einlesen/", {"file": file, **options})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def test_import_shows_first_and_writes_on_confirmation(ministry: Client) -> None:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    preview = uploaded(ministry, csv_of(*many(3)))

    shown = ministry.get(preview)
    before = FamilyCentre.objects.count()
    confirmed = ministry.post(preview, follow=True)

    assert shown.context["report"].counts["Familienzentren"].new == 3
    assert [before, FamilyCentre.objects.count(), Seal.objects.count()] == [0, 3, 3]
    assert "Familienzentren: 3 neu, 0 geändert, 0 unverändert." in confirmed.content.decode()


def test_import_with_problems_shows_them_and_cannot_be_confirmed(ministry: Client) -> None:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    preview = uploaded(ministry, csv_of(row(PLZ="123"), row(number="2", facility="2")))

    page, confirmed = ministry.get(preview).content.decode(), ministry.post(preview)

    assert "Eine Postleitzahl hat fünf Ziffern." in page
    assert "Mit Fehlern wird nichts übernommen." in page
    assert confirmed["Location"] == preview
    assert not FamilyCentre.objects.exists()


def test_import_can_skip_problems_and_hand_them_back(ministry: Client) -> None:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    preview = uploaded(ministry, csv_of(row(PLZ="123"), row(number="2", facility="2")), skip_invalid="on")

    rest = ministry.get(f"{preview}rest.csv").content.decode("utf-8-sig")
    ministry.post(preview)

    assert [FamilyCentre.objects.get().certification_number, rest.count("\n")] == ["2", 2]


def test_import_takes_office_and_reason_for_the_whole_file(ministry: Client) -> None:
    office = YouthOfficeFactory.create(name="Jugendamt Köln")
    names = {"Gütesiegel gültig bis": "31.07.2031"}
    data = row(**names)
    del data["Jugendamt"]

    ministry.post(uploaded(ministry, csv_of(data), youth_office=str(office.pk), reason="Erlass"))

    assert Seal.objects.get().valid_through == date(2031, 7, 31)
    assert Seal.objects.get().entries.filter(by__name="Ina Ministerium").count() == 2


def test_import_refuses_a_file_that_is_none(ministry: Client) -> None:
    file = io.BytesIO(b"%PDF-1.7")
    file.name = "register.pdf"

    page = ministry.post(f"{LIST}einlesen/", {"file": file}).content.decode()

    assert "Das ist eine PDF-Datei und keine Tabelle." in page


def test_import_refuses_before_offices_exist(ministry: Client) -> None:
    page = ministry.get(uploaded(ministry, csv_of(row())), follow=True).content.decode()

    assert "noch keine Jugendämter angelegt" in page


@pytest.mark.parametrize("page", ["", "rest.csv"])
def test_import_of_someone_else_cannot_be_opened(ministry: Client, page: str) -> None:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    preview = uploaded(ministry, csv_of(row()))
    ministry.force_login(UserFactory.create(ministry=True))

    assert "liegt nicht mehr vor" in ministry.get(f"{preview}{page}", follow=True).content.decode()


def test_offices_are_imported_in_the_browser(ministry: Client) -> None:
    file = io.BytesIO(b"AGS;Jugendamt;Landesjugendamt\n05001;A;LVR\n")
    file.name = "offices.csv"
    preview = ministry.post("/admin/centres/youthoffice/einlesen/", {"file": file})["Location"]

    page = ministry.post(preview, follow=True).content.decode()

    assert "Jugendämter: 1 neu" in page
