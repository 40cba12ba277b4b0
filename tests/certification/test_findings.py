from dataclasses import replace
from datetime import timedelta

import pytest

from certification import findings
from certification.findings import REVIEWING, AreaReview, Judgement, review_of, save_area
from certification.models import Area, AreaResult, Case, Finding, Part
from certification.progress import open_parts, progress_of
from certification.queries import marks_of
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


def seen_of(case: Case) -> dict[str, str]:
    """The stamps of a page that has just been opened."""
    review = review_of(case, only_area(case))
    return {key: review.stamp(key) for key in ("bereich", str(only_part(case).pk))}


def test_nothing_of_another_is_overwritten_unseen() -> None:
    case = case_in(State.IN_REVIEW)
    area, part, seen = only_area(case), only_part(case), seen_of(case)
    theirs, mine = Judgement("not_met", "von ihr"), Judgement("met", "von mir")
    findings.save_findings(case, area=area, verdicts={part.pk: theirs}, by=auditor("Frau Weber"), at=AT)

    review = AreaReview({part.pk: mine}, "met")
    saved = save_area(case, area=area, review=review, by=auditor(), at=AT, seen=seen)

    assert (saved.conflicts, saved.others) == ({str(part.pk)}, frozenset())
    assert (Finding.objects.get().note, AreaResult.objects.get().grade) == ("von ihr", "met")
    assert findings.who_saved(case, area, saved.conflicts) == "Frau Weber"


def test_what_was_left_alone_stays_as_another_saved_it() -> None:
    case = case_in(State.IN_REVIEW)
    area, part, seen, shown = only_area(case), only_part(case), seen_of(case), review_of(case, only_area(case))
    findings.save_findings(case, area=area, verdicts={part.pk: Judgement("not_met")}, by=auditor(), at=AT)

    saved = save_area(case, area=area, review=replace(shown, grade="met"), by=auditor(), at=AT, seen=seen)

    assert (saved.conflicts, saved.others) == (frozenset(), {str(part.pk)})
    assert (Finding.objects.get().verdict, AreaResult.objects.get().grade) == ("not_met", "met")


def test_grade_and_texts_of_another_are_not_overwritten_either() -> None:
    case = case_in(State.IN_REVIEW)
    area, seen, shown = only_area(case), seen_of(case), review_of(case, only_area(case))
    findings.save_area_result(case, area=area, grade="met", text="Von ihr.", by=auditor("Frau Weber"), at=AT)

    saved = save_area(case, area=area, review=replace(shown, text="Von mir."), by=auditor(), at=AT, seen=seen)

    assert (saved.conflicts, AreaResult.objects.get().text) == ({"bereich"}, "Von ihr.")
    assert findings.who_saved(case, area, saved.conflicts) == "Frau Weber"


def test_the_same_saved_twice_is_no_conflict() -> None:
    case, me = case_in(State.IN_REVIEW), auditor()
    area, seen = only_area(case), seen_of(case)
    review = AreaReview({only_part(case).pk: Judgement("not_met")}, "met")

    save_area(case, area=area, review=review, by=me, at=AT, seen=seen)
    again = save_area(case, area=area, review=review, by=me, at=AT, seen=seen)

    assert (again.review, again.conflicts) == (review_of(case, area), frozenset())


def test_notes_for_the_house_and_remarks_for_the_centre_stay_apart() -> None:
    case = case_in(State.IN_REVIEW)
    judgement = Judgement("not_met", note="Nachhaken.", remark="Bitte Aushang ergänzen.")

    findings.save_findings(case, area=only_area(case), verdicts={only_part(case).pk: judgement}, by=auditor(), at=AT)

    finding = Finding.objects.get()
    assert (finding.note, finding.remark) == ("Nachhaken.", "Bitte Aushang ergänzen.")


def test_a_query_takes_a_question() -> None:
    case = case_in(State.IN_REVIEW)

    with pytest.raises(NotAllowedError, match="auch, was Sie fragen möchten"):
        findings.save_findings(
            case, area=only_area(case), verdicts={only_part(case).pk: Judgement("query")}, by=auditor(), at=AT
        )


def test_a_part_with_a_query_is_not_judged_yet() -> None:
    case = case_in(State.IN_REVIEW)
    asked = Judgement("query", question="Seit wann?")

    findings.save_findings(case, area=only_area(case), verdicts={only_part(case).pk: asked}, by=auditor(), at=AT)

    assert (progress_of(case).open, [part.waits for part in open_parts(case)]) == (1, [True])
    assert [mark.question for mark in marks_of(case)] == ["Seit wann?"]


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
