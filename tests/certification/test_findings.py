from dataclasses import replace
from datetime import timedelta

import pytest

from certification import findings
from certification.findings import REVIEWING, AreaReview, ConflictError, Judgement, review_of, save_area
from certification.models import Area, AreaResult, Case, Finding, Part
from certification.rules.moves import State
from certification.workflow import NotAllowedError
from tests.certification.moves import AT, case_in
from tests.certification.reviewing import auditor
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def only_part(case: Case) -> Part:
    return Part.objects.get(criterion__area__edition=case.round.edition)


def only_area(case: Case) -> Area:
    return case.round.edition.areas.get()


def test_a_review_is_stored_with_person_and_time() -> None:
    case, me = case_in(State.IN_REVIEW), auditor()
    part = only_part(case)
    review = AreaReview({part.pk: Judgement("not_met", " Beleg fehlt. ")}, "good", " Viel erreicht. ")

    save_area(case, area=only_area(case), review=review, by=me, at=AT)

    finding, result = Finding.objects.get(), AreaResult.objects.get()
    assert (finding.verdict, finding.note, finding.saved_by, finding.saved_at) == ("not_met", "Beleg fehlt.", me, AT)
    assert (result.grade, result.text) == ("good", "Viel erreicht.")


def test_a_verdict_stays_that_of_its_person_while_another_saves_the_rest() -> None:
    case = case_in(State.IN_REVIEW)
    first = Finding.objects.get().saved_by

    review = replace(review_of(case, only_area(case)), text="Ergänzt.")
    save_area(case, area=only_area(case), review=review, by=auditor(), at=AT + timedelta(days=1))

    assert Finding.objects.get().saved_by == first


def test_a_part_without_verdict_is_open_again() -> None:
    case = case_in(State.IN_REVIEW)
    review = AreaReview({only_part(case).pk: Judgement("")})

    save_area(case, area=only_area(case), review=review, by=auditor(), at=AT)

    assert not Finding.objects.exists()
    assert not AreaResult.objects.exists()


def test_nothing_of_another_is_overwritten_unseen() -> None:
    case, area = case_in(State.IN_REVIEW), None
    area, part = only_area(case), only_part(case)
    seen = review_of(case, area).stamp
    theirs, mine = Judgement("not_met", "von ihr"), Judgement("met", "von mir")
    findings.save_findings(case, area=area, verdicts={part.pk: theirs}, by=auditor("Frau Weber"), at=AT)

    with pytest.raises(ConflictError, match="Frau Weber hat diesen Bereich gespeichert"):
        save_area(case, area=area, review=AreaReview({part.pk: mine}), by=auditor(), at=AT, seen=seen)

    assert Finding.objects.get().note == "von ihr"


def test_the_same_saved_twice_is_no_conflict() -> None:
    case, me = case_in(State.IN_REVIEW), auditor()
    area, seen = only_area(case), review_of(case, only_area(case)).stamp
    review = AreaReview({only_part(case).pk: Judgement("not_met")}, "met")

    save_area(case, area=area, review=review, by=me, at=AT, seen=seen)
    again = save_area(case, area=area, review=review, by=me, at=AT, seen=seen)

    assert again == review_of(case, area)


def test_a_result_alone_leaves_the_verdicts() -> None:
    case = case_in(State.VISITED)

    findings.save_area_result(case, area=only_area(case), grade="met", text="", by=auditor(), at=AT)

    assert (AreaResult.objects.get().grade, Finding.objects.get().verdict) == ("met", "met")


def test_a_text_takes_a_grade() -> None:
    case = case_in(State.VISITED)

    with pytest.raises(NotAllowedError, match="Bitte wählen Sie zu Ihrem Text auch eine Bewertung"):
        findings.save_area_result(case, area=only_area(case), grade="", text="Gut.", by=auditor(), at=AT)


@pytest.mark.parametrize("state", sorted(set(State) - REVIEWING))
def test_verdicts_change_only_during_the_review(state: State) -> None:
    case = case_in(state)

    with pytest.raises(NotAllowedError, match=f"solange der Fall „{state.label}“ ist"):
        save_area(case, area=only_area(case), review=AreaReview(), by=auditor(), at=AT)

    assert Finding.objects.exists()


@pytest.mark.parametrize("role", ["ministry", "lead", "service_office"])
def test_only_auditors_judge(role: str) -> None:
    case, stranger = case_in(State.IN_REVIEW), UserFactory.create(**{role: True})

    with pytest.raises(NotAllowedError, match="nur die Zertifizierungsstelle"):
        save_area(case, area=only_area(case), review=AreaReview(), by=stranger, at=AT)
