"""The auditors' way from a handed-in case to a released outcome, page by page."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from certification.models import AreaResult, Finding, Outcome
from certification.rules.moves import State
from certification.rules.working_days import WorkCalendar, due_day
from tests.certification.moves import case_in
from tests.certification.reviewing import auditor, now, signed_in, url
from tests.factories.certification import SealFactory

pytestmark = pytest.mark.django_db
CHECKED = dict.fromkeys(("differences_seen", "grades_seen", "texts_seen"), "on")


def test_start_gives_the_case_to_whoever_begins() -> None:
    case, me = case_in(State.SUBMITTED), auditor()

    response = signed_in(me).post(url("start", case))

    assertRedirects(response, url("case", case))
    assert (now(case).state, case.auditor) == (State.IN_REVIEW, me)


def test_a_case_can_be_handed_over() -> None:
    case, other = case_in(State.IN_REVIEW), auditor("Jonas Weber")

    signed_in(auditor()).post(url("take", case), {"to": other.pk, "instead_of": ""})

    assert now(case).auditor == other


def test_a_case_taken_meanwhile_is_not_taken_away() -> None:
    case, other = case_in(State.IN_REVIEW), auditor("Jonas Weber")
    case.auditor = other
    case.save()
    me = auditor()

    response = signed_in(me).post(url("take", case), {"to": me.pk, "instead_of": ""})

    assertContains(response, "Zuständig ist inzwischen Jonas Weber.")
    assert now(case).auditor == other


def test_a_question_goes_to_the_centre_with_its_date() -> None:
    case, today = case_in(State.IN_REVIEW), timezone.localdate()
    entered = {"text1": "Wie oft zu 1.1?", "text2": "Wer leitet den Kurs?", "working_days": "10"}

    signed_in(auditor()).post(url("ask", case), entered)

    due_on = due_day(today, 10, calendar=WorkCalendar())
    asked = [(query.text, query.due_on) for query in case.queries.order_by("pk")]
    assert asked == [("Wie oft zu 1.1?", due_on), ("Wer leitet den Kurs?", due_on)]
    assert now(case).state == State.QUERIED


def test_a_refused_question_keeps_what_was_typed() -> None:
    case = case_in(State.IN_REVIEW)

    response = signed_in(auditor()).post(url("ask", case), {"text1": "Wie oft zu 1.1?", "working_days": "61"})

    assertContains(response, "Bitte geben Sie eine ganze Zahl von 1 bis 60 ein.")
    assertContains(response, "Wie oft zu 1.1?")
    assert now(case).state == State.IN_REVIEW


def test_a_visit_is_agreed_with_day_time_and_kind() -> None:
    case, day = case_in(State.IN_REVIEW), timezone.localdate() + timedelta(days=30)
    entered = {"day": day.isoformat(), "begins": "09:30", "ends": "13:00", "mode": "video", "override_reason": "Ja."}

    signed_in(auditor()).post(url("visit", case), entered)

    visit = case.visits.get()
    begins = timezone.localtime(visit.starts_at)
    assert (begins.date(), begins.hour, begins.minute, visit.mode) == (day, 9, 30, "video")
    assert now(case).state == State.VISIT_AGREED


def test_a_visit_agreed_for_a_doubtful_day_is_warned_of_and_keeps_what_was_typed() -> None:
    case, client = case_in(State.IN_REVIEW), signed_in(auditor())
    saturday = timezone.localdate() + timedelta(days=12 - timezone.localdate().weekday())
    entered = {"day": saturday.isoformat(), "begins": "09:30", "ends": "13:00", "mode": "video"}

    warned = client.post(url("visit", case), entered)
    client.post(url("visit", case), entered | {"override_reason": "Tag der offenen Tür."})

    assertContains(warned, "ist ein Samstag.")
    assertContains(warned, "geben Sie bitte den Grund an")
    assertContains(warned, 'value="09:30"')
    assert case.visits.get().slot.override_reason == "Tag der offenen Tür."


def test_a_visit_is_recorded_on_the_day_it_was_held() -> None:
    case, day = case_in(State.VISIT_AGREED), timezone.localdate()

    signed_in(auditor()).post(url("visit_held", case), {"held_on": day.isoformat(), "record": "Ohne Befund."})

    visit = case.visits.get()
    assert (visit.held_on, visit.record, now(case).state) == (day, "Ohne Befund.", State.VISITED)


@pytest.mark.parametrize(
    "page", ["start", "ask", "close_unanswered", "visit", "visit_cancel", "visit_held", "recommend", "send_back"]
)
def test_a_page_whose_act_is_not_possible_leads_back(page: str) -> None:
    case = case_in(State.INVITED)

    response = signed_in(auditor()).get(url(page, case), follow=True)

    assert response.redirect_chain[-1][0] == url("case", case)
    assertContains(response, "solange der Fall „eingeladen“ ist.")


def test_a_recommendation_after_the_visit_awaits_the_second_person() -> None:
    case, me = case_in(State.VISITED), auditor()

    signed_in(me).post(url("recommend", case), {"eligible": "nein", "closing_text": "Es fehlt viel."})

    outcome = Outcome.objects.get(case=case)
    assert (outcome.eligible, outcome.closing_text, outcome.recommended_by) == (False, "Es fehlt viel.", me)
    assert now(case).state == State.RECOMMENDED


def test_a_deviation_takes_a_reason() -> None:
    case = case_in(State.VISITED)

    response = signed_in(auditor()).post(url("recommend", case), {"eligible": "ja", "closing_text": "Sehr gut."})

    assertContains(response, "Ihr Vorschlag weicht vom errechneten Ergebnis ab. Bitte begründen Sie das.")
    assertContains(response, "Sehr gut.")
    assert now(case).state == State.VISITED


def test_a_recommendation_without_a_visit_takes_a_reason() -> None:
    case, me = case_in(State.IN_REVIEW), signed_in(auditor())

    refused = me.post(url("recommend", case), {"eligible": "nein"})
    me.post(url("recommend", case), {"eligible": "nein", "reason": "Alle Belege liegen vor."})

    assertContains(refused, "Bitte füllen Sie „Warum ist keine Begehung nötig?“ aus.")
    assert case.steps.get().reason == "Alle Belege liegen vor."


def test_a_recommendation_names_what_is_still_missing() -> None:
    case = case_in(State.VISITED)
    Finding.objects.all().delete()
    AreaResult.objects.all().delete()

    response = signed_in(auditor()).get(url("recommend", case))

    assertContains(response, "Es fehlen 1 von 1 Urteilen.")
    assertContains(response, "Noch ohne Bewertung: Bereich 1")


def test_the_page_of_a_recommendation_says_what_an_award_on_a_day_would_mean() -> None:
    case = case_in(State.VISITED)

    response = signed_in(auditor()).get(url("recommend", case), {"tag": "2026-05-05"})

    assertContains(response, "bis zum <strong>31. Juli 2030</strong>")


@pytest.mark.parametrize("day", ["2026-02-30", "morgen"])
def test_a_day_that_does_not_exist_means_today(day: str) -> None:
    case = case_in(State.VISITED)

    response = signed_in(auditor()).get(url("recommend", case), {"tag": day})

    assert response.context["award_on"] == timezone.localdate()


def test_the_second_person_releases() -> None:
    case, me = case_in(State.RECOMMENDED), auditor()
    outcome = case.outcomes.get()

    response = signed_in(me).post(url("release", case), {"outcome": outcome.pk, **CHECKED})

    outcome.refresh_from_db()
    assertRedirects(response, url("case", case))
    assert outcome.released_by == me


@pytest.mark.parametrize("left_out", CHECKED)
def test_nothing_is_released_before_each_point_is_confirmed(left_out: str) -> None:
    case = case_in(State.RECOMMENDED)
    outcome = case.outcomes.get()
    entered = {"outcome": outcome.pk, **CHECKED}
    del entered[left_out]

    response = signed_in(auditor()).post(url("release", case), entered)

    outcome.refresh_from_db()
    assertContains(response, "Bitte bestätigen Sie diesen Punkt")
    assert outcome.released_at is None


def test_the_second_person_sends_back_with_a_reason() -> None:
    case = case_in(State.RECOMMENDED)

    signed_in(auditor()).post(url("send_back", case), {"reason": "Bereich 3 ist nicht begründet."})

    assert (now(case).state, case.steps.get().reason) == (State.IN_REVIEW, "Bereich 3 ist nicht begründet.")
    assert case.outcomes.get().sent_back_at


def test_whoever_recommended_gets_no_buttons() -> None:
    case = case_in(State.RECOMMENDED)
    recommender = signed_in(case.outcomes.get().recommended_by)

    response = recommender.get(url("release", case))

    assertContains(response, "Eine zweite Person entscheidet")
    assertNotContains(response, '<button class="kern-btn kern-btn--primary"')
    assertRedirects(recommender.get(url("send_back", case)), url("release", case))


@pytest.mark.parametrize("page", ["release", "send_back"])
def test_whoever_recommended_is_refused(page: str) -> None:
    case = case_in(State.RECOMMENDED)
    outcome = case.outcomes.get()
    entered = {"outcome": outcome.pk, "reason": "Doch nicht.", **CHECKED}

    response = signed_in(outcome.recommended_by).post(url(page, case), entered)

    assertContains(response, "eine zweite Person")
    outcome.refresh_from_db()
    assert (outcome.released_at, outcome.sent_back_at, now(case).state) == (None, None, State.RECOMMENDED)


def test_a_recommendation_nobody_has_read_is_not_released() -> None:
    case = case_in(State.RECOMMENDED)
    outcome = case.outcomes.get()

    response = signed_in(auditor()).post(url("release", case), {"outcome": outcome.pk - 1, **CHECKED})

    assertContains(response, "Inzwischen liegt ein anderer Vorschlag vor.")
    outcome.refresh_from_db()
    assert outcome.released_at is None


def test_looking_at_another_day_of_the_award_keeps_what_was_typed() -> None:
    case = case_in(State.VISITED)
    typed = {"eligible": "ja", "closing_text": "Sehr gut.", "tag": "2026-05-05", "zeigen": "1"}

    response = signed_in(auditor()).post(url("recommend", case), typed)

    assertContains(response, "bis zum <strong>31. Juli 2030</strong>")
    assertContains(response, "Sehr gut.")
    assert now(case).state == State.VISITED


NEXT = {
    State.REGISTERED: "Abwarten, bis das Familienzentrum einreicht",
    State.SUBMITTED: "Prüfung beginnen",
    State.QUERIED: "Die Antwort auf die Rückfrage abwarten",
    State.IN_REVIEW: "Termine für die Begehung anbieten",
    State.VISIT_AGREED: "Die Begehung festhalten",
    State.VISITED: "Ergebnis vorschlagen",
    State.RECOMMENDED: "Vorschlag lesen und freigeben",
}


@pytest.mark.parametrize("state", NEXT)
def test_a_case_names_its_next_step(state: State) -> None:
    response = signed_in(auditor()).get(url("case", case_in(state)))

    assert response.context["next"].title == NEXT[state]


def test_a_case_that_is_through_has_no_next_step() -> None:
    assert signed_in(auditor()).get(url("case", case_in(State.AWARDED))).context["next"] is None


def test_the_next_step_goes_by_verdicts_then_grades() -> None:
    case, client = case_in(State.IN_REVIEW), signed_in(auditor())

    AreaResult.objects.all().delete()
    ungraded = client.get(url("case", case)).context["next"]
    Finding.objects.all().delete()
    unjudged = client.get(url("case", case)).context["next"]

    assert (ungraded.title, unjudged.title) == ("Bereiche bewerten", "Kriterien beurteilen")
    assert unjudged.action == "Weiter bei 1.1"


def test_a_visit_to_come_is_prepared() -> None:
    case = case_in(State.VISIT_AGREED)
    soon = timezone.now() + timedelta(days=3)
    case.visits.update(starts_at=soon, ends_at=soon + timedelta(hours=4))

    assert signed_in(auditor()).get(url("case", case)).context["next"].title == "Die Begehung vorbereiten"


def test_after_the_recommendation_everyone_waits_for_the_next_in_line() -> None:
    case = case_in(State.RECOMMENDED)
    recommender = signed_in(case.outcomes.get().recommended_by)

    before = recommender.get(url("case", case)).context["next"]
    case.outcomes.update(released_by=auditor(), released_at=timezone.now())
    after = recommender.get(url("case", case)).context["next"]

    assert (before.waiting, after.waiting) == ("eine zweite Person", "das Ministerium")


def test_a_day_on_which_an_award_would_mean_nothing_says_so() -> None:
    case = case_in(State.VISITED)
    SealFactory.create(centre=case.centre, awarded_on=date(2026, 8, 1))

    response = signed_in(auditor()).get(url("recommend", case), {"tag": "2026-05-05"})

    assertContains(response, "hätte keinen einzigen Tag.")


def test_the_second_person_reads_why_the_recommendation_deviates() -> None:
    case, second = case_in(State.VISITED), signed_in(auditor())
    entered = {"eligible": "ja", "deviation_reason": "Das Konzept überzeugt.", "closing_text": "Sehr gut."}
    signed_in(auditor()).post(url("recommend", case), entered)

    response = second.get(url("release", case))

    assertContains(response, "weicht ab")
    assertContains(response, "Das Konzept überzeugt.")
    assertContains(response, "Sehr gut.")
    assertContains(response, "<strong>gut</strong>")
