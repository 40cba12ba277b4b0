"""Who looks after a case, who may, and what the team lead may let pass."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role, User
from centres.refusals import sentence_of
from certification import availability, independence, workflow
from certification.models import Absence, Assignment, Case, Exemption, IndependenceRule, Outcome, SiteVisit, Tie
from certification.rules.independence import Bond, in_a_row, obstacles, share_out
from certification.rules.moves import State
from certification.workflow import NotAllowedError
from tests.certification.moves import AT, case_in, try_act
from tests.certification.reviewing import auditor
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, ProviderFactory
from tests.factories.certification import CaseFactory, RoundFactory

pytestmark = pytest.mark.django_db
ON = timezone.localdate(AT)


def team_lead() -> User:
    return UserFactory.create(auditor=True, team_lead=True, name="Petra Wiemann")


def tied(person: User, **to: Any) -> Tie:
    return availability.declare(auditor=person, by=person, at=AT, starts_on=ON, reason="frühere Anstellung.", **to)


def assign(case: Case, to: User, by: User | None = None, **more: Any) -> Case:
    return workflow.assign(case, to=to, by=by or to, at=AT, instead_of=case.auditor_id, **more)


def finished(case: Case, person: User, year: int, state: State = State.AWARDED) -> Case:
    round_ = RoundFactory.create(seal_end=date(year, 7, 31))
    earlier: Case = CaseFactory.create(centre=case.centre, round=round_, state=state, auditor=person)
    return earlier


def test_each_change_is_a_row() -> None:
    first, second, lead = auditor(), auditor(), team_lead()
    case: Case = CaseFactory.create(state=State.SUBMITTED)

    assign(assign(case, first), second, by=lead, note=" Urlaub ")

    rows = Assignment.objects.order_by("pk").values_list("to", "instead_of", "by", "note")
    assert list(rows) == [(first.pk, None, first.pk, ""), (second.pk, first.pk, lead.pk, "Urlaub")]


def test_whoever_has_the_case_gets_no_second_row() -> None:
    me = auditor()

    assign(CaseFactory.create(state=State.IN_REVIEW, auditor=me), me)

    assert not Assignment.objects.exists()


def test_starting_a_review_assigns_the_case() -> None:
    case, me = case_in(State.SUBMITTED), auditor()

    workflow.start_review(case, by=me, at=AT)

    assert Assignment.objects.get(case=case).to == me


@pytest.mark.parametrize("role", [Role.MINISTRY, Role.SERVICE_OFFICE, Role.CENTRE])
def test_only_auditors_share_out_and_get_cases(role: Role) -> None:
    case, other = CaseFactory.create(state=State.SUBMITTED), UserFactory.create(role=role)

    with pytest.raises(NotAllowedError, match="verteilt nur die Zertifizierungsstelle"):
        assign(case, auditor(), by=other)
    with pytest.raises(NotAllowedError, match="prüft keine Fälle"):
        assign(case, other, by=auditor())


def test_a_closed_case_keeps_whoever_had_it() -> None:
    with pytest.raises(NotAllowedError, match="abgeschlossen"):
        assign(CaseFactory.create(state=State.AWARDED), auditor())


def to_centre(case: Case) -> dict[str, Any]:
    return {"centre": case.centre}


def to_provider(case: Case) -> dict[str, Any]:
    return {"provider": case.centre.facility_memberships.get().facility.provider}


@pytest.mark.parametrize("bound", [to_centre, to_provider])
def test_whoever_is_tied_gets_no_case_there(bound: Callable[[Case], dict[str, Any]]) -> None:
    here, there = (FamilyCentreFactory.create(member__facility__provider=ProviderFactory.create()) for _ in range(2))
    case, me = CaseFactory.create(state=State.SUBMITTED, centre=here), auditor("Eva Kern")
    elsewhere = CaseFactory.create(state=State.SUBMITTED, centre=there)
    tied(me, **bound(case))

    with pytest.raises(NotAllowedError, match=r"Eva Kern: Bindung zu .*: frühere Anstellung. Die Teamleitung kann"):
        assign(case, me)
    assert assign(elsewhere, me).auditor == me


def test_a_tie_counts_on_its_days_only() -> None:
    case, me = CaseFactory.create(state=State.SUBMITTED), auditor()
    tie = tied(me, centre=case.centre)

    availability.end_tie(tie, by=me, ends_on=ON)

    assert independence.against(case, me, on=ON)
    assert not independence.against(case, me, on=ON + timedelta(days=1))


def test_the_same_person_follows_herself_only_so_often() -> None:
    case, me = CaseFactory.create(state=State.SUBMITTED), auditor()
    finished(case, me, 2018)
    finished(case, me, 2022)

    with pytest.raises(NotAllowedError, match="war schon in den letzten 2 Verfahren"):
        assign(case, me)
    IndependenceRule.objects.update_or_create(one=True, defaults={"most_in_a_row": 3})
    assert assign(case, me).auditor == me


def test_somebody_else_in_between_and_rounds_that_came_to_nothing() -> None:
    case, me = CaseFactory.create(state=State.SUBMITTED), auditor()
    finished(case, me, 2014)
    finished(case, auditor(), 2018)
    finished(case, me, 2022)
    finished(case, me, 2024, State.WITHDRAWN)

    assert not independence.against(case, me, on=ON)


def test_the_team_lead_assigns_all_the_same_with_a_reason() -> None:
    case, me, lead = CaseFactory.create(state=State.SUBMITTED), auditor(), team_lead()
    tied(me, centre=case.centre)

    assign(case, me, by=lead, exemption="Niemand sonst ist frei.")

    exemption = Exemption.objects.get()
    assert (exemption.auditor, exemption.granted_by, exemption.reason) == (me, lead, "Niemand sonst ist frei.")
    assert case.assignments.get().to == me


def test_an_exemption_is_for_what_was_known() -> None:
    case, me, lead = CaseFactory.create(state=State.SUBMITTED), auditor(), team_lead()
    tied(me, centre=case.centre)
    workflow.exempt(case, auditor=me, by=lead, at=AT, reason="Niemand sonst ist frei.")

    assert not independence.against(case, me, on=ON)
    tied(me, centre=case.centre)
    assert len(independence.against(case, me, on=ON)) == 1


def test_an_exemption_needs_lead_reason_and_ground() -> None:
    case, me, lead = CaseFactory.create(state=State.SUBMITTED), auditor(), team_lead()

    def refused(sentence: str, **changed: Any) -> None:
        with pytest.raises(NotAllowedError, match=sentence):
            workflow.exempt(case, **{"auditor": me, "by": lead, "at": AT, "reason": "Darum.", **changed})

    refused("spricht in diesem Fall nichts")
    tied(me, centre=case.centre)
    refused("nur die Teamleitung", by=me)
    refused("begründen", reason=" ")
    refused("andere Teamleitung", auditor=lead)


@pytest.mark.parametrize(
    ("act", "state"), [("recommend", State.VISITED), ("recommend_without_visit", State.IN_REVIEW)]
)
def test_a_tie_declared_later_stops_the_recommendation(act: str, state: State) -> None:
    case, me = case_in(state), auditor()
    tied(me, centre=case.centre)

    with pytest.raises(NotAllowedError, match="Bindung zu"):
        try_act(act, case, by=me)
    assert not Outcome.objects.exists()


def test_a_tie_stops_the_release_until_the_lead_lets_it_pass() -> None:
    case, me = case_in(State.RECOMMENDED), auditor()
    tied(me, centre=case.centre)

    with pytest.raises(NotAllowedError, match="Bindung zu"):
        workflow.release(case, by=me, at=AT)
    workflow.exempt(case, auditor=me, by=team_lead(), at=AT, reason="Urlaubszeit.")
    assert workflow.release(case, by=me, at=AT).released_by == me


def test_whoever_visited_does_not_release() -> None:
    case, me = case_in(State.RECOMMENDED), auditor()
    SiteVisit.objects.create(case=case, starts_at=AT, visitor=me, held_on=ON)

    with pytest.raises(NotAllowedError, match="Sie haben die Begehung geführt"):
        workflow.release(case, by=me, at=AT)


def test_the_database_refuses_a_release_by_the_visitor() -> None:
    case, me = case_in(State.RECOMMENDED), auditor()
    SiteVisit.objects.create(case=case, starts_at=AT, visitor=me, held_on=ON)

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Outcome.objects.update(released_by=me, released_at=AT)

    assert sentence_of(refused.value) == "Ein Ergebnis gibt nicht frei, wer die Begehung geführt hat."


def test_ties_and_absences_of_others_are_the_leads_affair() -> None:
    me, other, centre = auditor(), auditor(), FamilyCentreFactory.create()
    days = {"starts_on": ON, "ends_on": ON, "at": AT}

    with pytest.raises(NotAllowedError, match="nur die Teamleitung"):
        availability.declare(auditor=other, by=me, at=AT, starts_on=ON, reason="Nachbar", centre=centre)
    with pytest.raises(NotAllowedError, match="nur die Teamleitung"):
        availability.be_away(auditor=other, deputy=me, by=me, **days)
    assert availability.be_away(auditor=other, deputy=me, by=team_lead(), **days).deputy == me


def test_absences_do_not_overlap_and_nobody_stands_in_for_herself() -> None:
    me, other = auditor(), auditor()
    days = {"by": me, "at": AT, "starts_on": ON, "ends_on": ON}
    availability.be_away(auditor=me, deputy=other, **days)

    with pytest.raises(NotAllowedError, match="schon eine Abwesenheit"):
        availability.be_away(auditor=me, deputy=other, **days)
    with pytest.raises(NotAllowedError, match="vertritt sich selbst"):
        availability.be_away(auditor=me, deputy=me, **days)


def test_coming_back_ends_an_absence_or_undoes_it() -> None:
    me, other = auditor(), auditor()
    days = {"by": me, "at": AT, "starts_on": ON, "ends_on": ON + timedelta(days=9)}
    absence = availability.be_away(auditor=me, deputy=other, **days)

    availability.come_back(absence, by=me, on=ON + timedelta(days=3))
    assert absence.ends_on == ON + timedelta(days=2)
    with pytest.raises(NotAllowedError, match="schon vorbei"):
        availability.come_back(absence, by=me, on=ON + timedelta(days=3))
    availability.come_back(absence, by=me, on=ON)
    assert not Absence.objects.exists()


def test_only_an_auditor_leads_the_team() -> None:
    with pytest.raises(IntegrityError, match="user_team_lead_audits"):
        UserFactory.create(ministry=True, team_lead=True)


@pytest.mark.parametrize("number", [1, 3])
def test_asking_takes_the_same_queries_for_any_number(number: int, django_assert_num_queries: Any) -> None:
    people = [auditor() for _ in range(number)]
    cases = [CaseFactory.create() for _ in range(number)]
    for person, case in zip(people, cases, strict=True):
        tied(person, centre=case.centre)

    with django_assert_num_queries(5):
        assert len(independence.standing(cases, people, on=ON)) == number


def test_a_row_is_counted_from_the_newest() -> None:
    assert [in_a_row(earlier, 1) for earlier in ([], [2, 1], [1, 2, 1], [1, 1, None])] == [0, 0, 1, 2]


def test_obstacles_are_sentences() -> None:
    found = obstacles([Bond("tie-1", "Kita Regenbogen", "Beratung")], [1], 1, most=1)

    assert [each.sentence for each in found] == [
        "Bindung zu Kita Regenbogen: Beratung",
        "war schon im letzten Verfahren dieses Familienzentrums zuständig",
    ]


def test_cases_are_shared_evenly_among_those_who_may() -> None:
    shared = share_out([1, 2, 3, 4], [7, 8], {7: 2}, {(1, 8): "x", (4, 7): "x", (4, 8): "x"})

    assert shared == {1: 7, 2: 8, 3: 8, 4: None}
