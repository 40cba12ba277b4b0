"""Evidence in the page, quotes, notes, text blocks, marks and who else is there."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from certification import papers
from certification.findings import Judgement, save_findings
from certification.models import AreaResult, Case, CaseNote, Evidence, Finding, Part, Quote, TextBlock
from certification.presence import LASTS, note_presence
from certification.queries import ask_marked, marks_of
from certification.rules.moves import State
from certification.workflow import NotAllowedError, Question
from tests.certification.moves import AT, case_in
from tests.certification.reviewing import auditor, signed_in, url
from tests.certification.test_review_area import entered
from tests.factories.accounts import UserFactory
from tests.factories.evidence import EvidenceFactory, EvidenceUseFactory, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    case = case_in(State.IN_REVIEW)
    case.submitted_at = AT
    case.save()
    return case


def piece_of(case: Case, **fields: Any) -> Evidence:
    fields = {"content": pdf(2), "pages": 2} | fields
    piece: Evidence = EvidenceFactory.create(centre=case.centre, **fields)
    EvidenceUseFactory.create(case=case, evidence=piece, criterion=Part.objects.get().criterion)
    return piece


def place(case: Case, piece: Evidence) -> str:
    return url("evidence", case, Part.objects.get().criterion_id, piece.public_id)


def quietly(client: Client, address: str) -> Any:
    return client.get(address, headers={"HX-Request": "true"})


def test_evidence_stands_at_its_criterion(case: Case) -> None:
    piece = piece_of(case, title="Flyer der Sprechstunde")

    response = signed_in(auditor()).get(url("area", case, 1))

    assertContains(response, "Flyer der Sprechstunde")
    assertContains(response, place(case, piece))


def test_a_page_of_a_pdf_is_shown_as_a_picture(case: Case) -> None:
    client, piece = signed_in(auditor()), piece_of(case)

    shown = quietly(client, place(case, piece) + "?seite=2")
    picture = client.get(reverse("evidence_page", args=[piece.public_id, 2]))

    assertContains(shown, "Seite 2 von 2")
    assertContains(shown, reverse("evidence_page", args=[piece.public_id, 2]))
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")


@pytest.mark.parametrize("page", ["3", "0"])
def test_a_page_that_is_not_there_is_not_found(case: Case, page: str) -> None:
    client, piece = signed_in(auditor()), piece_of(case)

    assert client.get(place(case, piece) + f"?seite={page}").status_code == 404
    assert client.get(reverse("evidence_page", args=[piece.public_id, page])).status_code == 404


def test_a_file_that_cannot_be_drawn_is_offered_for_download(case: Case) -> None:
    client, piece = signed_in(auditor()), piece_of(case, content=b"%PDF-1.7 broken", pages=1)

    assertContains(client.get(place(case, piece)), "Diese Seite lässt sich hier nicht zeigen.")
    assert client.get(reverse("evidence_page", args=[piece.public_id, 1])).status_code == 404


def test_pictures_of_pages_are_only_for_those_who_may_see_the_file(case: Case) -> None:
    address = reverse("evidence_page", args=[piece_of(case).public_id, 1])

    assert signed_in(auditor()).get(address).status_code == 200
    assert signed_in(UserFactory.create(lead=True)).get(address).status_code == 404
    assert signed_in(UserFactory.create(service_office=True)).get(address).status_code == 404


def test_evidence_of_another_case_is_not_found(case: Case) -> None:
    elsewhere = EvidenceFactory.create(content=pdf(), pages=1)

    assert signed_in(auditor()).get(place(case, elsewhere)).status_code == 404


def test_a_quote_names_piece_page_and_words(case: Case) -> None:
    me, piece = auditor(), piece_of(case, title="Flyer")

    response = signed_in(me).post(place(case, piece) + "?seite=2", {"zitat": " Jeden Dienstag "})

    assertRedirects(response, place(case, piece) + "?seite=2")
    quote = Quote.objects.get()
    assert (quote.evidence, quote.page, quote.text, quote.by) == (piece, 2, "Jeden Dienstag", me)
    assertContains(signed_in(me).get(url("area", case, 1)), "Flyer, Seite 2")


def test_a_quote_without_words_is_refused_with_a_sentence(case: Case) -> None:
    response = signed_in(auditor()).post(place(case, piece_of(case)), {"zitat": " "})

    assertContains(response, "Bitte geben Sie den Wortlaut an.")


def test_a_quote_is_taken_back_by_its_person_only(case: Case) -> None:
    me, piece = auditor(), piece_of(case)
    quote = papers.quote(case, piece, criterion=Part.objects.get().criterion, page=1, text="Dienstag", by=me, at=AT)

    signed_in(auditor("Frau Weber")).post(url("take_back_quote", case, quote.pk))
    assert Quote.objects.exists()
    signed_in(me).post(url("take_back_quote", case, quote.pk))
    assert not Quote.objects.exists()


@pytest.mark.parametrize("role", ["ministry", "lead", "service_office"])
def test_only_auditors_quote_and_write_notes(case: Case, role: str) -> None:
    stranger, piece = UserFactory.create(**{role: True}), piece_of(case)
    here = Part.objects.get().criterion

    with pytest.raises(NotAllowedError, match="Sache der Zertifizierungsstelle"):
        papers.quote(case, piece, criterion=here, page=1, text="Dienstag", by=stranger, at=AT)
    with pytest.raises(NotAllowedError, match="Sache der Zertifizierungsstelle"):
        papers.write_note(case, text="Notiz", by=stranger, at=AT)
    assert papers.write_note(case, text="Notiz", by=auditor(), at=AT).text == "Notiz"


def test_after_the_review_nothing_is_quoted() -> None:
    case = case_in(State.RECOMMENDED)

    with pytest.raises(NotAllowedError, match="nur während der Prüfung"):
        papers.quote(
            case, piece_of(case), criterion=Part.objects.get().criterion, page=1, text="x", by=auditor(), at=AT
        )


def test_a_note_about_the_case_stays_in_the_house(case: Case) -> None:
    client = signed_in(auditor("Frau Weber"))

    client.post(url("write_note", case), {"text": "Leitung wechselt im Mai."})
    client.post(url("write_note", case), {"text": " "})

    assertContains(client.get(url("case", case)), "Leitung wechselt im Mai.")
    assert CaseNote.objects.count() == 1


def test_a_text_block_is_inserted_without_a_script(case: Case) -> None:
    block = TextBlock.objects.create(title="Gut vernetzt", text="Das Zentrum ist gut vernetzt.")
    sent = entered(case, text="Schön.") | {"baustein-text": str(block.pk), "einfuegen": "text"}

    signed_in(auditor()).post(url("area", case, 1), sent)

    assert AreaResult.objects.get().text == "Schön.\n\nDas Zentrum ist gut vernetzt."


def test_text_blocks_of_other_areas_are_not_offered(case: Case) -> None:
    TextBlock.objects.create(title="Für alle", text="A")
    TextBlock.objects.create(title="Für Bereich 2", text="B", area_number=2)

    response = signed_in(auditor()).get(url("area", case, 1))

    assertContains(response, "Für alle")
    assertNotContains(response, "Für Bereich 2")


def test_development_potential_is_entered_with_the_grade(case: Case) -> None:
    signed_in(auditor()).post(url("area", case, 1), entered(case) | {"potential": "Mehr Väterangebote."})

    assert AreaResult.objects.get().potential == "Mehr Väterangebote."


def test_a_question_is_marked_and_counted(case: Case) -> None:
    part, client = Part.objects.get(), signed_in(auditor())
    sent = entered(case, verdict="query") | {f"frage-{part.pk}": "Seit wann?"}

    client.post(url("area", case, 1), sent)

    assert Finding.objects.get().question == "Seit wann?"
    assertContains(client.get(url("area", case, 1)), "Rückfragen senden (1)")
    assertContains(client.get(url("case", case)), "Rückfragen senden (1)")


def test_a_query_without_question_is_refused_beside_the_field(case: Case) -> None:
    response = signed_in(auditor()).post(url("area", case, 1), entered(case, verdict="query"))

    assertContains(response, "Bitte schreiben Sie, was Sie fragen möchten.")


def test_the_second_auditor_sees_who_works_here(case: Case) -> None:
    cache.clear()
    signed_in(auditor("Frau Weber")).get(url("area", case, 1))

    response = signed_in(auditor("Herr Kaya")).get(url("area", case, 1))
    asked = signed_in(auditor("Herr Kaya")).get(url("presence", case))

    assertContains(response, "<strong>Frau Weber</strong> arbeitet auch an diesem Fall (Bereich 1)")
    assertContains(asked, "Frau Weber")


def test_whoever_opens_a_case_sees_who_is_about_to_decide_it() -> None:
    cache.clear()
    case, first, second = case_in(State.IN_REVIEW), auditor("Frau Weber"), auditor("Herr Kaya")

    signed_in(first).get(url("recommend", case))

    says = "<strong>Frau Weber</strong> arbeitet auch an diesem Fall (Ergebnis"
    assertContains(signed_in(second).get(url("case", case)), says)
    assertContains(signed_in(second).get(url("ask", case)), says)
    assertContains(signed_in(first).get(url("case", case)), "<strong>Herr Kaya</strong> arbeitet auch an diesem Fall")


def test_whoever_has_left_is_not_shown(case: Case) -> None:
    cache.clear()
    now = timezone.now()
    note_presence(case, auditor("Frau Weber"), where="Bereich 1", at=now - LASTS)

    assert note_presence(case, auditor(), where="Bereich 1", at=now + timedelta(seconds=1)) == []


def test_what_is_marked_goes_out_as_questions_and_is_tied_to_them(case: Case) -> None:
    part, client = Part.objects.get(), signed_in(auditor())
    client.post(url("area", case, 1), entered(case, verdict="query") | {f"frage-{part.pk}": "Seit wann?"})
    page = client.get(url("ask", case))
    assertContains(page, "Seit wann?")

    sent = {"text1": "Seit wann genau?", "criterion1": part.criterion_id, "working_days": "10"}
    client.post(url("ask", case), sent)

    finding = Finding.objects.get()
    assert finding.query is not None
    assert (finding.query.text, finding.query.criterion_id) == ("Seit wann genau?", part.criterion_id)
    assert not marks_of(case).exists()
    assertContains(client.get(url("area", case, 1)), "Antwort erwartet bis")


def test_a_question_left_out_of_the_letter_stays_marked(case: Case) -> None:
    part, me = Part.objects.get(), auditor()
    asked = {part.pk: Judgement("query", question="Seit wann?")}
    save_findings(case, area=part.criterion.area, verdicts=asked, by=me, at=AT)

    ask_marked(case, by=me, at=AT, questions=[Question("Etwas anderes?")], working_days=10)

    assert [mark.part for mark in marks_of(case)] == [part]
