"""The page of an area: answers beside verdicts, nothing typed is lost, nobody is overwritten unseen."""

from itertools import cycle
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from certification.catalogue import load_catalogue
from certification.findings import AreaReview, Judgement, review_of, save_area, save_findings
from certification.models import (
    Answer,
    Area,
    AreaResult,
    Case,
    Criterion,
    Edition,
    Finding,
    Outcome,
    Part,
    Query,
    SiteVisit,
)
from certification.rules.moves import State
from tests.certification.moves import AT, case_in
from tests.certification.reviewing import auditor, signed_in, url
from tests.factories.certification import CaseFactory
from tests.factories.evidence import EvidenceFactory, EvidenceUseFactory

pytestmark = pytest.mark.django_db


def only_part() -> Part:
    return Part.objects.get()


def entered(
    case: Case, verdict: str = "not_met", note: str = "", grade: str = "good", text: str = ""
) -> dict[str, str]:
    """What the form sends: what was seen, and what is chosen and typed."""
    part = only_part()
    typed = {f"urteil-{part.pk}": verdict, f"notiz-{part.pk}": note, "grade": grade, "text": text}
    return typed | stamps_of(case)


def stamps_of(case: Case, number: int = 1) -> dict[str, str]:
    """What the page of the area has seen."""
    area = Area.objects.get(number=number)
    review, parts = review_of(case, area), Part.objects.filter(criterion__area=area).values_list("pk", flat=True)
    return {f"stempel-{key}": review.stamp(key) for key in ("bereich", *map(str, parts))}


def shown(stamps: dict[str, str], key: object) -> str:
    """A stamp as it stands on the page."""
    return f'name="stempel-{key}" value="{stamps[f"stempel-{key}"]}"'


def send(client: Client, case: Case, data: dict[str, str], *, quietly: bool = False) -> Any:
    return client.post(url("area", case, 1), data, headers={"HX-Request": "true"} if quietly else {})


def edition_of_80() -> Edition:
    edition, _ = load_catalogue()
    return edition


def test_what_the_centre_says_stands_beside_the_verdict() -> None:
    case = case_in(State.IN_REVIEW)
    Answer.objects.update(value="partly", text="Jeden Dienstag von 9 bis 11 Uhr.")

    response = signed_in(auditor()).get(url("area", case, 1))

    assertContains(response, "<strong>teilweise</strong>")
    assertContains(response, "Jeden Dienstag von 9 bis 11 Uhr.")
    assertContains(response, f'value="met" id="id_urteil-{only_part().pk}_0" checked')


def test_saving_keeps_verdict_note_grade_and_text() -> None:
    case, me = case_in(State.IN_REVIEW), auditor()

    response = send(signed_in(me), case, entered(case, note="Beleg fehlt.", text="Auf gutem Weg."))

    assertRedirects(response, url("area", case, 1))
    finding, result = Finding.objects.get(), AreaResult.objects.get()
    assert (finding.verdict, finding.note, finding.saved_by) == ("not_met", "Beleg fehlt.", me)
    assert (result.grade, result.text) == ("good", "Auf gutem Weg.")


def test_a_note_without_verdict_is_refused_and_stays_on_the_page() -> None:
    case = case_in(State.IN_REVIEW)

    response = send(signed_in(auditor()), case, entered(case, verdict="", note="Bitte nachfragen.", text="Text."))

    assertContains(response, "Bitte wählen Sie zu Ihrer Notiz auch ein Urteil.")
    assertContains(response, "Bitte nachfragen.")
    assertContains(response, "Text.")


def test_a_text_without_grade_is_refused_and_stays_on_the_page() -> None:
    case = case_in(State.IN_REVIEW)

    response = send(signed_in(auditor()), case, entered(case, grade="", text="Auf gutem Weg."))

    assertContains(response, "Bitte wählen Sie zu Ihrem Text auch eine Bewertung.")
    assertContains(response, "Auf gutem Weg.")


