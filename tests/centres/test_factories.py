import pytest

from centres.models import FamilyCentre
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory, NetworkFactory

pytestmark = pytest.mark.django_db


def test_single_centre_is_made_with_its_facility_and_found_by_it() -> None:
    centre = FamilyCentreFactory(name="Bärenhöhle", member__facility__town="Münster")

    assert centre.facility_memberships.count() == 1
    assert list(FamilyCentre.objects.found_by("baerenhoehle munster".replace("munster", "muenster"))) == [centre]


def test_network_is_made_with_the_facilities_asked_for() -> None:
    assert [NetworkFactory().facility_memberships.count(), NetworkFactory(size=5).facility_memberships.count()] == [
        3,
        5,
    ]


def test_traits_give_the_role() -> None:
    assert UserFactory(ministry=True).is_ministry
    assert MembershipFactory(deputy=True).get_role_display() == "Vertretung"
