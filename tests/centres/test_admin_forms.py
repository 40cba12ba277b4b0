"""The page of a centre: what the database would refuse is said in the form."""

from datetime import date

import pytest
from django.test import Client

from centres.models import FamilyCentre, Membership, NetworkMembership
from tests.factories.accounts import UserFactory
from tests.factories.centres import (
    FacilityFactory,
    FamilyCentreFactory,
    MembershipFactory,
    NetworkFactory,
    YouthOfficeFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/centres/familycentre/"


@pytest.fixture
def ministry(client: Client) -> Client:
    client.force_login(UserFactory.create(ministry=True, name="Ina Ministerium"))
    return client


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
    assert FamilyCentre.objects.found_by("aenderung").get() == centre


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