def test_the_work_of_another_is_shown_before_it_is_overwritten() -> None:
    case, client = case_in(State.IN_REVIEW), signed_in(auditor())
    mine = entered(case, note="von mir")
    theirs = {only_part().pk: Judgement("met", "von ihr")}
    area = only_part().criterion.area
    save_findings(case, area=area, verdicts=theirs, by=auditor("Frau Weber"), at=timezone.now())

    told = send(client, case, mine)

    assertContains(told, "Frau Weber hat 1.1 gespeichert, während Sie daran gearbeitet haben.")
    assertContains(told, "Gespeichert ist: erfüllt, Notiz: von ihr")
    assertContains(told, "von mir")
    assert Finding.objects.get().note == "von ihr"


def test_whoever_was_told_may_overwrite() -> None:
    case, client = case_in(State.IN_REVIEW), signed_in(auditor())
    mine, area = entered(case, note="von mir"), only_part().criterion.area
    save_findings(
        case, area=area, verdicts={only_part().pk: Judgement("met", "von ihr")}, by=auditor("Frau Weber"), at=AT
    )

    told = send(client, case, mine)
    send(client, case, mine | {f"stempel-{key}": stamp for key, stamp in told.context["stamps"].items()})

    assert Finding.objects.get().note == "von mir"


def test_quiet_saving_answers_with_the_new_stamp() -> None:
    case, me = case_in(State.IN_REVIEW), auditor()

    response = send(signed_in(me), case, entered(case, note="Beleg fehlt."), quietly=True)

    assertContains(response, "eben gespeichert")
    assertContains(response, shown(stamps_of(case), only_part().pk))
    assertNotContains(response, "<html")


def test_quiet_saving_never_moves_the_stamp_past_the_work_of_another() -> None:
    case, client = case_in(State.IN_REVIEW), signed_in(auditor())
    mine, area = entered(case), only_part().criterion.area
    save_area(case, area=area, review=AreaReview(), by=auditor("Frau Weber"), at=AT)

    response = send(client, case, mine, quietly=True)

    assertContains(response, "Nicht alles ist gespeichert.")
    assertContains(response, shown(mine, only_part().pk))


def test_quiet_saving_says_what_is_missing() -> None:
    case = case_in(State.IN_REVIEW)

    response = send(signed_in(auditor()), case, entered(case, verdict="", note="?"), quietly=True)

    assertContains(response, "Urteil zu 1.1: Bitte wählen Sie zu Ihrer Notiz auch ein Urteil.")


@pytest.mark.parametrize("quietly", [True, False])
def test_what_is_missing_in_one_place_does_not_keep_the_rest_from_being_saved(quietly: bool) -> None:
    case, client = case_in(State.IN_REVIEW), signed_in(auditor())
    second = Part.objects.create(
        criterion=Criterion.objects.get(), code="1.1.1", alternative=2, text="Sie ist bekannt."
    )
    first = Part.objects.get(code="1.1")
    sent = {
        f"urteil-{first.pk}": "",
        f"notiz-{first.pk}": "Fragen.",
        f"urteil-{second.pk}": "met",
        **stamps_of(case),
    }

    response = send(client, case, sent, quietly=quietly)

    assertContains(response, shown(stamps_of(case), second.pk))
    assert dict(Finding.objects.values_list("part__code", "verdict")) == {"1.1": "met", "1.1.1": "met"}


def test_on_from_here_leads_to_the_next_open_criterion() -> None:
    case: Case = CaseFactory.create(state=State.IN_REVIEW, round__edition=edition_of_80())
    first, second = Criterion.objects.filter(area__number=1).order_by("position")[:2]
    verdicts = {f"urteil-{part.pk}": "met" for part in first.parts.all()}

    response = signed_in(auditor()).post(url("area", case, 1), verdicts | {"weiter": "1"} | stamps_of(case))

    assert response["Location"] == f"{url('area', case, 1)}#kriterium-{second.pk}"


