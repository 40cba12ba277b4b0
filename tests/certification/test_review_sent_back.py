"""A recommendation that is revised: what was sent back, and whether a visit was held, decide what is asked."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from certification.models import Case
from certification.rules.moves import State
from tests.certification.moves import case_in, held
from tests.certification.reviewing import auditor, now, signed_in, url

pytestmark = pytest.mark.django_db


def sent_back(*, visited: bool) -> tuple[Case, User]:
    """Recommended with a reason against the rules, and returned; whoever recommended revises it."""
    case, me = case_in(State.VISITED if visited else State.IN_REVIEW), auditor("Clara Nowak")
    entered = {"eligible": "ja", "deviation_reason": "Das Konzept.", "closing_text": "Sehr gut.", "reason": "Klar."}
    signed_in(me).post(url("recommend", case), {k: v for k, v in entered.items() if k != "reason" or not visited})
    signed_in(auditor()).post(url("send_back", case), {"reason": "Bereich 3 ist nicht begründet."})
    return now(case), me


def test_what_was_sent_back_after_a_visit_is_revised_without_a_reason_against_one() -> None:
    case, me = sent_back(visited=True)

    asked = signed_in(me).get(url("recommend", case))
    entered = {"eligible": "ja", "deviation_reason": "Das Konzept.", "closing_text": "Ausgezeichnet."}
    signed_in(me).post(url("recommend", case), entered)
    shown = signed_in(auditor()).get(url("release", case))

    assert "reason" not in asked.context["form"].fields
    assert case.outcomes.standing().get().closing_text == "Ausgezeichnet."
    assertNotContains(shown, "Ohne Begehung")
    assertContains(shown, "<dt>Begehung</dt>")


def test_what_was_sent_back_without_a_visit_keeps_its_reason_for_the_second_person() -> None:
    case, me = sent_back(visited=False)

    asked = signed_in(me).get(url("recommend", case))
    signed_in(me).post(url("recommend", case), asked.context["form"].initial)
    shown = signed_in(auditor()).get(url("release", case))

    assert asked.context["form"]["reason"].value() == "Klar."
    assertContains(shown, "Ohne Begehung: Klar.")
    assertContains(shown, "<dt>Ohne Begehung, weil</dt>")


def test_a_visit_since_makes_the_reason_against_one_a_thing_of_the_past() -> None:
    case, me = sent_back(visited=False)
    held(case, me)
    entered = {"eligible": "ja", "deviation_reason": "Das Konzept.", "closing_text": "Sehr gut."}

    refused = signed_in(me).post(url("recommend", case), {**entered, "reason": "Klar."})
    signed_in(me).post(url("recommend", case), entered)
    shown = signed_in(auditor()).get(url("release", case))

    assertContains(refused, "Inzwischen ist eine Begehung festgehalten")
    assertContains(refused, "Sehr gut.")
    assertNotContains(shown, "Ohne Begehung")


def test_what_was_sent_back_stands_in_the_form_with_what_to_look_at_again() -> None:
    case, me = sent_back(visited=True)

    overview, shown = signed_in(me).get(url("case", case)), signed_in(me).get(url("recommend", case))

    step = overview.context["next"]
    assert (step.title, step.url) == ("Den zurückgegebenen Vorschlag überarbeiten", url("recommend", case))
    assert step.text == "Ayşe Demir schreibt dazu: Bereich 3 ist nicht begründet."
    assertContains(shown, "Zurückgegeben von Ayşe Demir")
    initial = shown.context["form"].initial
    assert (initial["eligible"], initial["closing_text"]) == ("ja", "Sehr gut.")


FIRST_VISIT = ["Rückfrage stellen", "Begehung vereinbaren"]
FURTHER_VISIT = ["Rückfrage stellen", "Weitere Begehung vereinbaren", "Ergebnis vorschlagen"]


@pytest.mark.parametrize(
    ("state", "visited", "offered"),
    [
        (State.IN_REVIEW, False, [*FIRST_VISIT, "Ergebnis ohne Begehung vorschlagen", "Termine anbieten"]),
        (State.IN_REVIEW, True, [*FURTHER_VISIT, "Termine für eine weitere anbieten"]),
        (State.VISITED, True, [*FURTHER_VISIT, "Termine für eine weitere anbieten"]),
    ],
)
def test_one_way_to_recommend_is_offered_and_a_query_and_a_visit(
    state: State, visited: bool, offered: list[str]
) -> None:
    case = case_in(state, act="recommend" if visited else "")

    labels = [each.label for each in signed_in(auditor()).get(url("case", case)).context["actions"]]

    assert labels == offered
