from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certification import workflow
from certification.dossier import NEUTRAL_REFUSAL
from certification.models import Case, SiteVisit, Step
from certification.rules.moves import State
from tests.certification.portal_cases import AT, case_of, lead, recommend, say
from tests.factories.accounts import UserFactory
from tests.factories.certification import CertificateFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]
REVIEWED = [State.IN_REVIEW, State.VISITED, State.RECOMMENDED]


def page(name: str, case: Case) -> str:
    return reverse(f"portal:{name}", args=[case.pk])


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def auditor_asks(case: Case) -> None:
    case.queries.create(
        text="Wie oft?", due_on=date(2026, 2, 9), asked_at=AT, asked_by=UserFactory.create(auditor=True)
    )


def field(case: Case) -> str:
    return f"antwort{case.queries.get().pk}"


def test_confirming_takes_part(client: Client) -> None:
    case = case_of(State.INVITED, round__registration_until=AT.date())
    client.force_login(lead(case))
    assert client.get(page("register", case)).status_code == 200

    response = client.post(page("register", case))

    case.refresh_from_db()
    assert (case.state, response["Location"]) == (State.REGISTERED, page("case", case))
    assert said(response) == ["Ihre Teilnahme ist bestätigt."]


@pytest.mark.time_machine("2026-03-01 10:00+01:00")
def test_confirming_too_late_says_why(client: Client) -> None:
    case = case_of(State.INVITED)
    client.force_login(lead(case))

    response = client.post(page("register", case))

    assert said(response) == [
        "Die Einreichung war bis zum 28. Februar 2026 möglich. Bitte wenden Sie sich an die Zertifizierungsstelle."
    ]


def test_hand_in_page_says_what_is_missing_and_what_counts(client: Client) -> None:
    case = case_of()
    say(case, "1.1")
    client.force_login(lead(case))

    response = client.get(page("submit", case))

    assert (response.context["questionnaire"].answered, response.context["questionnaire"].total) == (1, 4)
    assert response.context["checks"][0].explained.missing == "noch 1 Basisleistung"
    text = response.content.decode()
    assert all(each in text for each in ["1.2 Kriterium 1.2", "5.1 Kriterium 5.1", "Was dann geschieht"])


def test_handing_in_gives_a_receipt_and_closes_the_answers(client: Client) -> None:
    case = case_of()
    say(case, "1.1")
    client.force_login(lead(case))

    response = client.post(page("submit", case), follow=True)

    text = response.content.decode()
    assert "Ihre Unterlagen sind eingereicht." in text
    assert "Eingereicht am 2. Februar 2026 um 10:30 Uhr" in text
    assert client.get(reverse("portal:area", args=[case.pk, 1]))["Location"] == page("answers", case)


def test_handing_in_nothing_is_refused(client: Client) -> None:
    case = case_of()
    client.force_login(lead(case))

    response = client.post(page("submit", case))

    assert said(response) == ["Bitte beantworten Sie zuerst die Kriterien."]


def test_open_query_is_answered(client: Client) -> None:
    case = case_of(State.QUERIED)
    auditor_asks(case)
    client.force_login(lead(case))
    assert "Wie oft?" in client.get(page("answer", case)).content.decode()

    response = client.post(page("answer", case), {field(case): "Jede Woche."})

    assert case.queries.get().answer == "Jede Woche."
    assert said(response) == ["Ihre Antwort ist eingegangen. Die Zertifizierungsstelle prüft weiter."]


def test_empty_answer_is_told_beside_the_field(client: Client) -> None:
    case = case_of(State.QUERIED)
    auditor_asks(case)
    client.force_login(lead(case))

    response = client.post(page("answer", case), {field(case): " "})

    assert response.context["form"].errors == {field(case): ["Bitte schreiben Sie Ihre Antwort."]}


def test_withdrawing_needs_a_reason_and_closes_the_case(client: Client) -> None:
    case = case_of()
    client.force_login(lead(case))
    refused = client.post(page("withdraw", case), {"reason": ""})
    assert refused.context["form"].errors == {"reason": ["Bitte geben Sie den Grund an."]}

    client.post(page("withdraw", case), {"reason": "Wir schließen."})

    assert Step.objects.get(case=case).reason == "Wir schließen."
    assert "Wir schließen." in client.get(page("case", case)).content.decode()


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("register", State.REGISTERED),
        ("submit", State.SUBMITTED),
        ("answer", State.IN_REVIEW),
        ("withdraw", State.WITHDRAWN),
    ],
)
def test_question_of_another_stage_leads_back_to_the_case(client: Client, name: str, state: State) -> None:
    case = case_of(state)
    client.force_login(lead(case))

    response = client.get(page(name, case))

    assert response["Location"] == page("case", case)
    assert said(response)[0].startswith("Dieser Schritt ist gerade nicht möglich.")


def test_agreed_visit_is_shown(client: Client) -> None:
    case = case_of(State.VISIT_AGREED)
    starts_at = datetime(2026, 3, 10, 9, tzinfo=timezone.get_current_timezone())
    SiteVisit.objects.create(case=case, starts_at=starts_at, visitor=UserFactory.create(auditor=True))
    client.force_login(lead(case))

    assert "Dienstag, 10. März 2026, 09:00 bis 13:00 Uhr" in client.get(page("case", case)).content.decode()


