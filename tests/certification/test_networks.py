"""A network on a day, and what a change would do to its seal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from centres.models import FamilyCentre
from certification.networks import Network, network_of
from tests.factories.centres import FacilityFactory, NetworkFactory, NetworkMembershipFactory
from tests.factories.certification import SealFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 2, 2)
END = date(2026, 7, 31)


def certified(size: int = 4) -> FamilyCentre:
    centre = NetworkFactory.create(size=size)
    SealFactory.create(centre=centre, awarded_on=date(2024, 5, 5))
    return centre


def network(centre: FamilyCentre) -> Network:
    return network_of(centre, today=TODAY)


def facilities(centre: FamilyCentre) -> list[Any]:
    return [row.facility for row in centre.facility_memberships.order_by("pk")]


def test_one_of_four_leaves_and_the_seal_stays_with_its_end() -> None:
    centre = certified()

    effect = network(centre).leaving(facilities(centre)[1], END)

    assert effect.keeps_seal
    assert "davon gehören weiter zum Verbund: 3" in effect.sentences[2]
    assert effect.sentences[-1] == "Der letzte gültige Tag des Gütesiegels ist der 31. Juli 2028."


def test_half_of_the_certified_is_not_enough() -> None:
    centre = certified()
    gone, leaver = facilities(centre)[1:3]
    centre.facility_memberships.filter(facility=gone).update(ends_on=date(2025, 7, 31))

    effect = network(centre).leaving(leaver, END)

    assert not effect.keeps_seal
    assert "der Verbund verliert das Gütesiegel" in " ".join(effect.shown)


def test_who_came_after_the_award_does_not_count() -> None:
    centre = certified(size=2)
    late = NetworkMembershipFactory.create(centre=centre, starts_on=date(2025, 8, 1)).facility

    effect = network(centre).leaving(late, END)

    assert effect.keeps_seal
    assert any("kam nach der Verleihung hinzu" in sentence for sentence in effect.sentences)


def test_members_of_the_first_day_count_where_the_day_of_the_award_is_not_known() -> None:
    centre = certified(size=3)
    centre.facility_memberships.update(starts_on=date(2025, 8, 1))
    found = network(centre)

    assert len(found.certified(found.seals[0])) == 3


def test_leaver_with_tasks_leaves_a_gap() -> None:
    centre = certified()

    effect = network(centre).leaving(facilities(centre)[0], END)

    assert [s for s in effect.sentences if s.startswith("Danach fehlt")] == [
        "Danach fehlt dem Verbund: Zuschussempfänger. Bitte schlagen Sie auch vor, wer es wird.",
        "Danach fehlt dem Verbund: Kontakteinrichtung. Bitte schlagen Sie auch vor, wer es wird.",
    ]


def test_without_a_seal_nothing_is_lost() -> None:
    centre = NetworkFactory.create()

    assert "kein gültiges Gütesiegel" in network(centre).leaving(facilities(centre)[1], END).sentences[-1]
    assert "kein gültiges Gütesiegel" in network(centre).joining(FacilityFactory.create(), END).sentences[-1]


def test_newcomer_carries_the_seal_and_may_make_the_network_unusual() -> None:
    centre = certified(size=5)
    far = FacilityFactory.create(name="Weit weg", latitude=Decimal("51.5"), longitude=Decimal("7.0"))
    near = facilities(centre)[0]
    near.latitude, near.longitude = Decimal("51.4"), Decimal("7.0")
    near.save()

    effect = network(centre).joining(far, END)

    assert "dessen Ende ändert sich dadurch nicht" in effect.sentences[1]
    assert [warning.code for warning in effect.warnings] == ["too-many-facilities", "too-far-apart"]


def test_task_moves_without_touching_the_seal() -> None:
    centre = certified()
    first, second = facilities(centre)[:2]

    effect = network(centre).taking("contact", second, END)

    assert effect.sentences[1] == f"Bis zum Tag davor ist es: {first.name}."
    assert effect.warnings == []


def test_members_are_those_of_today_and_a_stay_in_two_rows_is_one() -> None:
    centre = NetworkFactory.create(size=2)
    second = centre.facility_memberships.order_by("pk")[1]
    centre.facility_memberships.filter(pk=second.pk).update(ends_on=date(2025, 7, 31))
    NetworkMembershipFactory.create(centre=centre, facility=second.facility, starts_on=date(2025, 8, 1))
    coming = NetworkMembershipFactory.create(centre=centre, starts_on=date(2026, 8, 1))
    former = NetworkMembershipFactory.create(centre=centre, ends_on=date(2020, 7, 31))

    found = network(centre)

    assert [(m.facility, m.since) for m in found.members][1] == (second.facility, second.starts_on)
    assert [m.facility for m in found.coming] == [coming.facility]
    assert [m.facility for m in found.former] == [former.facility]
    assert found.warnings == []
