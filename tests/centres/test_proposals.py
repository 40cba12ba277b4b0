"""Proposals: what may be asked, what a decision does to the register, and who hears of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from centres import proposals
from centres.models import Decision, FamilyCentre, Letter, NetworkMembership, Proposal, Provider, Subject
from centres.proposals import NotPossibleError, Wish
from centres.register import current, is_stale
from tests.factories.accounts import UserFactory
from tests.factories.centres import (
    FacilityFactory,
    FamilyCentreFactory,
    MembershipFactory,
    NetworkFactory,
    NetworkMembershipFactory,
    ProposalFactory,
    YouthOfficeFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 2, 2, 9, tzinfo=UTC)
DAY = date(2026, 8, 1)
BEFORE = date(2026, 7, 31)


def proposed(centre: FamilyCentre, subject: Subject, new: str, **fields: Any) -> Proposal:
    return proposals.propose(centre, Wish(subject, new, "So ist es.", **fields), by=UserFactory.create(), at=AT)


def accepted(proposal: Proposal) -> Proposal:
    return proposals.accept(proposal, by=UserFactory.create(ministry=True), at=AT)


def facility_of(centre: FamilyCentre, number: int = 0) -> Any:
    return list(centre.facility_memberships.order_by("pk"))[number].facility


def members(centre: FamilyCentre, day: date) -> set[str]:
    rows = centre.facility_memberships.on_day(day)
    return set(rows.values_list("facility__name", flat=True))


def test_accepted_name_is_written_found_and_told() -> None:
    centre = MembershipFactory.create(centre__name="Alt").centre

    proposal = accepted(proposed(centre, Subject.NAME, "Sternschnuppe"))

    centre.refresh_from_db()
    assert (centre.name, proposal.old, proposal.decision) == ("Sternschnuppe", "Alt", Decision.ACCEPTED)
    assert list(FamilyCentre.objects.found_by("sternschn")) == [centre]
    letter = Letter.objects.get()
    assert (letter.template, letter.key) == ("proposal_accepted", f"proposal-{proposal.pk}/decided")
    assert f"/portal/zentren/{centre.pk}/stammdaten/" in letter.body


def test_accepted_youth_office_is_written() -> None:
    centre, office = FamilyCentreFactory.create(), YouthOfficeFactory.create()

    accepted(proposed(centre, Subject.YOUTH_OFFICE, office.name, youth_office=office))

    centre.refresh_from_db()
    assert centre.youth_office == office


@pytest.mark.parametrize(("known", "providers"), [(True, 1), (False, 2)])
def test_accepted_provider_is_the_known_one_or_a_new_one(known: bool, providers: int) -> None:
    centre = FamilyCentreFactory.create()
    facility = facility_of(centre)
    facility.provider = None
    facility.save()
    Provider.objects.exclude(name="").delete()
    Provider.objects.create(name="AWO Köln" if known else "DRK Köln")

    accepted(proposed(centre, Subject.PROVIDER, "awo köln" if known else "AWO Köln", facility=facility))

    facility.refresh_from_db()
    assert facility.provider.name == "AWO Köln"
    assert Provider.objects.count() == providers


def test_accepted_form_leaves_the_register_and_says_what_follows() -> None:
    centre = MembershipFactory.create().centre

    accepted(proposed(centre, Subject.KIND, "Verbund"))

    centre.refresh_from_db()
    assert not centre.is_network
    assert "neue Zertifizierung mit neuer Zertifizierungsnummer" in Letter.objects.get().body


def test_declined_proposal_changes_nothing_and_the_reason_stays_in_the_portal() -> None:
    centre = MembershipFactory.create().centre
    name, proposal = centre.name, proposed(centre, Subject.NAME, "Anders")

    proposals.decline(proposal, by=UserFactory.create(ministry=True), at=AT, reason="Zu ähnlich.")

    centre.refresh_from_db()
    assert (centre.name, Proposal.objects.get().decision_reason) == (name, "Zu ähnlich.")
    assert "Zu ähnlich." not in Letter.objects.get().body


def test_proposal_is_stale_once_the_register_says_something_else() -> None:
    centre = FamilyCentreFactory.create()
    proposal = proposed(centre, Subject.NAME, "Neu")
    FamilyCentre.objects.filter(pk=centre.pk).update(name="Inzwischen anders")
    proposal = Proposal.objects.with_register().get()

    assert is_stale(proposal)
    with pytest.raises(NotPossibleError, match=r"überholt.*jetzt „Inzwischen anders“"):
        accepted(proposal)


def test_only_the_ministry_decides_and_only_once() -> None:
    proposal = proposed(FamilyCentreFactory.create(), Subject.NAME, "Neu")

    with pytest.raises(NotPossibleError, match="entscheidet das Ministerium"):
        proposals.accept(proposal, by=UserFactory.create(auditor=True), at=AT)
    accepted(proposal)
    with pytest.raises(NotPossibleError, match="schon angenommen"):
        proposals.decline(proposal, by=UserFactory.create(ministry=True), at=AT, reason="Doch nicht.")


def test_decline_needs_a_reason() -> None:
    proposal = proposed(FamilyCentreFactory.create(), Subject.NAME, "Neu")

    with pytest.raises(NotPossibleError, match="Grund"):
        proposals.decline(proposal, by=UserFactory.create(ministry=True), at=AT, reason=" ")


def test_a_centre_takes_back_and_proposes_again() -> None:
    centre = FamilyCentreFactory.create()
    first = proposed(centre, Subject.NAME, "Neu")
    with pytest.raises(NotPossibleError, match="wartet schon ein Vorschlag"):
        proposed(centre, Subject.NAME, "Noch neuer")

    proposals.take_back(first, by=first.proposed_by, at=AT)
    proposed(centre, Subject.NAME, "Noch neuer")

    assert Letter.objects.count() == 0
    assert Proposal.objects.open().get().new == "Noch neuer"


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (Wish(Subject.NAME, "Alt", "Grund"), "steht schon"),
        (Wish(Subject.NAME, "Neu", "  "), "Begründung"),
        (Wish(Subject.LEAVING, "x", "Grund", effective_on=DAY), "nur in einem Verbund"),
    ],
)
def test_what_makes_no_sense_is_refused(wish: Wish, sentence: str) -> None:
    centre = FamilyCentreFactory.create(name="Alt")

    with pytest.raises(NotPossibleError, match=sentence):
        proposals.propose(centre, wish, by=UserFactory.create(), at=AT)


def test_an_ended_centre_proposes_nothing() -> None:
    centre = FamilyCentreFactory.create(ended_on=BEFORE, end_reason="Schließung")

    with pytest.raises(NotPossibleError, match="beendet"):
        proposed(centre, Subject.NAME, "Neu")


def test_facility_joins_and_the_reason_of_an_exception_is_kept() -> None:
    centre, facility = NetworkFactory.create(), FacilityFactory.create(name="Neuling")
    fields = {"facility": facility, "effective_on": DAY, "exception_reason": "Ländlicher Raum."}

    accepted(proposed(centre, Subject.JOINING, "dabei", **fields))

    centre.refresh_from_db()
    assert "Neuling" in members(centre, DAY) - members(centre, BEFORE)
    assert centre.network_exception == "Ländlicher Raum."


def test_facility_of_another_centre_cannot_join() -> None:
    other = FamilyCentreFactory.create(name="Anderswo")

    with pytest.raises(NotPossibleError, match="gehört zu Anderswo"):
        proposed(NetworkFactory.create(), Subject.JOINING, "dabei", facility=facility_of(other), effective_on=DAY)


def test_facility_that_found_another_centre_meanwhile_makes_the_proposal_stale() -> None:
    facility = FacilityFactory.create()
    proposal = proposed(NetworkFactory.create(), Subject.JOINING, "dabei", facility=facility, effective_on=DAY)
    NetworkMembershipFactory.create(centre=NetworkFactory.create(), facility=facility, starts_on=DAY)

    with pytest.raises(NotPossibleError, match="überholt"):
        accepted(proposal)


def test_facility_leaves_with_its_last_day_and_what_was_planned_falls_away() -> None:
    centre = NetworkFactory.create()
    leaver = facility_of(centre, 1)
    row = centre.facility_memberships.get(facility=leaver)
    row.ends_on = BEFORE + timedelta(days=30)
    row.save()
    NetworkMembershipFactory.create(centre=centre, facility=leaver, starts_on=date(2027, 8, 1))

    accepted(proposed(centre, Subject.LEAVING, "nicht dabei", facility=leaver, effective_on=BEFORE))

    assert leaver.name in members(centre, BEFORE)
    assert leaver.name not in members(centre, DAY) | members(centre, date(2027, 8, 1))


def test_facility_that_does_not_belong_cannot_leave() -> None:
    with pytest.raises(NotPossibleError, match="gehört an diesem Tag nicht"):
        proposed(NetworkFactory.create(), Subject.LEAVING, "x", facility=FacilityFactory.create(), effective_on=DAY)


@pytest.mark.parametrize(
    ("subject", "task"), [(Subject.GRANT_RECIPIENT, "grant_recipient"), (Subject.CONTACT, "contact")]
)
def test_task_changes_hands_on_its_day(subject: Subject, task: str) -> None:
    centre = NetworkFactory.create()
    first, second = facility_of(centre, 0), facility_of(centre, 1)

    accepted(proposed(centre, subject, second.name, facility=second, effective_on=DAY))

    def holder(day: date) -> Any:
        return NetworkMembership.objects.on_day(day).get(centre=centre, **{task: True}).facility

    assert [holder(BEFORE), holder(DAY)] == [first, second]
    assert len(members(centre, DAY)) == 3


def test_task_from_the_first_day_of_a_row_needs_no_second_row() -> None:
    centre = NetworkFactory.create()
    second = facility_of(centre, 1)

    accepted(proposed(centre, Subject.CONTACT, second.name, facility=second, effective_on=date(2010, 8, 1)))

    assert centre.facility_memberships.count() == 3


def test_what_the_database_refuses_is_said_in_its_words() -> None:
    centre, taken = FamilyCentreFactory.create(), ProposalFactory.create()
    proposal = proposed(centre, Subject.PROVIDER, "x" * 250, facility=facility_of(centre))

    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalFactory.create(centre=taken.centre, old="x")
    assert current(Proposal.objects.with_register().get(pk=proposal.pk)) == proposal.old


def test_a_stranger_sees_no_proposal_of_another_centre() -> None:
    proposal = ProposalFactory.create()
    lead = MembershipFactory.create(centre=proposal.centre).user

    def seen(user: Any) -> list[Proposal]:
        return list(Proposal.objects.visible_to(user, on=AT.date()))

    assert seen(lead) == seen(UserFactory.create(ministry=True)) == [proposal]
    assert seen(MembershipFactory.create().user) == seen(UserFactory.create(auditor=True)) == []
    assert seen(UserFactory.create(ministry=True, is_active=False)) == []


@pytest.mark.parametrize("number", [1, 3])
def test_comparing_with_the_register_takes_the_same_queries(number: int, django_assert_num_queries: Any) -> None:
    for _ in range(number):
        centre = NetworkFactory.create()
        second = facility_of(centre, 1)
        proposed(centre, Subject.CONTACT, second.name, facility=second, effective_on=DAY)
        proposed(centre, Subject.JOINING, "dabei", facility=FacilityFactory.create(), effective_on=DAY)

    with django_assert_num_queries(5):
        assert not any(is_stale(each) for each in Proposal.objects.with_register())
