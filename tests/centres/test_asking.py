"""Whether a centre's people can still be reached, and the question once a year."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from accounts.models import User
from centres import asking
from centres.models import Bounce, FamilyCentre, Letter, Provider
from centres.rules.bounces import Kind
from config import situation
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory
from tests.factories.post import LetterFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 5, 9, tzinfo=UTC)
TODAY = date(2026, 5, 5)
LONG_AGO = AT - timedelta(days=400)


def led_centre(*, seen: datetime | None = AT, **fields: Any) -> FamilyCentre:
    """A centre whose lead has had an account for long and signed in on that day."""
    centre: FamilyCentre = MembershipFactory.create(**fields).centre
    User.objects.filter(memberships__centre=centre).update(joined_at=LONG_AGO, last_login=seen)
    return centre


def dead(address: str, **fields: Any) -> None:
    Bounce.objects.create(
        letter=LetterFactory.create(), address=address, kind=Kind.HARD, status="5.1.1", received_at=AT,
        report=address, **fields,
    )  # fmt: skip


def found(doubt: Callable[[date], Q]) -> list[FamilyCentre]:
    return list(FamilyCentre.objects.running().filter(doubt(TODAY)))


def test_silent_is_a_centre_nobody_of_which_signed_in_for_a_year() -> None:
    silent, never, _ = led_centre(seen=LONG_AGO), led_centre(seen=None), led_centre()
    FamilyCentreFactory.create()  # has no people who could

    assert found(asking.silent) == [silent, never]


def test_one_of_two_who_signed_in_is_enough() -> None:
    centre = led_centre(seen=LONG_AGO)
    MembershipFactory.create(centre=centre, deputy=True, user__last_login=AT)

    assert found(asking.silent) == []


def test_new_accounts_have_a_year() -> None:
    centre = led_centre(seen=None)
    User.objects.update(joined_at=AT - timedelta(days=300))

    assert (found(asking.silent), centre.memberships.count()) == ([], 1)


def test_bounced_is_a_centre_with_a_dead_address() -> None:
    of_lead, of_centre, lifted = led_centre(), led_centre(), led_centre()
    dead(of_lead.memberships.get().user.email)
    dead(of_centre.email)
    dead(lifted.email, lifted_at=AT, lifted_by=UserFactory.create(ministry=True))

    assert found(asking.bounced) == [of_lead, of_centre]


def test_question_goes_to_every_address_that_is_left() -> None:
    centre = led_centre()
    lead = centre.memberships.get().user
    dead(lead.email)
    Provider.objects.update(email="traeger@example.org")

    assert asking.ask_who_leads(at=AT) == 2

    letters = Letter.objects.filter(template="lead_question")
    assert {letter.to for letter in letters} == {centre.email, "traeger@example.org"}
    assert {letter.centre for letter in letters} == {centre}


def test_question_goes_once_a_year_whatever_runs_twice() -> None:
    led_centre(seen=LONG_AGO)

    written = [asking.ask_who_leads(at=AT + timedelta(days=n)) for n in (0, 0, 1, 364, 366)]

    assert written == [2, 0, 0, 0, 2]


def test_nobody_is_asked_where_all_is_well_or_the_centre_has_ended() -> None:
    led_centre()
    led_centre(seen=LONG_AGO, centre__ended_on=TODAY, centre__end_reason="geschlossen")

    assert asking.ask_who_leads(at=AT) == 0


def test_dead_address_of_the_provider_is_not_written_to() -> None:
    led_centre(seen=LONG_AGO)
    Provider.objects.update(email="traeger@example.org")
    dead("traeger@example.org")

    asking.ask_who_leads(at=AT)

    assert not Letter.objects.filter(to="traeger@example.org", template="lead_question").exists()


@pytest.mark.time_machine(AT)
def test_ministry_sees_as_many_as_the_lists_behind(client: Client) -> None:
    led_centre()
    dead(led_centre().email)
    for _ in range(2):
        led_centre(seen=LONG_AGO)
    client.force_login(UserFactory.create(ministry=True))

    entries = situation.people(TODAY, at=AT)

    assert [entry.number for entry in entries] == [0, 1, 2]
    assert [client.get(entry.url).context["cl"].result_count for entry in entries] == [0, 1, 2]