def shown(client: Client, case: Case) -> list[str]:
    """All that a centre reads about its case, without the token of its form."""
    addresses = ["/portal/", page("case", case), page("questionnaire", case), page("answers", case)]
    return [client.get(each).content.decode().split("hx-headers")[0] + _main(client.get(each)) for each in addresses]


def _main(response: Any) -> str:
    return str(response.content.decode()).partition("<main")[2].partition("</main>")[0]


def test_a_recommendation_changes_nothing_that_the_centre_reads(client: Client) -> None:
    case = case_of(State.VISITED, state_since=AT)
    grades = recommend(case)
    client.force_login(lead(case))
    before = shown(client, case)

    Case.objects.filter(pk=case.pk).update(state=State.RECOMMENDED)
    Step.objects.create(
        case=case, act="recommend", old="visited", new="recommended", actor="auditor", by=grades.recommended_by, at=AT
    )

    assert shown(client, case) == before


@pytest.mark.parametrize("state", REVIEWED)
def test_no_word_of_an_outcome_before_its_release(client: Client, state: State) -> None:
    case = case_of(state)
    outcome = recommend(case)
    for act, reason in [("recommend", "Empfohlen"), ("send_back", "Zurück"), ("recommend_without_visit", "Ohne")]:
        Step.objects.create(
            case=case,
            act=act,
            new="recommended",
            actor="auditor",
            by=outcome.recommended_by,
            at=AT,
            reason=f"{reason} wegen Bereich 3",
        )
    client.force_login(lead(case))

    pages = "".join(shown(client, case))

    secrets = ["orgeschlagen", "Bereich 3", "lebendiges Haus", "Vorbildlich", "sehr gut", outcome.recommended_by.name]
    assert [secret for secret in secrets if secret in pages] == []
    assert client.get(page("result", case))["Location"] == page("case", case)


def test_a_refused_withdrawal_does_not_name_the_hidden_state(client: Client) -> None:
    case = case_of(State.RECOMMENDED)
    recommend(case)
    client.force_login(lead(case))
    assert client.get(page("withdraw", case)).status_code == 200

    response = client.post(page("withdraw", case), {"reason": "Umzug"})

    assert said(response) == [NEUTRAL_REFUSAL]


def test_released_result_shows_grades_and_texts(client: Client) -> None:
    case = case_of(State.RECOMMENDED)
    recommend(case, released=True)
    client.force_login(lead(case))

    text = client.get(page("result", case)).content.decode()

    assert all(each in text for each in ["Ergebnis: gütesiegelfähig", "sehr gut", "Vorbildlich", "lebendiges Haus"])
    assert "Über die Verleihung entscheidet das Ministerium" in text


def test_declined_case_says_what_to_do(client: Client) -> None:
    case = case_of(State.NOT_AWARDED)
    recommend(case, eligible=False, released=True)
    client.force_login(lead(case))

    text = client.get(page("result", case)).content.decode()

    assert "Ergebnis: nicht gütesiegelfähig" in text
    assert "Das Gütesiegel wurde nicht verliehen" in text


@pytest.mark.parametrize("issued", [False, True])
def test_certificate_is_offered_once_it_is_issued(client: Client, issued: bool) -> None:
    case = case_of(State.AWARDED)
    recommend(case, released=True)
    certificate = CertificateFactory.create(seal__centre=case.centre, seal__case=case, issued=issued)
    client.force_login(lead(case))

    text = client.get(page("result", case)).content.decode()

    assert (reverse("portal:certificate", args=[certificate.pk]) in text) == issued
    assert ("Ihre Urkunde wird gerade erstellt" in text) != issued


def test_certificate_is_downloaded_as_it_was_issued(client: Client) -> None:
    case = case_of(State.AWARDED)
    certificate = CertificateFactory.create(seal__centre=case.centre, seal__case=case, issued=True)
    client.force_login(lead(case))

    response = client.get(reverse("portal:certificate", args=[certificate.pk]))

    assert (response["Content-Type"], response.content) == ("application/pdf", certificate.number.encode())


def test_history_names_staff_by_their_house_alone(client: Client) -> None:
    case = case_of(State.SUBMITTED)
    auditor = UserFactory.create(auditor=True, name="Petra Prüferin")
    workflow.start_review(case, by=auditor, at=AT)
    client.force_login(lead(case))

    text = client.get(page("case", case)).content.decode()

    assert "Petra Prüferin" not in text
    assert "Zertifizierungsstelle" in text


@pytest.mark.parametrize("state", [State.REGISTERED, State.QUERIED, State.AWARDED])
@pytest.mark.parametrize("rows", [1, 3])
def test_case_page_takes_at_most_twelve_queries_for_any_number_of_rows(
    client: Client, state: State, rows: int, django_assert_num_queries: Any
) -> None:
    case = case_of(state)
    by = UserFactory.create(auditor=True)
    for _ in range(rows):
        Step.objects.create(case=case, act="ask", new="queried", actor="auditor", by=by, at=AT)
        asked = {"text": "?", "due_on": AT.date(), "asked_at": AT, "asked_by": by}
        case.queries.create(**asked, answer="!", answered_at=AT, answered_by=by)
    client.force_login(lead(case))

    with django_assert_num_queries({State.REGISTERED: 9, State.QUERIED: 11, State.AWARDED: 12}[state]):
        client.get(page("case", case))
