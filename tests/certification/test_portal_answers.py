"""Answers to queries with what proves them: both in one go, and nothing lost where a file is no good."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from certification.models import Case, Criterion, Evidence, EvidenceUse, Query
from certification.rules.moves import State
from tests.certification.portal_cases import AT, case_of, lead
from tests.factories.accounts import UserFactory
from tests.factories.evidence import EvidenceFactory, pdf, picture

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]
SAID = {"title": "Ordner", "kind": "concept", "issued_on": "2025-03-10"}


@pytest.fixture
def case(client: Client) -> Case:
    found = case_of(State.QUERIED)
    client.force_login(lead(found))
    return found


def ask(case: Case, code: str = "1.1") -> Query:
    criterion = Criterion.objects.filter(area__edition=case.round.edition, code=code).first()
    by = UserFactory.create(auditor=True)
    query: Query = case.queries.create(
        text="Wie oft?", criterion=criterion, due_on=AT.date(), asked_at=AT, asked_by=by
    )
    return query


def page(case: Case) -> str:
    return reverse("portal:answer", args=[case.pk])


def file(content: bytes | None = None, name: str = "Ordner.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content)


def beside(query: Query, *files: SimpleUploadedFile, **said: Any) -> dict[str, Any]:
    named = {f"beleg{query.pk}-{name}": value for name, value in said.items()}
    return named | ({f"beleg{query.pk}-uploads": list(files)} if files else {})


def written(query: Query, text: str = "Jede Woche.") -> dict[str, str]:
    return {f"antwort{query.pk}": text}


def test_answer_and_evidence_go_in_one_go(client: Client, case: Case) -> None:
    query = ask(case)

    response = client.post(page(case), written(query) | beside(query, file(), **SAID))

    assertRedirects(response, reverse("portal:case", args=[case.pk]))
    query.refresh_from_db()
    use = EvidenceUse.objects.handed_in().get()
    assert (query.answer, use.query, use.criterion, use.evidence.title) == (
        "Jede Woche.",
        query,
        query.criterion,
        "Ordner",
    )
    assertContains(client.get(reverse("portal:case", args=[case.pk])), "Dazu haben Sie geschickt")


def test_an_answer_needs_no_evidence(client: Client, case: Case) -> None:
    client.post(page(case), written(ask(case)))

    assert (case.queries.get().answer, Evidence.objects.count()) == ("Jede Woche.", 0)


def test_a_bad_file_sends_nothing_and_loses_nothing(client: Client, case: Case) -> None:
    query = ask(case)
    sent = written(query) | beside(query, file(), file(b"kaputt", "Kaputt.pdf"), **SAID)

    response = client.post(page(case), sent)

    assertContains(response, "Kaputt.pdf")
    assertContains(response, "Jede Woche.")
    assertContains(response, "Gesendet ist noch nichts")
    query.refresh_from_db()
    assert (query.answered_at, query.draft, Evidence.objects.get().name) == (None, "Jede Woche.", "Ordner.pdf")

    kept = {f"beleg{query.pk}-stored": str(Evidence.objects.get().pk)}
    client.post(page(case), written(query) | beside(query, **SAID) | kept)
    assert (EvidenceUse.objects.handed_in().get().query, Evidence.objects.count()) == (query, 1)


def test_what_is_missing_about_a_file_is_said_beside_it(client: Client, case: Case) -> None:
    query = ask(case)

    response = client.post(page(case), written(query) | beside(query, file(), title="Ordner"))

    assert set(response.context["also_wrong"][0].errors) == {"kind", "issued_on"}
    assertContains(response, "Bitte wählen Sie die Art des Nachweises.", count=2)
    assertContains(response, "Eine Datei ist gespeichert")
    assert case.queries.get().answered_at is None


def test_a_file_without_an_answer_lies_there_and_the_answer_is_asked_for(client: Client, case: Case) -> None:
    query = ask(case)

    response = client.post(page(case), beside(query, file(), **SAID))

    assertContains(response, "Bitte schreiben Sie Ihre Antwort.")
    assertContains(response, "Das liegt bei Ihrer Antwort")
    assert not response.context["also_wrong"]
    assert EvidenceUse.objects.get().query == query


def test_a_draft_keeps_its_file_too(client: Client, case: Case) -> None:
    query = ask(case)

    client.post(page(case), written(query) | beside(query, file(), **SAID) | {"entwurf": "1"})

    query.refresh_from_db()
    assert (query.draft, query.answered_at, query.evidence_uses.count()) == ("Jede Woche.", None, 1)
    assertContains(client.get(page(case)), "Ordner")


def test_a_question_about_no_criterion_asks_for_one(client: Client, case: Case) -> None:
    query, criterion = ask(case, code="keines"), Criterion.objects.get(code="5.1", area__edition=case.round.edition)

    refused = client.post(page(case), written(query) | beside(query, file(), **SAID))
    assertContains(refused, "Bitte wählen Sie mindestens ein Kriterium")
    kept = {f"beleg{query.pk}-stored": str(Evidence.objects.get().pk)}
    client.post(page(case), written(query) | beside(query, **SAID, criteria=[criterion.pk]) | kept)

    assert EvidenceUse.objects.handed_in().get().criterion == criterion


def test_each_of_two_questions_keeps_its_own(client: Client, case: Case) -> None:
    first, second = ask(case), ask(case, code="1.2")
    sent = beside(first, file(), **SAID) | beside(second, file(picture(), "Foto.jpg"), **{**SAID, "title": "Foto"})

    client.post(page(case), written(first) | written(second) | sent)

    uses = EvidenceUse.objects.order_by("pk").values_list("evidence__title", "query", "criterion__code")
    assert list(uses) == [("Ordner", first.pk, "1.1"), ("Foto", second.pk, "1.2")]


def test_another_persons_piece_cannot_be_sent_along(client: Client, case: Case) -> None:
    query, foreign = ask(case), EvidenceFactory.create(title="Fremd")

    response = client.post(
        page(case), written(query) | beside(query, **SAID) | {f"beleg{query.pk}-stored": foreign.pk}
    )

    assertContains(response, "Bitte wählen Sie eine Datei aus")
    assertNotContains(response, "Fremd")
    foreign.refresh_from_db()
    assert foreign.title == "Fremd"


def test_htmx_is_led_on(client: Client, case: Case) -> None:
    query = ask(case)

    response = client.post(page(case), written(query) | beside(query, file(), **SAID), headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == reverse("portal:case", args=[case.pk])
