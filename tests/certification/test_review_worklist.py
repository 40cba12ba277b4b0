"""The worklist: what waits, for whom and since when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains

from accounts.models import User
from certification.models import Absence, Case, Objection, Outcome, Procedure, Query, Round, SiteVisit, VisitSlot
from certification.rules.moves import State
from tests.certification.moves import AT
from tests.certification.reviewing import auditor, signed_in
from tests.factories.centres import FamilyCentreFactory, NetworkFactory, ProviderFactory, YouthOfficeFactory
from tests.factories.certification import CaseFactory, RoundFactory

pytestmark = pytest.mark.django_db
HOME = reverse("review:home")
TODAY = timezone.localdate


def shown(user: User, **query: Any) -> list[Case]:
    return list(signed_in(user).get(HOME, query).context["page_obj"])


def queried(days: int, **fields: Any) -> Case:
    case: Case = CaseFactory.create(state=State.QUERIED, **fields)
    due_on = TODAY() + timedelta(days=days)
    Query.objects.create(case=case, text="Wann?", due_on=due_on, asked_at=AT, asked_by=auditor())
    return case


def recommended(*, released: bool) -> Case:
    case: Case = CaseFactory.create(state=State.RECOMMENDED)
    release = {"released_by": auditor(), "released_at": AT} if released else {}
    Outcome.objects.create(
        case=case, eligible=True, computed=True, recommended_by=auditor(), recommended_at=AT, **release
    )
    return case


def test_mine_are_the_open_cases_given_to_me() -> None:
    me = auditor()
    mine = CaseFactory.create(state=State.IN_REVIEW, auditor=me)
    CaseFactory.create(state=State.IN_REVIEW, auditor=auditor())
    CaseFactory.create(state=State.AWARDED, auditor=me)

    assert shown(me) == [mine]


def test_unassigned_are_those_handed_in_that_nobody_has() -> None:
    free = CaseFactory.create(state=State.SUBMITTED)
    CaseFactory.create(state=State.REGISTERED)
    CaseFactory.create(state=State.IN_REVIEW, auditor=auditor())

    assert shown(auditor(), liste="ohne") == [free]


def offered(days: int, **fields: Any) -> Case:
    case: Case = CaseFactory.create(state=State.IN_REVIEW)
    begins = timezone.now() + timedelta(days=days)
    VisitSlot.objects.create(
        case=case, starts_at=begins, ends_at=begins + timedelta(hours=4), visitor=auditor(), offered_at=AT, **fields
    )
    return case


def test_waiting_for_the_centre_are_open_questions_and_times_nobody_has_chosen() -> None:
    asked, to_choose = queried(days=3), offered(days=5)
    CaseFactory.create(state=State.IN_REVIEW)
    offered(days=-5)
    offered(days=5, withdrawn_at=AT)

    assert shown(auditor(), liste="rueckfrage") == [asked, to_choose]


def test_waiting_for_release_are_recommendations_nobody_has_released() -> None:
    case = recommended(released=False)
    recommended(released=True)

    assert shown(auditor(), liste="freigabe") == [case]


def awarded(**fields: Any) -> Case:
    """A finished case with its released outcome."""
    case: Case = CaseFactory.create(state=State.AWARDED, **fields)
    Outcome.objects.create(
        case=case, eligible=True, computed=True, recommended_by=auditor(), recommended_at=AT,
        released_by=auditor(), released_at=AT,
    )  # fmt: skip
    return case


def corrected(case: Case, *, by: User, days: int) -> Case:
    """A correction proposed so many days ago."""
    Outcome.objects.create(
        case=case, eligible=True, computed=True, recommended_by=by, replaces=case.outcomes.get(),
        recommended_at=timezone.now() - timedelta(days=days), correction_reason="Übersehen.",
    )  # fmt: skip
    return case


def objected(case: Case, *, days: int) -> Case:
    at = timezone.now() - timedelta(days=days)
    Objection.objects.create(
        case=case, received_on=at.date(), objector="Träger", recorded_at=at, recorded_by=auditor()
    )
    return case


def test_corrections_wait_for_a_second_person_beside_recommendations() -> None:
    me, case = auditor(), recommended(released=False)
    correction = corrected(awarded(), by=me, days=3)
    awarded()

    page = signed_in(me).get(HOME, {"liste": "freigabe"})

    assert list(page.context["page_obj"]) == [case, correction]
    assertContains(page, "Berichtigung (Ihr Vorschlag)")
    assertContains(page, "3 Tage")
    assert correction in shown(me, liste="alle")


def test_open_objections_have_a_list_and_wait_since_they_were_recorded() -> None:
    case = objected(awarded(), days=12)
    awarded()

    page = signed_in(auditor()).get(HOME, {"liste": "widerspruch"})

    assert list(page.context["page_obj"]) == [case]
    assertContains(page, f"Widerspruch vom {case.objections.get().received_on:%d.%m.%Y}")
    assertContains(page, "12 Tage")


def test_what_comes_after_a_decision_is_among_mine() -> None:
    me = auditor()
    case = objected(awarded(auditor=me), days=1)
    awarded(auditor=me)

    assert shown(me) == [case]


def test_overdue_are_answers_records_and_results_whose_day_has_passed() -> None:
    over = RoundFactory.create(results_until=TODAY() - timedelta(days=1))
    late = queried(days=-1)
    queried(days=0)
    visited: Case = CaseFactory.create(state=State.VISIT_AGREED)
    SiteVisit.objects.create(case=visited, starts_at=timezone.now() - timedelta(days=2), visitor=auditor())
    in_review = CaseFactory.create(state=State.IN_REVIEW, round=over)
    CaseFactory.create(state=State.INVITED, round=over)
    Case.objects.filter(pk=recommended(released=True).pk).update(round=over)

    page = signed_in(auditor()).get(HOME, {"liste": "ueberfaellig"})

    assert list(page.context["page_obj"]) == [late, visited, in_review]
    assert all(row["late"] for row in page.context["rows"])


def visited_at(days: int, **fields: Any) -> Case:
    case: Case = CaseFactory.create(state=State.VISIT_AGREED, **fields)
    SiteVisit.objects.create(case=case, starts_at=timezone.now() + timedelta(days=days), visitor=auditor())
    return case


def test_visits_of_the_week_are_those_from_monday_to_sunday() -> None:
    until_monday = -TODAY().weekday()
    monday, sunday = visited_at(until_monday), visited_at(until_monday + 6)
    visited_at(until_monday - 1)
    visited_at(until_monday + 7)

    assert shown(auditor(), liste="woche", sortierung="frist") == [monday, sunday]


def away(person: User, deputy: User, *, first: int = 0, last: int = 0) -> None:
    Absence.objects.create(
        auditor=person,
        deputy=deputy,
        starts_on=TODAY() + timedelta(days=first),
        ends_on=TODAY() + timedelta(days=last),
        entered_by=person,
        entered_at=AT,
    )


def test_the_deputy_sees_the_cases_while_somebody_is_away() -> None:
    person, deputy, later = auditor("Jonas Weber"), auditor("Eva Kern"), auditor()
    case = CaseFactory.create(state=State.IN_REVIEW, auditor=person)
    CaseFactory.create(state=State.IN_REVIEW, auditor=later)
    away(person, deputy)
    away(later, deputy, first=1, last=2)

    assert shown(deputy) == [case]
    assert shown(person) == [case]
    assertContains(signed_in(deputy).get(HOME), "vertreten durch Eva Kern")


@pytest.mark.parametrize("order", ["zentrum", "jugendamt", "stand", "wartet", "frist", "zustaendig"])
def test_each_column_sorts_both_ways(order: str) -> None:
    early, late = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
    first, last = YouthOfficeFactory.create(name="Aachen"), YouthOfficeFactory.create(name="Zülpich")
    a = queried(days=1, centre__name="Astern", centre__youth_office=first, state_since=late, auditor=auditor("Anna"))
    z = queried(days=5, centre__name="Zinnien", centre__youth_office=last, state_since=early, auditor=auditor("Zoe"))
    if order == "stand":
        Case.objects.filter(pk=z.pk).update(state=State.RECOMMENDED)

    assert shown(auditor(), liste="alle", sortierung=order) == [a, z]
    assert shown(auditor(), liste="alle", sortierung=f"-{order}") == [z, a]


def test_an_order_that_does_not_exist_changes_nothing() -> None:
    later = CaseFactory.create(state=State.SUBMITTED, state_since=datetime(2026, 3, 2, tzinfo=UTC))
    earlier = CaseFactory.create(state=State.SUBMITTED, state_since=datetime(2026, 3, 1, tzinfo=UTC))

    assert shown(auditor(), liste="alle", sortierung="quatsch") == [earlier, later]


def test_the_group_of_the_provider_narrows() -> None:
    provider = ProviderFactory.create(group="AWO")
    case = CaseFactory.create(centre=FamilyCentreFactory.create(member__facility__provider=provider))
    CaseFactory.create()

    assert shown(auditor(), liste="alle", traegergruppe="AWO") == [case]


def test_those_that_wait_longest_come_first() -> None:
    later = CaseFactory.create(state=State.SUBMITTED, state_since=datetime(2026, 3, 2, tzinfo=UTC))
    earlier = CaseFactory.create(state=State.SUBMITTED, state_since=datetime(2026, 3, 1, tzinfo=UTC))

    assert shown(auditor(), liste="alle") == [earlier, later]


@pytest.mark.parametrize("search", ["0002500", "sonnen", "Sonnenschein koeln", "KÖLN"])
def test_search_finds_number_name_and_town(search: str) -> None:
    centre = FamilyCentreFactory.create(certification_number="0002500", name="Kita Sonnenschein")
    case = CaseFactory.create(centre=centre)
    CaseFactory.create(centre=FamilyCentreFactory.create(member__facility__town="Aachen"))

    assert shown(auditor(), liste="alle", suche=search) == [case]


def test_filters_narrow_to_one_of_each_kind() -> None:
    office = YouthOfficeFactory.create(regional="LWL")
    case: Case = CaseFactory.create(
        centre=NetworkFactory.create(youth_office=office), round=RoundFactory.create(initial=True)
    )
    CaseFactory.create()
    me = auditor()

    assert shown(me, liste="alle", jugendamt=office.pk) == [case]
    assert shown(me, liste="alle", landesjugendamt="LWL") == [case]
    assert shown(me, liste="alle", form="network") == [case]
    assert shown(me, liste="alle", verfahren=Procedure.INITIAL) == [case]
    assert shown(me, liste="alle", runde=case.round.pk) == [case]


def test_the_lead_narrows_to_the_cases_of_one_person() -> None:
    person = auditor("Jonas Weber")
    case = CaseFactory.create(state=State.IN_REVIEW, auditor=person)
    CaseFactory.create(state=State.IN_REVIEW, auditor=auditor())

    page = signed_in(auditor()).get(HOME, {"liste": "alle", "zustaendig": person.pk})

    assert list(page.context["page_obj"]) == [case]
    assertContains(page, f'<option value="{person.pk}" selected>Jonas Weber</option>', html=True)


def test_a_case_offered_times_waits_for_the_choice_until_the_first_of_them() -> None:
    case, other = offered(days=9), CaseFactory.create(state=State.IN_REVIEW)
    day, ends = timezone.localdate(case.slots.get().starts_at), TODAY() + timedelta(days=99)
    Round.objects.update(results_until=ends)

    page = signed_in(auditor()).get(HOME, {"liste": "alle", "sortierung": "frist"})

    assert [(row["pk"], row["what"], row["day"]) for row in page.context["rows"]] == [
        (case.pk, "Wahl eines Termins", f"{day:%d.%m.%Y}"),
        (other.pk, "Ergebnis", f"{ends:%d.%m.%Y}"),
    ]
    Round.objects.update(results_until=TODAY() - timedelta(days=1))
    late = signed_in(auditor()).get(HOME, {"liste": "ueberfaellig"}).context["rows"]
    assert {(row["what"], row["late"]) for row in late} == {("Ergebnis", "überfällig")}


def test_tabs_count_what_the_search_leaves() -> None:
    queried(days=3, centre__name="Sonnenschein")
    queried(days=3, centre__name="Regenbogen")

    response = signed_in(auditor()).get(HOME, {"suche": "regen"})

    assert {tab["label"]: tab["count"] for tab in response.context["tabs"]} == {
        "Meine": 0,
        "Unverteilt": 0,
        "Beim Zentrum": 1,
        "Begehungen": 0,
        "Freigabe": 0,
        "Widersprüche": 0,
        "Überfällig": 0,
        "Alle": 1,
    }


def test_a_tab_keeps_the_search_and_starts_at_its_first_page() -> None:
    response = signed_in(auditor()).get(HOME, {"suche": "köln", "seite": "3"})

    assert response.context["tabs"][1]["query"] == "suche=k%C3%B6ln&liste=ohne"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "Für keinen offenen Fall sind Sie zuständig."),
        ({"liste": "unbekannt"}, "Für keinen offenen Fall sind Sie zuständig."),
        ({"suche": "nirgendwo"}, "Kein Fall gefunden"),
        ({"liste": "freigabe"}, "Kein Vorschlag und keine Berichtigung wartet auf eine zweite Person."),
    ],
)
def test_an_empty_list_says_why(query: dict[str, str], sentence: str) -> None:
    assertContains(signed_in(auditor()).get(HOME, query), sentence)


def test_a_page_holds_fifty_cases() -> None:
    round_ = RoundFactory.create()
    CaseFactory.create_batch(51, round=round_, state=State.SUBMITTED)
    me = auditor()

    assert len(shown(me, liste="ohne")) == 50
    assert len(shown(me, liste="ohne", seite=2)) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_worklist_takes_the_same_queries_for_any_number_of_rows(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        queried(days=3, auditor=auditor())
    client = signed_in(auditor())

    with django_assert_num_queries(11):
        client.get(HOME, {"liste": "alle"})