def test_on_from_a_judged_area_leads_to_its_grade_then_to_the_next_area() -> None:
    case: Case = CaseFactory.create(state=State.IN_REVIEW, round__edition=edition_of_80())
    parts = Part.objects.filter(criterion__area__number=1)
    verdicts = {f"urteil-{part.pk}": "met" for part in parts} | {"weiter": "1"}
    client = signed_in(auditor())

    ungraded = client.post(url("area", case, 1), verdicts | stamps_of(case))
    graded = client.post(url("area", case, 1), verdicts | {"grade": "good"} | stamps_of(case))

    assert ungraded["Location"] == f"{url('area', case, 1)}#bewertung"
    assert graded["Location"].startswith(f"{url('area', case, 2)}#kriterium-")


def test_on_from_the_last_verdict_leads_to_the_case() -> None:
    case = case_in(State.IN_REVIEW)

    response = send(signed_in(auditor()), case, entered(case) | {"weiter": "1"})

    assert response["Location"] == url("case", case)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.RECOMMENDED, State.AWARDED])
def test_outside_the_review_an_area_can_only_be_read(state: State) -> None:
    case, client = case_in(state), signed_in(auditor())

    response = client.get(url("area", case, 1))
    refused = send(client, case, entered(case, note="Doch noch etwas."))

    assertContains(response, "Hier können Sie zurzeit nur lesen")
    assertNotContains(response, 'type="radio"')
    assertContains(refused, "Doch noch etwas.")
    assert Finding.objects.get().verdict == "met"


@pytest.mark.parametrize("state", [State.INVITED, State.REGISTERED])
def test_answers_are_unseen_until_the_centre_hands_in(state: State) -> None:
    case = case_in(state)

    assert signed_in(auditor()).get(url("area", case, 1)).status_code == 404


PIECES = 60


def full_case(me: User) -> Case:
    """Eighty criteria answered and judged, sixty pieces of evidence, a question, a visit, a correction."""
    case: Case = CaseFactory.create(
        state=State.IN_REVIEW, round__edition=edition_of_80(), submitted_at=AT, auditor=me
    )
    for part in Part.objects.all():
        Answer.objects.create(case=case, part=part, value="yes", saved_at=AT, saved_by=me)
        Finding.objects.create(case=case, part=part, verdict="met", saved_at=AT, saved_by=me)
    criteria = list(Criterion.objects.order_by("pk"))
    for criterion, number in zip(cycle(criteria[:20]), range(PIECES), strict=False):
        evidence = EvidenceFactory.create(centre=case.centre, title=f"Nachweis {number}", uploaded_by=me)
        EvidenceUseFactory.create(case=case, evidence=evidence, criterion=criterion, added_by=me)
    Query.objects.create(case=case, text="Wann?", due_on=AT.date(), asked_at=AT, asked_by=me)
    SiteVisit.objects.create(case=case, starts_at=AT, visitor=me)
    return case


@pytest.mark.parametrize("address", [("case",), ("area", 1), ("recommend",)])
def test_pages_with_80_criteria_and_60_pieces_of_evidence_take_few_queries(
    address: tuple[Any, ...], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    me = auditor()
    case, client = full_case(me), signed_in(me)

    with django_assert_max_num_queries(24):
        response = client.get(url(address[0], case, *address[1:]))

    assert response.status_code == 200


@pytest.mark.parametrize("state", [State.QUERIED, State.AWARDED, State.NOT_AWARDED])
def test_the_page_of_a_case_takes_few_queries_wherever_it_stands(
    state: State, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    me = auditor()
    case, client = full_case(me), signed_in(me)
    Case.objects.update(state=state)
    if state != State.QUERIED:
        released = {"released_by": auditor(), "released_at": AT}
        Outcome.objects.create(
            case=case, eligible=True, computed=True, recommended_by=me, recommended_at=AT, **released
        )

    with django_assert_max_num_queries(24):
        client.get(url("case", case))
