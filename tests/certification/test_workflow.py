from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import Role
from centres.models import Letter
from certification import workflow
from certification.models import Case, Outcome, Query, SiteVisit, Step
from certification.rules.moves import FINAL, MOVES, Move, State
from certification.workflow import NotAllowedError, Offer, Question
from tests.certification.moves import AT, LATER, case_in, person_for, try_act
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory

pytestmark = pytest.mark.django_db

ALLOWED = [(move, source) for move in MOVES for source in sorted(move.sources)]
FORBIDDEN = [(move, state) for move in MOVES for state in State if state not in move.sources]


@pytest.mark.parametrize(("move", "source"), ALLOWED, ids=lambda x: getattr(x, "act", x))
def test_every_listed_move_leads_to_its_target(move: Move, source: State) -> None:
    case = case_in(source, act=move.act)
    by = person_for(move.act, case)

    step = try_act(move.act, case, by=by)

    case.refresh_from_db()
    assert (case.state, case.state_since) == (move.target, AT)
    assert (step.case_id, step.act, step.old, step.new, step.by, step.at) == (
        case.pk, move.act, source, move.target, by, AT,
    )  # fmt: skip


@pytest.mark.parametrize(("move", "state"), FORBIDDEN, ids=lambda x: getattr(x, "act", x))
def test_no_other_move_is_possible(move: Move, state: State) -> None:
    case = case_in(state, act=move.act)
    by = person_for(move.act, case)

    with pytest.raises(NotAllowedError, match=f"solange der Fall „{state.label}“ ist"):
        try_act(move.act, case, by=by)

    case.refresh_from_db()
    assert case.state == state
    assert not Step.objects.exists()


@pytest.mark.parametrize("move", [m for m in MOVES if m.letter], ids=lambda m: m.act)
def test_a_move_writes_its_letter_to_the_centre(move: Move) -> None:
    case = case_in(min(move.sources), act=move.act)
    by = person_for(move.act, case)

    step = try_act(move.act, case, by=by)

    letter = Letter.objects.get(key=f"step-{step.pk}")
    assert (letter.template, letter.centre) == (move.letter, case.centre)
    assert case.centre.certification_number in letter.body
    assert letter.rule == move.act
    assert letter.why == (
        f"„{move.label}“ am 2. März 2026: Der Fall in der Runde „{case.round.label}“ "
        f"hat seitdem den Stand „{move.target.label}“."
    )


@pytest.mark.parametrize("move", [m for m in MOVES if not m.letter], ids=lambda m: m.act)
def test_a_move_inside_the_house_tells_the_centre_nothing(move: Move) -> None:
    case = case_in(min(move.sources), act=move.act)

    try_act(move.act, case, by=person_for(move.act, case))

    assert not Letter.objects.filter(centre=case.centre).exists()


@pytest.mark.parametrize("move", MOVES, ids=lambda m: m.act)
@pytest.mark.parametrize("role", Role.values)
def test_a_move_is_refused_to_every_other_role(move: Move, role: str) -> None:
    case = case_in(min(move.sources), act=move.act)
    stranger = UserFactory.create(role=role)  # of the right role perhaps, but of no centre

    if role != Role.CENTRE and role in {actor.value for actor in move.actors}:
        return
    with pytest.raises(NotAllowedError, match="nicht Ihre Aufgabe"):
        try_act(move.act, case, by=stranger)


@pytest.mark.parametrize("move", [m for m in MOVES if m.needs_reason], ids=lambda m: m.act)
def test_a_reason_is_asked_for(move: Move) -> None:
    case = case_in(min(move.sources), act=move.act)
    by = person_for(move.act, case)
    rest = {"eligible": False} if move.act == "recommend_without_visit" else {}

    with pytest.raises(NotAllowedError, match="Begründung"):
        getattr(workflow, move.act)(case, by=by, at=AT, reason="  ", **rest)


def test_an_act_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_in(State.REGISTERED)
    by = person_for("submit", case)

    with pytest.raises(RuntimeError), transaction.atomic():
        workflow.submit(case, by=by, at=AT)
        raise RuntimeError

    case.refresh_from_db()
    assert case.state == State.REGISTERED
    assert not Step.objects.exists()
    assert not Letter.objects.exists()


