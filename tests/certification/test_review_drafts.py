"""The session ends while an auditor types: each long form of the workspace stands filled in again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Draft, User
from certification import workflow
from certification.models import Assignment, Case, Criterion
from certification.rules.moves import State
from tests.certification.moves import AT, case_in
from tests.certification.reviewing import auditor, url
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.evidence import EvidenceFactory, EvidenceUseFactory, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT, tick=False)]
TYPED = "Ein Satz, an dem jemand lange geschrieben hat."


def released() -> Case:
    return case_in(State.RECOMMENDED, act="award")


def corrected() -> Case:
    case = released()
    workflow.correct_outcome(case, by=auditor(), at=AT, reason="Übersehen.", eligible=False, closing_text="Neu.")
    return case


def stands(state: State) -> Callable[[], Case]:
    return lambda: case_in(state)


FORMS = [
    ("area", "text", stands(State.IN_REVIEW)),
    ("ask", "text1", stands(State.IN_REVIEW)),
    ("deadline", "reason", stands(State.QUERIED)),
    ("offer", "override_reason", stands(State.IN_REVIEW)),
    ("visit", "override_reason", stands(State.IN_REVIEW)),
    ("visit_cancel", "reason", stands(State.VISIT_AGREED)),
    ("visit_held", "record", stands(State.VISIT_AGREED)),
    ("visit_move", "reason", stands(State.VISIT_AGREED)),
    ("recommend", "closing_text", stands(State.VISITED)),
    ("send_back", "reason", stands(State.RECOMMENDED)),
    ("take", "note", stands(State.IN_REVIEW)),
    ("exempt", "reason", stands(State.IN_REVIEW)),
    ("correct", "closing_text", released),
    ("correct", "text1", released),
    ("send_back_correction", "reason", corrected),
    ("objection", "grounds", released),
]


def returning(user: User, page: str) -> Any:
    """The answer to what is typed too late, and the page after signing in again."""
    client = Client()
    client.force_login(user)
    client.get(page)
    del client.cookies["sessionid"]
    return client


def sign_in(client: Client, user: User, page: str) -> Any:
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": page})
    return client.get(page)


@pytest.mark.parametrize(("name", "field", "prepared"), FORMS, ids=[f"{name}-{field}" for name, field, _ in FORMS])
def test_a_long_form_is_kept_over_the_end_of_the_session(name: str, field: str, prepared: Callable[[], Case]) -> None:
    case, head = prepared(), UserFactory.create(auditor=True, team_lead=True)
    page = url(name, case, 1) if name == "area" else url(name, case)
    client = returning(head, page)

    client.post(page, {field: TYPED}, headers={"Referer": f"http://testserver{page}"})

    assertContains(sign_in(client, head, page), TYPED)


def test_a_note_is_kept_on_the_page_of_its_case() -> None:
    case, me = case_in(State.IN_REVIEW), auditor()
    page = url("case", case)
    client = returning(me, page)

    client.post(url("write_note", case), {"text": TYPED}, headers={"Referer": f"http://testserver{page}"})

    assertContains(sign_in(client, me, page), TYPED)


def test_a_quote_is_kept_at_its_page_of_the_evidence_and_never_in_place_of_verdicts() -> None:
    case, me = case_in(State.IN_REVIEW), auditor()
    Case.objects.update(submitted_at=AT)
    criterion, piece = Criterion.objects.get(), EvidenceFactory.create(centre=case.centre, content=pdf(1), pages=1)
    EvidenceUseFactory.create(case=case, evidence=piece, criterion=criterion)
    area, viewer = url("area", case, 1), url("evidence", case, criterion.pk, piece.public_id)
    client = returning(me, area)
    typed_there = {"Referer": f"http://testserver{area}", "HX-Request": "true"}

    client.post(area, {"text": "Würdigung"}, headers=typed_there)
    client.post(f"{viewer}?seite=1", {"zitat": TYPED}, headers=typed_there)
    page = sign_in(client, me, area)

    assertContains(page, "Würdigung")
    assertNotContains(page, TYPED)
    assertContains(client.get(viewer), TYPED)
    client.post(f"{viewer}?seite=1", {"zitat": TYPED}, headers={"HX-Request": "true"})
    assert [draft.path for draft in Draft.objects.all()] == [area]


def confirming(user: User, case: Case, reason: str) -> dict[str, Any]:
    stamp = f"{case.pk}-{case.auditor_id or 0}-{user.pk}"
    return {"liste": "alle", "stand": stamp, "an": user.pk, "anzahl": "1", "grund": reason}


def test_the_confirmation_of_many_stands_filled_in_again_and_nothing_has_happened() -> None:
    case, me, page = case_in(State.SUBMITTED), auditor(), reverse("review:share")
    client = returning(me, reverse("review:home"))

    client.post(page, confirming(me, case, TYPED), headers={"Referer": f"http://testserver{page}"})
    shown = sign_in(client, me, page)

    assertContains(shown, TYPED)
    assertContains(shown, "Ihre Eingaben sind wieder da")
    assert [line.case for line in shown.context["plan"]] == [case]
    assert not Assignment.objects.exists()
    client.post(page, confirming(me, case, TYPED))
    assert Assignment.objects.get().batch.reason == TYPED
    assert not Draft.objects.exists()


def test_the_people_chosen_for_many_cases_are_ticked_again_but_not_for_others() -> None:
    case, other, me = case_in(State.SUBMITTED), case_in(State.SUBMITTED), auditor()
    page, elsewhere = (f"{reverse('review:share')}?liste=alle&fall={each.pk}" for each in (case, other))
    client = returning(me, page)
    sent = {"liste": "alle", "fall": case.pk, "an": me.pk, "vorschau": "ja", "auswahl": page.partition("?")[2]}

    client.post(reverse("review:share"), sent, headers={"Referer": f"http://testserver{page}"})

    assert sign_in(client, me, page).context["form"].data.getlist("an") == [str(me.pk)]
    anew = client.get(elsewhere)
    assert (anew.context["cases"], anew.context["form"].is_bound) == ([other], False)
    assertNotContains(anew, "Ihre Eingaben sind wieder da")
