from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centres import facts
from centres.models import FactKind, FamilyCentre
from events.audience import Audience, audience, concerned
from events.models import InfoEvent, Invitation
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 1)


def in_round(centre: FamilyCentre, key: str = "round-1") -> FamilyCentre:
    facts.state(FactKind.ROUND, key, "Re-Zertifizierung 2027", [centre.pk], on=date(2026, 8, 1))
    return centre


def found(event: InfoEvent) -> Audience:
    return audience(event, concerned(["round-1"], on=TODAY), on=TODAY)


def invite(event: InfoEvent, centre: FamilyCentre, email: str) -> None:
    by = UserFactory.create(service_office=True)
    Invitation.objects.create(event=event, centre=centre, email=email, invited_at=start(1), invited_by=by)


def test_only_running_centres_of_the_chosen_rounds_are_concerned() -> None:
    mine = in_round(FamilyCentreFactory.create())
    in_round(FamilyCentreFactory.create(), "round-2")
    in_round(FamilyCentreFactory.create(ended_on=date(2026, 8, 31), end_reason="Schließung"))
    over = in_round(FamilyCentreFactory.create())
    facts.end(FactKind.ROUND, "round-1", over.pk, on=TODAY)

    assert list(concerned(["round-1"], on=TODAY)) == [mine]


def test_a_person_with_two_centres_is_invited_once_for_the_one_she_leads() -> None:
    person = UserFactory.create()
    MembershipFactory.create(user=person, centre=in_round(FamilyCentreFactory.create()), deputy=True)
    led = MembershipFactory.create(user=person, centre=in_round(FamilyCentreFactory.create())).centre

    assert [(each.email, each.centre) for each in found(InfoEventFactory.create()).people] == [(person.email, led)]


def test_a_centre_without_people_is_written_to_at_its_own_address() -> None:
    centre = in_round(FamilyCentreFactory.create(email="Kita@example.org"))

    assert [(each.email, each.user_id) for each in found(InfoEventFactory.create()).people] == [
        ("kita@example.org", None)
    ]
    assert found(InfoEventFactory.create()).unreachable == []
    assert centre.email == "Kita@example.org"


def test_a_centre_nobody_can_be_written_to_is_named() -> None:
    centre = in_round(FamilyCentreFactory.create(email=""))

    assert found(InfoEventFactory.create()).unreachable == [centre]


def test_whoever_is_invited_already_is_not_new() -> None:
    event, centre = InfoEventFactory.create(), in_round(FamilyCentreFactory.create(email="alt@example.org"))
    in_round(FamilyCentreFactory.create(email="neu@example.org"))
    invite(event, centre, "ALT@example.org")

    assert [each.email for each in found(event).new] == ["neu@example.org"]


def test_numbers_by_youth_office() -> None:
    event, centre = InfoEventFactory.create(), in_round(FamilyCentreFactory.create())
    in_round(FamilyCentreFactory.create(youth_office=centre.youth_office))
    invite(event, centre, centre.email)
    RegistrationFactory.create(event=event, centre=centre)

    (row,) = found(event).districts

    assert (row.name, row.centres, row.people, row.invited, row.registered) == (
        centre.youth_office.name, 2, 2, 1, 1,
    )  # fmt: skip


def test_the_number_of_queries_does_not_grow_with_the_centres() -> None:
    counts = []
    for more in (1, 3):
        for _ in range(more):
            MembershipFactory.create(centre=in_round(FamilyCentreFactory.create()))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            found(InfoEventFactory.build(pk=1))
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 7
