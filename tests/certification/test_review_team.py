"""The team as a whole, the verdicts beside each other, and what is promised to centres from real durations."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Role, User
from certification import durations, teamwork
from certification.models import Absence, Case, Finding, Procedure, SiteVisit, Step
from certification.next_step import Situation
from certification.rules.durations import Usual, in_words, promise
from certification.rules.moves import State
from certification.verdicts import Compared, Share, distribution
from tests.certification.moves import case_in
from tests.certification.reviewing import auditor, signed_in
from tests.factories.accounts import UserFactory
from tests.factories.certification import CaseFactory, RoundFactory

pytestmark = pytest.mark.django_db
TEAM, VERDICTS = reverse("review:team"), reverse("review:verdicts")
TODAY = date(2026, 3, 16)


def team_lead() -> User:
    return UserFactory.create(auditor=True, team_lead=True, name="Petra Wiemann")


def at(day: date, hour: int = 9) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def stepped(case: Case, *moves: tuple[str, State, date]) -> None:
    Step.objects.bulk_create(
        Step(case=case, act=act, new=state, actor="auditor", at=at(day)) for act, state, day in moves
    )


def closed(days: int, **fields: Any) -> Case:
    """A case handed in on 1 January 2022, begun so many days later, decided after twice as many."""
    first = date(2022, 1, 1)
    case: Case = CaseFactory.create(state=State.AWARDED, round__seal_end=date(2022, 7, 31), **fields)
    begun, decided = first + timedelta(days=days), first + timedelta(days=3 * days)
    stepped(
        case,
        ("submit", State.SUBMITTED, first),
        ("start_review", State.IN_REVIEW, begun),
        ("recommend", State.RECOMMENDED, begun + timedelta(days=days)),
        ("award", State.AWARDED, decided),
    )
    return case


@pytest.mark.parametrize("who", [{"auditor": True}, {"service_office": True}, {"lead": True}])
def test_the_team_page_is_for_lead_and_ministry_alone(who: dict[str, bool]) -> None:
    CaseFactory.create(state=State.IN_REVIEW)

    assert signed_in(UserFactory.create(**who)).get(TEAM).status_code == 404
    assert signed_in(team_lead()).get(TEAM).status_code == 200
    assert signed_in(UserFactory.create(ministry=True)).get(TEAM).status_code == 200


def test_the_ministry_is_led_to_its_own_page_of_a_case() -> None:
    case = CaseFactory.create(state=State.IN_REVIEW)
    page = signed_in(UserFactory.create(ministry=True)).get(TEAM)

    assertContains(page, reverse("admin:certification_case_change", args=[case.pk]))
    assertContains(signed_in(team_lead()).get(TEAM), reverse("review:case", args=[case.pk]))


def test_load_counts_results_and_visits_by_month() -> None:
    me = auditor("Eva Kern")
    case = CaseFactory.create(state=State.VISIT_AGREED, auditor=me, round__results_until=date(2026, 7, 31))
    CaseFactory.create(state=State.IN_REVIEW, auditor=me, round__seal_end=date(2025, 7, 31))
    SiteVisit.objects.create(case=case, starts_at=at(date(2026, 4, 30), hour=23), visitor=me)
    SiteVisit.objects.create(case=case, starts_at=at(date(2026, 2, 28)), visitor=me, held_on=date(2026, 2, 28))

    (load,) = teamwork.loads(TODAY)

    assert (load.person, load.open_cases, load.visits) == (me, 2, 1)
    assert [(month.due, month.visits) for month in load.months[:5]] == [(1, 0), (0, 1), (0, 0), (0, 0), (1, 0)]


def test_what_is_due_after_the_months_shown_counts_as_later() -> None:
    me, deputy = auditor("Eva Kern"), auditor("Jonas Weber")
    case = CaseFactory.create(state=State.VISIT_AGREED, auditor=me, round__results_until=date(2028, 7, 31))
    SiteVisit.objects.create(case=case, starts_at=at(date(2028, 3, 1)), visitor=me)
    Absence.objects.create(
        auditor=me, deputy=deputy, starts_on=TODAY, ends_on=TODAY, entered_by=me, entered_at=at(TODAY)
    )

    mine, _ = teamwork.loads(TODAY)

    assert (mine.visits, mine.months[-1].due, mine.months[-1].visits) == (1, 1, 1)
    assert mine.person.away_until == TODAY
    page = signed_in(team_lead()).get(TEAM)
    assertContains(page, f"?liste=alle&amp;zustaendig={me.pk}")


def test_months_run_over_the_year() -> None:
    assert teamwork.months_from(date(2026, 10, 31))[2:4] == [date(2026, 12, 1), date(2027, 1, 1)]


def test_standing_still_are_cases_in_which_nothing_happened() -> None:
    long_ago, lately = at(TODAY - timedelta(days=20)), at(TODAY - timedelta(days=3))
    still = CaseFactory.create(state=State.IN_REVIEW, state_since=long_ago)
    CaseFactory.create(state=State.IN_REVIEW, state_since=lately)
    CaseFactory.create(state=State.AWARDED, state_since=long_ago)
    judged = case_in(State.IN_REVIEW)
    Case.objects.filter(pk=judged.pk).update(state_since=long_ago)
    Finding.objects.filter(case=judged).update(saved_at=lately)

    assert list(teamwork.standing_still(TODAY, days=14)) == [still]
    assert not teamwork.standing_still(TODAY, days=21)


@pytest.mark.parametrize(("days", "shown"), [("400", "14 Tagen"), ("x", "14 Tagen"), ("5", "5 Tagen")])
def test_the_number_of_days_is_a_sensible_one(days: str, shown: str) -> None:
    CaseFactory.create(state=State.IN_REVIEW)

    assertContains(signed_in(team_lead()).get(TEAM, {"tage": days}), f"seit mindestens {shown} ohne Bewegung")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_team_page_takes_the_same_queries_for_any_number(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lead = team_lead()
    for number in range(rows):
        CaseFactory.create(state=State.IN_REVIEW, auditor=auditor())
        closed(number + 1)
    client = signed_in(lead)

    with django_assert_num_queries(11):
        client.get(TEAM)


def test_durations_are_counted_in_closed_rounds() -> None:
    for days in (1, 2, 3, 4, 5):
        closed(days)
    running = CaseFactory.create(state=State.IN_REVIEW, round__seal_end=date(2030, 7, 31))
    stepped(
        running, ("submit", State.SUBMITTED, date(2025, 1, 1)), ("start_review", State.IN_REVIEW, date(2026, 1, 1))
    )

    found = {each.key: (each.count, each.median_days, each.most_days) for each in durations.usual_durations(TODAY)}

    assert found[State.SUBMITTED] == (5, 3, 5)
    assert found[durations.WHOLE_REVIEW] == (5, 6, 9)
    assert set(found) == {State.SUBMITTED, State.IN_REVIEW, State.RECOMMENDED, durations.WHOLE_REVIEW}


def situation(state: State, **known: Any) -> Situation:
    return Situation(state, "Re-Zertifizierung", TODAY, TODAY, TODAY, TODAY, **known)


def test_centres_are_promised_what_most_have_seen() -> None:
    usual = [Usual(State.SUBMITTED, "", 20, 5, 12), Usual(durations.WHOLE_REVIEW, "", 20, 30, 60)]
    cache.set(f"usual-durations-{TODAY}", usual)

    promised = {state: durations.promise_to_centre(situation(state), TODAY) for state in State}

    assert promised[State.SUBMITTED] == "Bis die Prüfung beginnt, dauert es meist höchstens 12 Tage."
    review = "Vom Beginn der Prüfung bis zur Entscheidung dauert es meist höchstens 9 Wochen."
    assert {state for state, text in promised.items() if text == review} == {
        State.IN_REVIEW,
        State.VISITED,
        State.RECOMMENDED,
    }
    assert durations.promise_to_centre(situation(State.RECOMMENDED, eligible=True), TODAY) == ""
    cache.delete(f"usual-durations-{TODAY}")


def test_few_cases_promise_nothing() -> None:
    assert promise(None, "Es") == promise(Usual("x", "", 19, 1, 2), "Es") == ""
    assert [in_words(days) for days in (0, 1, 21, 22)] == ["einen Tag", "einen Tag", "21 Tage", "4 Wochen"]


def judged(person: User, verdict: str, case: Case) -> None:
    Finding.objects.filter(case=case).update(saved_by=person, verdict=verdict)


def two_judged() -> tuple[User, User, Case]:
    me, other = auditor("Eva Kern"), auditor("Jonas Weber")
    case = case_in(State.IN_REVIEW)
    judged(me, "met", case)
    second = CaseFactory.create(round=case.round, state=State.IN_REVIEW)
    part = case.findings.get().part
    Finding.objects.create(case=second, part=part, verdict="not_met", saved_at=at(TODAY), saved_by=other)
    return me, other, case


def test_verdicts_stand_beside_those_of_the_round() -> None:
    me, other, case = two_judged()

    mine, theirs = distribution(case.round, me), distribution(case.round, other)

    assert (mine.areas[0].own, mine.areas[0].everyone) == (Share(1, 1), Share(1, 2))
    assert (theirs.criteria[0].own.percent, theirs.criteria[0].everyone.percent) == (0, 50)


def test_a_drift_needs_enough_verdicts() -> None:
    assert Compared("x", Share(4, 4), Share(5, 20)).apart is None
    assert [Compared("x", Share(own, 10), Share(10, 20)).drifts for own in (3, 4, 5, 7)] == [True, False, False, True]


def test_everybody_sees_the_own_verdicts_and_the_lead_those_of_all() -> None:
    me, other, _ = two_judged()

    assert signed_in(me).get(VERDICTS, {"person": other.pk}).status_code == 404
    assertContains(signed_in(me).get(VERDICTS), "Ihre Urteile nach Bereichen")
    assertContains(signed_in(me).get(VERDICTS), ">Sie</th>")
    assertNotContains(signed_in(me).get(VERDICTS), "Jonas Weber")
    assertContains(signed_in(team_lead()).get(VERDICTS, {"person": other.pk}), "Urteile von Jonas Weber")


def test_without_verdicts_the_page_says_so() -> None:
    assertContains(signed_in(auditor()).get(VERDICTS), "Noch keine Urteile")


@pytest.mark.parametrize("role", [Role.MINISTRY, Role.SERVICE_OFFICE, Role.CENTRE])
def test_verdicts_are_the_auditors_affair(role: Role) -> None:
    two_judged()

    assert signed_in(UserFactory.create(role=role)).get(VERDICTS).status_code == 404


def test_a_round_that_nobody_judged_is_not_offered() -> None:
    me, *_ = two_judged()
    empty = RoundFactory.create(procedure=Procedure.INITIAL, seal_end=None)

    assert signed_in(me).get(VERDICTS, {"runde": empty.pk}).status_code == 404