def test_a_lead_who_left_may_not_act_any_more() -> None:
    case = case_in(State.INVITED)
    left = MembershipFactory.create(centre=case.centre, ends_on=AT.date() - timedelta(days=1))

    with pytest.raises(NotAllowedError, match="nicht Ihre Aufgabe"):
        workflow.register(case, by=left.user, at=AT)


def test_nobody_registers_after_the_papers_were_due() -> None:
    case = case_in(State.INVITED)
    case.round.submission_until = date(2026, 3, 1)
    case.round.save()

    with pytest.raises(NotAllowedError, match=r"bis zum 1\. März 2026"):
        workflow.register(case, by=person_for("register", case), at=AT)


def test_submitting_needs_an_answer() -> None:
    case = case_in(State.REGISTERED)
    case.answers.all().delete()

    with pytest.raises(NotAllowedError, match="beantworten Sie zuerst"):
        workflow.submit(case, by=person_for("submit", case), at=AT)


def test_whoever_starts_the_review_takes_the_case() -> None:
    case = case_in(State.SUBMITTED)
    auditor = UserFactory.create(auditor=True)

    step = workflow.start_review(case, by=auditor, at=AT)

    assert step.case.auditor == auditor


def test_a_case_stays_with_its_auditor_when_another_starts() -> None:
    case = case_in(State.SUBMITTED)
    case.auditor = UserFactory.create(auditor=True)
    case.save()

    step = workflow.start_review(case, by=UserFactory.create(auditor=True), at=AT)

    assert step.case.auditor == case.auditor


@pytest.mark.parametrize(
    ("text", "days", "sentence"),
    [(" ", 10, "schreiben Sie Ihre Frage"), ("Wann?", 0, "1 bis 60 Arbeitstage"), ("Wann?", 61, "1 bis 60")],
)
def test_a_query_needs_text_and_a_period(text: str, days: int, sentence: str) -> None:
    case, questions = case_in(State.IN_REVIEW), [Question(text)]

    with pytest.raises(NotAllowedError, match=sentence):
        workflow.ask(case, by=person_for("ask", case), at=AT, questions=questions, working_days=days)

    assert not Query.objects.exists()


def test_the_letter_of_a_query_carries_no_content() -> None:
    case = case_in(State.IN_REVIEW)

    step = try_act("ask", case, by=person_for("ask", case))

    query = case.queries.get()
    letter = Letter.objects.get(key=f"step-{step.pk}")
    assert query.text not in letter.body
    assert "20. März 2026" in letter.subject


def test_an_answer_is_kept_and_the_auditor_hears_of_it() -> None:
    case = case_in(State.QUERIED)
    case.auditor = UserFactory.create(auditor=True)
    case.save()

    step = try_act("answer", case, by=person_for("answer", case))

    assert case.queries.get().answer == "Jede Woche."
    assert Letter.objects.get(key=f"step-{step.pk}/auditor").to == case.auditor.email


def test_an_empty_answer_is_refused() -> None:
    case = case_in(State.QUERIED)

    with pytest.raises(NotAllowedError, match="schreiben Sie Ihre Antwort"):
        workflow.answer(case, by=person_for("answer", case), at=AT, answers={case.queries.get().pk: " "})


def test_a_visit_is_agreed_for_a_time_ahead() -> None:
    case = case_in(State.IN_REVIEW)

    with pytest.raises(NotAllowedError, match="in der Zukunft"):
        workflow.agree_visit(case, by=person_for("agree_visit", case), at=AT, offer=Offer(AT, LATER))

    assert not SiteVisit.objects.exists()


def test_a_visit_cannot_have_been_held_tomorrow() -> None:
    case = case_in(State.VISIT_AGREED)

    with pytest.raises(NotAllowedError, match="liegt in der Zukunft"):
        workflow.record_visit(case, by=person_for("record_visit", case), at=AT, held_on=LATER.date())


def test_a_recommendation_needs_every_verdict() -> None:
    case = case_in(State.VISITED)
    case.findings.all().delete()

    with pytest.raises(NotAllowedError, match="fehlen noch 1 Urteile"):
        try_act("recommend", case, by=person_for("recommend", case))


def test_a_recommendation_needs_every_grade() -> None:
    case = case_in(State.VISITED)
    case.area_results.all().delete()

    with pytest.raises(NotAllowedError, match="0 von 1 Bereichen"):
        try_act("recommend", case, by=person_for("recommend", case))


