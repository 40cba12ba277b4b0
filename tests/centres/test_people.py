"""A lead invites and ends deputies."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from centres.models import FamilyCentre, Letter, Membership, MembershipRole
from centres.people import NotPossibleError, end_deputy, invite_deputy, may_manage
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 5, 9, tzinfo=UTC)
TODAY = date(2026, 5, 5)
NAME, EMAIL = "Ayse Yildiz", "ayse@example.org"


def lead_of_a_centre() -> User:
    user: User = MembershipFactory.create().user
    return user


def centre_of(user: User) -> FamilyCentre:
    return FamilyCentre.objects.get(memberships__user=user)


def invite(lead: User, email: str = EMAIL) -> Membership:
    return invite_deputy(centre_of(lead), name=NAME, email=email, by=lead, at=AT)


def sees(user: User, on: date = TODAY) -> bool:
    return FamilyCentre.objects.visible_to(user, on=on).exists()


def test_invited_deputy_has_account_membership_and_letter() -> None:
    lead = lead_of_a_centre()

    membership = invite(lead)

    (letter,) = Letter.objects.all()
    assert (membership.role, membership.starts_on, membership.user.name) == (MembershipRole.DEPUTY, TODAY, NAME)
    assert (letter.to, letter.centre, sees(membership.user)) == (EMAIL, membership.centre, True)
    assert "/konto/anmelden/code/" in letter.body


def test_invited_deputy_signs_in_with_a_code_and_no_password() -> None:
    assert not invite(lead_of_a_centre()).user.has_usable_password()


def test_account_that_is_there_is_used() -> None:
    known = UserFactory.create(email=EMAIL, name="Schon da")

    membership = invite(lead_of_a_centre(), email="AYSE@example.org")

    assert (membership.user, User.objects.filter(email__iexact=EMAIL).count()) == (known, 1)
    assert membership.user.name == "Schon da"


@pytest.mark.parametrize("traits", [{"ministry": True}, {"auditor": True}, {"is_active": False}])
def test_accounts_of_staff_and_locked_ones_act_for_no_centre(traits: dict[str, bool]) -> None:
    UserFactory.create(email=EMAIL, **traits)

    with pytest.raises(NotPossibleError, match="eine andere"):
        invite(lead_of_a_centre())
    assert Membership.objects.count() == 1


def test_nobody_is_invited_twice() -> None:
    lead = lead_of_a_centre()
    invite(lead)

    with pytest.raises(NotPossibleError, match="schon eingetragen"):
        invite(lead)
    assert Letter.objects.count() == 1


def test_stranger_and_former_lead_invite_nobody() -> None:
    stranger, lead = lead_of_a_centre(), lead_of_a_centre()
    Membership.objects.filter(user=lead).update(ends_on=TODAY - timedelta(days=1))

    for person in (stranger, lead):
        with pytest.raises(NotPossibleError, match="nur die Leitung"):
            invite_deputy(centre_of(lead), name=NAME, email=EMAIL, by=person, at=AT)


def test_deputy_manages_only_where_no_lead_acts() -> None:
    deputy = MembershipFactory.create(deputy=True)
    assert may_manage(deputy.user, deputy.centre, on=TODAY)

    MembershipFactory.create(centre=deputy.centre)
    assert not may_manage(deputy.user, deputy.centre, on=TODAY)


def test_centre_that_has_ended_gets_nobody_new() -> None:
    lead = lead_of_a_centre()
    FamilyCentre.objects.update(ended_on=TODAY, end_reason="geschlossen")

    with pytest.raises(NotPossibleError, match="beendet"):
        invite(lead)


def test_ended_deputy_sees_nothing_at_once_and_is_told() -> None:
    lead = lead_of_a_centre()
    deputy = MembershipFactory.create(centre=centre_of(lead), deputy=True)
    assert sees(deputy.user)

    end_deputy(deputy, by=lead, at=AT)

    deputy.refresh_from_db()
    assert (deputy.ends_on, sees(deputy.user), sees(lead)) == (TODAY - timedelta(days=1), False, True)
    assert Letter.objects.get().to == deputy.user.email


def test_deputy_of_today_is_gone_at_once() -> None:
    lead = lead_of_a_centre()
    membership = invite(lead)

    end_deputy(membership, by=lead, at=AT)

    assert not sees(membership.user)


def test_deputy_ends_the_own_task_but_no_other() -> None:
    lead = lead_of_a_centre()
    one, other = MembershipFactory.create_batch(2, centre=centre_of(lead), deputy=True)

    with pytest.raises(NotPossibleError, match="nur die Leitung"):
        end_deputy(other, by=one.user, at=AT)
    end_deputy(one, by=one.user, at=AT)

    assert [sees(one.user), sees(other.user)] == [False, True]


def test_lead_is_no_deputy_to_be_ended() -> None:
    lead = lead_of_a_centre()

    with pytest.raises(NotPossibleError, match="Übergabe"):
        end_deputy(Membership.objects.get(), by=lead, at=AT)


def test_ending_twice_is_refused() -> None:
    lead = lead_of_a_centre()
    deputy = MembershipFactory.create(centre=centre_of(lead), deputy=True)
    end_deputy(deputy, by=lead, at=AT)

    with pytest.raises(NotPossibleError, match="schon beendet"):
        end_deputy(deputy, by=lead, at=AT)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What each act was refused with, done in threads of their own; empty where it went through."""
    said: list[str] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
            said.append("")
        except NotPossibleError as error:
            said.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_invite_once() -> None:
    lead = MembershipFactory.create(centre=FamilyCentreFactory.create()).user

    said = at_once(lambda: invite(lead), lambda: invite(lead))

    assert said[0] == ""
    assert "schon eingetragen" in said[1]
    assert (Membership.objects.count(), Letter.objects.count()) == (2, 1)
