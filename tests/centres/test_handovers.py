"""A centre gets a new lead: the provider confirms by a link, or the ministry in its place."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import User
from centres import handovers
from centres.models import FamilyCentre, Handover, HandoverState, Letter, Membership, MembershipRole, Provider
from centres.people import NotPossibleError
from tests.centres.test_people import at_once
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory, NetworkFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 5, 9, tzinfo=UTC)
TODAY = date(2026, 5, 5)
DAY = date(2026, 8, 1)
EMAIL = "nachfolge@example.org"


def led_centre(**provider: Any) -> FamilyCentre:
    """A centre with a lead and a provider that can be written to."""
    centre: FamilyCentre = MembershipFactory.create().centre
    Provider.objects.update(**{"email": "traeger@example.org", **provider})
    return centre


def lead(centre: FamilyCentre) -> User:
    return centre.memberships.get(role=MembershipRole.LEAD).user


def asked(centre: FamilyCentre | None = None, **fields: Any) -> Handover:
    centre = centre or led_centre()
    given = {"name": "Nora Neumann", "email": EMAIL, "starts_on": DAY, "by": lead(centre), "at": AT, **fields}
    return handovers.ask(centre, **given)


def sees(user: User, on: date) -> bool:
    return FamilyCentre.objects.visible_to(user, on=on).exists()


def link(handover: Handover) -> str:
    return f"/uebergabe/{handovers.token_of(handover)}/"


def test_asking_changes_nothing_but_writes_to_provider_and_centre() -> None:
    handover = asked()

    letters = dict(Letter.objects.values_list("to", "centre"))
    old = handover.asked_by
    assert letters == {"traeger@example.org": None, old.email: handover.centre_id}
    assert (Membership.objects.count(), User.objects.filter(email=EMAIL).exists()) == (1, False)


def test_letter_with_the_link_is_nothing_the_centre_can_read() -> None:
    handover = asked()

    readable = Letter.objects.visible_to(handover.asked_by, on=TODAY)

    assert [letter.template for letter in readable] == ["handover_asked"]
    assert "/uebergabe/" not in readable[0].body
    assert "/uebergabe/" in Letter.objects.get(template="handover_provider").body


def test_provider_without_an_address_leaves_it_to_the_ministry() -> None:
    handover = asked(led_centre(email=""))

    assert list(Handover.objects.waiting_for_ministry(at=AT)) == [handover]
    assert not Letter.objects.filter(template="handover_provider").exists()


def test_provider_of_a_network_is_that_of_the_grant_recipient() -> None:
    network = NetworkFactory.create()
    receiving = network.facility_memberships.get(grant_recipient=True).facility.provider

    assert handovers.provider_of(network, on=TODAY) == receiving


def test_confirmed_handover_changes_the_lead_on_the_day() -> None:
    handover = handovers.confirm(asked(), by=None, at=AT)

    old, new = handover.asked_by, User.objects.get(email=EMAIL)
    eve = DAY - timedelta(days=1)
    assert [sees(old, eve), sees(old, DAY), sees(new, eve), sees(new, DAY)] == [True, False, False, True]
    assert set(
        Letter.objects.filter(template__in=["handover_done", "handover_successor"]).values_list("to", flat=1)
    ) == {
        old.email,
        EMAIL,
    }


def test_late_confirmation_changes_the_lead_today() -> None:
    handover = asked(starts_on=TODAY)
    later = AT + timedelta(days=10)

    handovers.confirm(handover, by=None, at=later)

    day = later.date()
    assert (sees(handover.asked_by, day), sees(User.objects.get(email=EMAIL), day)) == (False, True)


def test_deputy_who_becomes_lead_has_one_task_at_a_time() -> None:
    centre = led_centre()
    deputy = MembershipFactory.create(centre=centre, deputy=True, user__email=EMAIL).user

    handovers.confirm(asked(centre), by=None, at=AT)

    tasks = list(Membership.objects.filter(user=deputy).order_by("starts_on").values_list("role", "ends_on"))
    assert tasks == [("deputy", DAY - timedelta(days=1)), ("lead", None)]


def test_other_deputies_and_all_history_stay() -> None:
    centre = led_centre()
    deputy = MembershipFactory.create(centre=centre, deputy=True).user

    handovers.confirm(asked(centre), by=None, at=AT)

    assert sees(deputy, DAY)
    assert Letter.objects.visible_to(User.objects.get(email=EMAIL), on=DAY).filter(template="handover_asked").exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"starts_on": TODAY - timedelta(days=1)}, "heute oder"),
        ({"starts_on": TODAY + timedelta(days=400)}, "heute oder"),
        ({"email": "pruefung@example.org"}, "eine andere"),
    ],
)
def test_unfit_handover_is_refused(fields: dict[str, Any], words: str) -> None:
    UserFactory.create(auditor=True, email="pruefung@example.org")

    with pytest.raises(NotPossibleError, match=words):
        asked(**fields)
    assert not Handover.objects.exists()


def test_lead_is_not_handed_over_to_herself() -> None:
    centre = led_centre()

    with pytest.raises(NotPossibleError, match="schon die Leitung"):
        asked(centre, email=lead(centre).email.upper())


def test_deputy_and_stranger_hand_nothing_over() -> None:
    centre = led_centre()
    people = [MembershipFactory.create(centre=centre, deputy=True).user, MembershipFactory.create().user]

    for person in people:
        with pytest.raises(NotPossibleError, match="nur die Leitung"):
            asked(centre, by=person)


def test_one_handover_at_a_time() -> None:
    handover = asked()

    with pytest.raises(NotPossibleError, match="läuft schon"):
        asked(handover.centre)


def test_database_refuses_a_second_open_handover() -> None:
    handover = asked()
    handover.pk = None

    with pytest.raises(IntegrityError, match="one_open_handover"), transaction.atomic():
        handover.save()


def test_withdrawn_handover_cannot_be_confirmed() -> None:
    handover = asked()
    handovers.withdraw(handover, by=handover.asked_by, at=AT)

    with pytest.raises(NotPossibleError, match="schon entschieden"):
        handovers.confirm(handover, by=None, at=AT)
    assert Membership.objects.count() == 1


def test_refusal_waits_for_the_ministry_which_may_confirm_or_close() -> None:
    one, two = asked(), asked()
    for handover in (one, two):
        handovers.refuse(handover, reason="Noch nicht entschieden.", at=AT)
    assert set(Handover.objects.waiting_for_ministry(at=AT)) == {one, two}
    someone = UserFactory.create(ministry=True)

    handovers.confirm(one, by=someone, at=AT)
    handovers.close(two, by=someone, reason="Der Träger bleibt dabei.", at=AT)

    states = dict(Handover.objects.values_list("pk", "state"))
    assert states == {one.pk: HandoverState.CONFIRMED, two.pk: HandoverState.CLOSED}
    assert not Handover.objects.waiting_for_ministry(at=AT).exists()


def test_silence_becomes_a_task_after_fourteen_days() -> None:
    handover = asked()
    days = [13, 14]

    waiting = [Handover.objects.waiting_for_ministry(at=AT + timedelta(days=n)).count() for n in days]

    assert (waiting, handover.provider_late(AT + timedelta(days=14))) == ([0, 1], True)


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_change_the_lead_once() -> None:
    handover = asked()

    said = at_once(*[lambda: handovers.confirm(handover, by=None, at=AT)] * 2)

    assert said[0] == ""
    assert "schon entschieden" in said[1]
    assert Membership.objects.filter(user__email=EMAIL).count() == 1


@pytest.mark.time_machine(AT)
@pytest.mark.parametrize("method", ["head", "get"])
def test_looking_at_the_link_confirms_nothing(client: Client, method: str) -> None:
    handover = asked()

    response = getattr(client, method)(link(handover))

    handover.refresh_from_db()
    assert (response.status_code, handover.state) == (200, HandoverState.ASKED)


@pytest.mark.time_machine(AT)
def test_provider_confirms_by_the_button_without_an_account(client: Client) -> None:
    handover = asked()

    response = client.post(link(handover), {"answer": "confirm"})

    assertRedirects(response, link(handover))
    handover.refresh_from_db()
    assert (handover.state, handover.decided_by) == (HandoverState.CONFIRMED, None)
    assertContains(client.get(link(handover)), "ist bestätigt")


@pytest.mark.time_machine(AT)
def test_provider_refuses_with_a_reason(client: Client) -> None:
    handover = asked()

    assertContains(client.post(link(handover), {"answer": "refuse"}), "in einem Satz")
    client.post(link(handover), {"answer": "refuse", "reason": "Die Stelle ist noch nicht besetzt."})

    handover.refresh_from_db()
    assert (handover.state, handover.reason) == (HandoverState.REFUSED, "Die Stelle ist noch nicht besetzt.")


@pytest.mark.time_machine(AT)
def test_used_link_decides_nothing_more(client: Client) -> None:
    handover = asked()
    client.post(link(handover), {"answer": "confirm"})

    response = client.post(link(handover), {"answer": "refuse", "reason": "Doch nicht."})

    handover.refresh_from_db()
    assert (response.status_code, handover.state) == (200, HandoverState.CONFIRMED)


@pytest.mark.parametrize("days", [59, 61])
def test_link_lives_sixty_days(client: Client, days: int, time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)
    page = link(asked())
    time_machine.move_to(AT + timedelta(days=days), tick=False)

    assert client.get(page).status_code == (200 if days < 60 else 404)
    assert timezone.now() > AT


def test_forged_link_is_not_there(client: Client) -> None:
    assertContains(client.get("/uebergabe/Mw:1abc:quatsch/"), "gilt nicht mehr", status_code=404)


@pytest.mark.time_machine(AT)
def test_old_lead_sees_nothing_any_more_with_an_open_session(client: Client) -> None:
    handover = asked(starts_on=TODAY)
    page = f"/portal/zentren/{handover.centre_id}/"
    client.force_login(handover.asked_by)
    assert client.get(page).status_code == 200

    handovers.confirm(handover, by=None, at=AT)

    assert client.get(page).status_code == 404