def test_nothing_is_recommended_as_after_a_visit_from_the_review_without_one() -> None:
    case = case_in(State.IN_REVIEW)
    case.visits.create(starts_at=AT, visitor=UserFactory.create(auditor=True), cancelled_at=AT)

    with pytest.raises(NotAllowedError, match=r"noch nicht stattgefunden.*ohne Begehung vor und begründen Sie das"):
        try_act("recommend", case, by=UserFactory.create(auditor=True))

    assert not Outcome.objects.exists()


def test_no_reason_against_a_visit_is_made_up_after_one() -> None:
    case = case_in(State.IN_REVIEW, act="recommend")

    with pytest.raises(NotAllowedError, match=r"Begehung hat schon stattgefunden.*nach der Begehung vor"):
        try_act("recommend_without_visit", case, by=UserFactory.create(auditor=True))

    assert not Outcome.objects.exists()


def test_what_was_sent_back_after_a_visit_is_recommended_anew_without_a_reason() -> None:
    case = case_in(State.VISITED)
    me, second = UserFactory.create_batch(2, auditor=True)
    try_act("recommend", case, by=me)
    try_act("send_back", case, by=second)

    step = try_act("recommend", case, by=me)

    assert (step.old, step.new, step.reason) == (State.IN_REVIEW, State.RECOMMENDED, "")
    assert case.outcomes.standing().count() == 1


def test_the_answer_to_a_query_after_the_visit_leads_on_to_the_recommendation() -> None:
    case = case_in(State.VISITED)
    me = UserFactory.create(auditor=True)
    try_act("ask", case, by=me)
    try_act("answer", case, by=person_for("answer", case))

    try_act("recommend", case, by=me)

    assert [step.act for step in case.steps.order_by("pk")] == ["ask", "answer", "recommend"]


def test_a_deviation_from_the_computed_result_needs_a_reason() -> None:
    case = case_in(State.VISITED)  # an edition without pass rules makes nobody eligible
    by = person_for("recommend", case)

    with pytest.raises(NotAllowedError, match="weicht vom errechneten Ergebnis ab"):
        workflow.recommend(case, by=by, at=AT, eligible=True)
    workflow.recommend(case, by=by, at=AT, eligible=True, deviation_reason="Belege lagen vor Ort.")

    assert (case.outcomes.get().eligible, case.outcomes.get().computed) == (True, False)


def test_a_second_person_releases_and_the_centre_hears_of_it() -> None:
    case = case_in(State.RECOMMENDED)
    second = UserFactory.create(auditor=True)

    outcome = workflow.release(case, by=second, at=AT)

    assert (outcome.released_by, outcome.released_at) == (second, AT)
    assert Letter.objects.get(key=f"outcome-{outcome.pk}/released").centre == case.centre


def test_nobody_releases_or_returns_their_own_recommendation() -> None:
    case = case_in(State.RECOMMENDED)
    recommender = case.outcomes.get().recommended_by

    with pytest.raises(NotAllowedError, match="zweite Person"):
        workflow.release(case, by=recommender, at=AT)
    with pytest.raises(NotAllowedError, match="zweite Person"):
        workflow.send_back(case, by=recommender, at=AT, reason="Doch nicht.")


def test_the_database_refuses_a_release_by_the_recommender() -> None:
    outcome = case_in(State.RECOMMENDED).outcomes.get()

    with pytest.raises(IntegrityError, match="outcome_released_by_another"):
        Outcome.objects.filter(pk=outcome.pk).update(released_by=outcome.recommended_by, released_at=AT)


@pytest.mark.parametrize("role", [Role.MINISTRY, Role.SERVICE_OFFICE, Role.CENTRE])
def test_only_auditors_release(role: str) -> None:
    case = case_in(State.RECOMMENDED)

    with pytest.raises(NotAllowedError, match="nur die Zertifizierungsstelle"):
        workflow.release(case, by=UserFactory.create(role=role), at=AT)


def test_nothing_is_released_without_a_recommendation() -> None:
    case = case_in(State.VISITED)

    with pytest.raises(NotAllowedError, match="kein Vorschlag"):
        workflow.release(case, by=UserFactory.create(auditor=True), at=AT)


def test_a_released_outcome_is_neither_released_nor_sent_back_again() -> None:
    case = case_in(State.RECOMMENDED, act="award")
    second = UserFactory.create(auditor=True)

    with pytest.raises(NotAllowedError, match="schon freigegeben"):
        workflow.release(case, by=second, at=AT)
    with pytest.raises(NotAllowedError, match="schon freigegeben"):
        workflow.send_back(case, by=second, at=AT, reason="Zu spät.")


