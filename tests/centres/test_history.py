"""Whichever way a change is made, the ministry reads it."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries as Counting

from accounts.changes import Change, changes_from, events_of
from centres.models import Facility, FamilyCentre, NetworkMembership
from tests.factories.accounts import UserFactory
from tests.factories.centres import (
    FamilyCentreFactory,
    MembershipFactory,
    NetworkFactory,
    NetworkMembershipFactory,
    ProviderFactory,
    YouthOfficeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre() -> FamilyCentre:
    return FamilyCentreFactory.create(name="Alt")


def newest(obj: FamilyCentre | Facility) -> Change:
    """The last change of the object itself; rows of one transaction bear the same moment."""
    return next(change for change in changes_from(events_of(obj)) if change.what == obj._meta.verbose_name)


def rows(change: Change) -> list[tuple[str, str, str]]:
    return [(field.name, field.before, field.after) for field in change.fields]


def test_saved_change_is_told(centre: FamilyCentre) -> None:
    centre.name = "Neu"
    centre.save()

    change = newest(centre)

    assert [change.who, change.what, change.kind] == ["System", "Familienzentrum", "geändert"]
    assert rows(change) == [("Name", "Alt", "Neu")]


def test_update_of_a_query_is_told(centre: FamilyCentre) -> None:
    FamilyCentre.objects.filter(pk=centre.pk).update(ended_on=date(2026, 7, 31), end_reason="Schließung")

    assert rows(newest(centre)) == [
        ("Beendet zum", "–", "31. Juli 2026"),
        ("Grund der Beendigung", "–", "Schließung"),
    ]


def test_bulk_update_is_told(centre: FamilyCentre) -> None:
    centre.phone = "0221 1"
    FamilyCentre.objects.bulk_update([centre], ["phone"])

    assert rows(newest(centre)) == [("Telefon", "–", "0221 1")]


def test_raw_sql_is_told(centre: FamilyCentre) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE centres_familycentre SET lead_name = 'Ayşe Öz' WHERE id = %s", [centre.pk])

    assert rows(newest(centre)) == [("Leitung laut Register", "–", "Ayşe Öz")]


def test_change_in_the_admin_is_told_with_its_person(client: Client, centre: FamilyCentre) -> None:
    client.force_login(UserFactory.create(ministry=True, name="Ina Ministerium"))
    client.post(f"/admin/centres/familycentre/{centre.pk}/beenden/", {"on": "2026-07-31", "reason": "Rücktritt"})

    hers = [change for change in changes_from(events_of(centre)) if change.who == "Ina Ministerium"]

    assert {(change.what, change.kind) for change in hers} == {
        ("Familienzentrum", "geändert"),
        ("Zugehörigkeit einer Einrichtung", "geändert"),
    }


def test_related_objects_and_choices_are_named(centre: FamilyCentre) -> None:
    office = YouthOfficeFactory.create(name="Jugendamt Bonn")
    old = centre.youth_office.name
    FamilyCentre.objects.filter(pk=centre.pk).update(youth_office=office, kind="network")

    assert rows(newest(centre)) == [
        ("Form", "Einzel-Familienzentrum", "Verbund"),
        ("Jugendamt", old, "Jugendamt Bonn"),
    ]


def test_memberships_belong_to_the_history_of_the_centre() -> None:
    centre = NetworkFactory.create(size=1)
    joined = NetworkMembershipFactory.create(centre=centre, grant_recipient=False)
    person = MembershipFactory.create(centre=centre).user
    NetworkMembership.objects.filter(pk=joined.pk).delete()

    told = {(change.what, change.kind, *row) for change in changes_from(events_of(centre)) for row in rows(change)}

    assert {
        ("Zugehörigkeit einer Einrichtung", "angelegt", "Einrichtung", "–", str(joined.facility)),
        ("Zugehörigkeit einer Einrichtung", "gelöscht", "Einrichtung", str(joined.facility), "–"),
        ("Zuständigkeit", "angelegt", "Person", "–", str(person)),
    } <= told


def test_deleted_object_is_named_by_its_key(centre: FamilyCentre) -> None:
    facility = centre.facility_memberships.get().facility
    provider = ProviderFactory.create()
    Facility.objects.filter(pk=facility.pk).update(provider=provider)
    Facility.objects.filter(pk=facility.pk).update(provider=None)
    key = provider.pk
    provider.delete()

    assert rows(newest(facility)) == [("Träger", f"Nr. {key} (nicht mehr vorhanden)", "–")]


def test_history_takes_the_same_queries_for_any_number_of_changes(
    centre: FamilyCentre, django_assert_num_queries: Counting
) -> None:
    for number in range(5):
        FamilyCentre.objects.filter(pk=centre.pk).update(phone=str(number))

    with django_assert_num_queries(4):
        changes_from(events_of(centre))


def test_page_of_the_history_is_readable(client: Client, centre: FamilyCentre) -> None:
    client.force_login(UserFactory.create(ministry=True))
    for number in range(55):
        FamilyCentre.objects.filter(pk=centre.pk).update(phone=f"0221 {number}")

    page = client.get(f"/admin/centres/familycentre/{centre.pk}/history/").content.decode()
    older = client.get(f"/admin/centres/familycentre/{centre.pk}/history/?seite=2").content.decode()

    assert "Telefon: 0221 53 → 0221 54" in page
    assert "Familienzentrum geändert" in page
    assert "Familienzentrum angelegt" in older


def test_history_of_a_person_keeps_the_password_out(client: Client) -> None:
    person = UserFactory.create(name="Ina")
    client.force_login(UserFactory.create(ministry=True))
    person.set_password("etwas ganz anderes")
    person.save()

    page = client.get(f"/admin/accounts/user/{person.pk}/history/").content.decode()

    assert "Person angelegt" in page
    assert "asswor" not in page.split("<table>")[1]