def test_a_recommendation_sent_back_is_kept_but_stands_no_longer() -> None:
    case = case_in(State.RECOMMENDED)

    try_act("send_back", case, by=UserFactory.create(auditor=True))

    assert case.outcomes.get().sent_back_at == AT
    assert not case.outcomes.standing().exists()


@pytest.mark.parametrize("handed_over", [False, True])
def test_whoever_revises_what_was_sent_back_hears_of_it_without_what_it_is(handed_over: bool) -> None:
    case = case_in(State.RECOMMENDED)
    now_with = UserFactory.create(auditor=True) if handed_over else None
    Case.objects.filter(pk=case.pk).update(auditor=now_with)

    step = try_act("send_back", case, by=UserFactory.create(auditor=True))

    letter = Letter.objects.get()
    assert (letter.template, letter.to) == (
        "staff_sent_back", (now_with or case.outcomes.get().recommended_by).email,
    )  # fmt: skip
    assert step.reason not in letter.body


@pytest.mark.parametrize("name", ["award", "decline"])
def test_the_ministry_decides_only_on_what_is_released(name: str) -> None:
    case = case_in(State.RECOMMENDED)

    with pytest.raises(NotAllowedError, match="noch nicht von einer zweiten Person"):
        try_act(name, case, by=person_for(name, case))


@pytest.mark.parametrize(("name", "other"), [("award", "decline"), ("decline", "award")])
def test_the_ministry_cannot_decide_against_the_outcome(name: str, other: str) -> None:
    case = case_in(State.RECOMMENDED, act=other)

    with pytest.raises(NotAllowedError, match="gütesiegelfähig"):
        try_act(name, case, by=person_for(name, case))


def test_an_award_brings_the_seal_with_the_right_last_day() -> None:
    case = case_in(State.RECOMMENDED, act="award")

    workflow.award(case, by=person_for("award", case), at=AT, on=date(2026, 7, 31))

    assert case.seal.valid_through == date(2030, 7, 31)
    assert case.seal.certificates.get().issued_at is None


def test_an_award_that_would_leave_no_day_is_refused() -> None:
    case = case_in(State.RECOMMENDED, act="award")
    by = person_for("award", case)
    workflow.award(case, by=by, at=AT, on=date(2026, 3, 2))
    again = case_in(State.RECOMMENDED, act="award")
    again.centre = case.centre
    again.save()

    with pytest.raises(NotAllowedError, match="keinen einzigen Tag"):
        workflow.award(again, by=by, at=AT, on=date(2026, 3, 2))


@pytest.mark.parametrize("state", [State.INVITED, State.REGISTERED])
def test_a_case_is_not_missed_while_its_date_is_ahead(state: State) -> None:
    case = case_in(state)
    case.round.registration_until = case.round.submission_until = AT.date()
    case.round.save()

    with pytest.raises(NotAllowedError, match=r"läuft noch bis zum 2\. März 2026"):
        try_act("miss", case, by=None)


def test_the_clock_may_record_that_a_case_was_missed() -> None:
    step = try_act("miss", case_in(State.INVITED), by=None)

    assert (step.actor, step.by) == ("clock", None)


def test_steps_are_never_changed_or_removed() -> None:
    step = try_act(
        "register", case := case_in(State.INVITED), by=person_for("register", case), at=AT.replace(month=2)
    )

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(reason="anders")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Step.objects.filter(pk=step.pk).delete()


def test_the_database_refuses_a_second_open_case() -> None:
    case = case_in(State.INVITED)
    other = case_in(State.IN_REVIEW)

    with pytest.raises(IntegrityError, match="one_open_case_per_centre"):
        type(other).objects.filter(pk=other.pk).update(centre=case.centre)


def test_final_states_have_no_way_out_but_the_award_after_a_correction() -> None:
    ways = {(move.act, source) for move in MOVES for source in move.sources & FINAL}

    assert ways == {("award", State.NOT_AWARDED)}


def test_what_was_not_awarded_stays_so_without_a_correction() -> None:
    case = case_in(State.NOT_AWARDED, act="award")
    case.outcomes.update(eligible=False, computed=False)

    with pytest.raises(NotAllowedError, match="nicht gütesiegelfähig"):
        try_act("award", case, by=person_for("award", case))
