"""Several questions in one letter, drafts, periods that move, and what happens where no answer comes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import User
from centres.models import Letter, LetterState
from certification import reminders, tasks, unanswered, workflow
from certification.models import Case, Criterion, DeadlineChange, ExtraHoliday, Query, Step
from certification.rules.moves import State
from certification.rules.working_days import WorkCalendar
from certification.workflow import NotAllowedError, Question
from tests.certification.moves import AT, case_in
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory

pytestmark = pytest.mark.django_db

ASKED = [Question("Wie oft findet das Angebot statt?"), Question("Wer leitet es?")]
DUE = date(2026, 3, 16)  # ten working days after Monday, 2 March 2026
AFTER = datetime(2026, 3, 17, 7, tzinfo=UTC)


@pytest.fixture
def case() -> Case:
    case = case_in(State.IN_REVIEW)
    case.auditor = UserFactory.create(auditor=True)
    case.save()
    MembershipFactory.create(centre=case.centre)
    return case


def lead(case: Case) -> User:
    return case.centre.memberships.get(role="lead").user


def ask(case: Case, *questions: Question, at: datetime = AT) -> list[Query]:
    workflow.ask(case, by=case.auditor, at=at, questions=questions or ASKED, working_days=10)
    return list(case.queries.order_by("pk"))


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_several_questions_go_out_in_one_letter_without_their_content(case: Case) -> None:
    asked = ask(case)

    letter = Letter.objects.get(template="case_queried")
    assert [(query.due_on, query.working_days, query.counted_from) for query in asked] == [(DUE, 10, AT.date())] * 2
    assert letter.subject.startswith("Rückfrage zu Ihrem Fall, Antwort bis 16. März 2026")
    assert "2 Rückfragen" in letter.body
    assert not any(query.text in letter.body for query in asked)
    assert asked[0].calendar_version == WorkCalendar().version


def test_a_case_stays_queried_until_all_are_answered(case: Case) -> None:
    first, second = ask(case)

    step = workflow.answer(case, by=lead(case), at=AT, answers={first.pk: "Jede Woche.", second.pk: " "})

    assert (step, state(case)) == (None, State.QUERIED)
    workflow.answer(case, by=lead(case), at=AT, answers={second.pk: "Eine Fachkraft."})
    assert state(case) == State.IN_REVIEW
    assert list(case.queries.order_by("pk").values_list("answer", flat=True)) == ["Jede Woche.", "Eine Fachkraft."]


def test_more_can_be_asked_while_an_answer_is_due(case: Case) -> None:
    ask(case, Question("Wann?"))

    ask(case, Question("Wo?"), at=AT + timedelta(days=1))

    assert [query.due_on for query in case.queries.order_by("pk")] == [DUE, DUE + timedelta(days=1)]
    assert list(Step.objects.order_by("pk").values_list("act", flat=True)) == ["ask", "ask"]


def test_an_answer_to_another_case_is_refused(case: Case) -> None:
    ask(case)
    other = case_in(State.QUERIED)

    with pytest.raises(NotAllowedError, match="nicht mehr offen"):
        workflow.answer(case, by=lead(case), at=AT, answers={other.queries.get().pk: "Ja."})


def test_a_criterion_of_another_edition_is_refused(case: Case) -> None:
    foreign = Criterion.objects.exclude(area__edition=case.round.edition)
    case_in(State.IN_REVIEW)

    with pytest.raises(NotAllowedError, match="gehört nicht zu den Kriterien"):
        ask(case, Question("Wann?", foreign.earliest("pk")))


def test_a_draft_is_kept_and_gone_once_sent(case: Case) -> None:
    first, second = ask(case)
    drafts = {first.pk: "Jede Wo", second.pk: ""}

    saved = [workflow.save_drafts(case, by=lead(case), at=AT, drafts=drafts) for _ in range(2)]

    first.refresh_from_db()
    assert (saved, first.draft, first.draft_saved_at) == ([1, 0], "Jede Wo", AT)
    workflow.answer(case, by=lead(case), at=AT, answers={first.pk: "Jede Woche."})
    first.refresh_from_db()
    assert (first.draft, first.draft_saved_at) == ("", None)


def test_an_extension_adds_working_days_and_says_so(case: Case) -> None:
    ask(case)

    workflow.extend_deadline(case, by=case.auditor, at=AT, working_days=5, reason="Krankheit")

    assert {query.due_on for query in case.queries.all()} == {date(2026, 3, 23)}
    letter = Letter.objects.get(template="deadline_changed")
    assert "23. März 2026" in letter.subject
    assert "Krankheit" not in letter.body


def test_a_period_that_is_over_is_extended_from_today(case: Case) -> None:
    ask(case)

    workflow.extend_deadline(case, by=case.auditor, at=AFTER, working_days=2, reason="Nachfrist")

    assert {query.due_on for query in case.queries.all()} == {date(2026, 3, 19)}


def test_a_pause_does_not_count_and_nobody_is_reminded_in_it(case: Case) -> None:
    ask(case)
    workflow.pause_deadline(case, by=case.auditor, at=AT + timedelta(days=2), reason="Streik")

    assert reminders.write_due(DUE + timedelta(days=1), at=AT) == 0
    workflow.resume_deadline(case, by=case.auditor, at=AT + timedelta(days=9), reason="Streik vorbei")

    assert {(query.due_on, query.paused_on) for query in case.queries.all()} == {(date(2026, 3, 23), None)}
    kinds = case.queries.earliest("pk").changes.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["paused", "resumed"]


@pytest.mark.parametrize("act", [workflow.pause_deadline, workflow.resume_deadline])
def test_a_period_is_changed_by_auditors_with_a_reason(case: Case, act: Callable[..., object]) -> None:
    ask(case)

    with pytest.raises(NotAllowedError, match="nur die Zertifizierungsstelle"):
        act(case, by=lead(case), at=AT, reason="Bitte")
    with pytest.raises(NotAllowedError, match="Begründung"):
        act(case, by=case.auditor, at=AT, reason=" ")


def test_what_stands_still_is_neither_paused_nor_extended_and_what_runs_not_resumed(case: Case) -> None:
    ask(case)
    given = {"by": case.auditor, "at": AT, "reason": "Streik"}

    with pytest.raises(NotAllowedError, match="nicht angehalten"):
        workflow.resume_deadline(case, **given)
    workflow.pause_deadline(case, **given)
    with pytest.raises(NotAllowedError, match="schon angehalten"):
        workflow.pause_deadline(case, **given)
    with pytest.raises(NotAllowedError, match="zuerst weiterlaufen"):
        workflow.extend_deadline(case, working_days=3, **given)


def test_a_change_of_the_period_is_never_rewritten(case: Case) -> None:
    ask(case)
    workflow.pause_deadline(case, by=case.auditor, at=AT, reason="Streik")

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        DeadlineChange.objects.update(reason="anders")


def test_a_one_off_holiday_moves_periods_only_once_the_list_is_accepted(case: Case) -> None:
    ask(case)
    ExtraHoliday.objects.create(day=date(2026, 3, 10), name="Staatstrauer")
    ministry = UserFactory.create(ministry=True)

    listed = unanswered.shifts(unanswered.work_calendar())
    assert [(each.query.due_on, each.due_on) for each in listed] == [(DUE, date(2026, 3, 17))] * 2
    moved = [workflow.follow_calendar_everywhere(by=ministry, at=AT) for _ in range(2)]

    assert moved == [2, 0]
    assert {query.due_on for query in case.queries.all()} == {date(2026, 3, 17)}
    assert Letter.objects.filter(template="deadline_changed", centre=case.centre).count() == 1
    assert "10.03.2026" in case.queries.earliest("pk").calendar_version


def test_only_the_ministry_accepts_the_list(case: Case) -> None:
    with pytest.raises(NotAllowedError, match="nur das Ministerium"):
        workflow.follow_calendar_everywhere(by=case.auditor, at=AT)


def test_a_holiday_taken_back_shortens_nothing(case: Case) -> None:
    holiday = ExtraHoliday.objects.create(day=date(2026, 3, 10), name="Staatstrauer")
    ask(case)
    holiday.delete()

    assert unanswered.shifts(unanswered.work_calendar()) == []


def remind(case: Case, *, delivered: datetime | None) -> None:
    """The reminder of the day after, and when it reached somebody."""
    reminders.write_due(AFTER.date(), at=AFTER)
    letters = Letter.objects.filter(template=unanswered.OVERDUE, centre=case.centre)
    assert letters.count() == 1
    if delivered:
        letters.update(state=LetterState.SENT, sent_at=delivered)


@pytest.mark.parametrize(
    ("delivered", "today", "expected"),
    [
        (None, date(2026, 6, 1), []),  # whatever the day: a letter that did not arrive has no consequence
        (AFTER, date(2026, 3, 24), []),
        (AFTER, date(2026, 3, 25), ["case"]),  # five working days after Tuesday, 17 March, are over
        (AFTER + timedelta(days=3), date(2026, 3, 25), []),  # the mail server was slow: the days count from then
        (AFTER + timedelta(days=3), date(2026, 3, 28), ["case"]),
    ],
)
def test_the_consequence_counts_from_the_reminder_really_delivered(
    case: Case, delivered: datetime | None, today: date, expected: list[str]
) -> None:
    ask(case)
    remind(case, delivered=delivered)

    assert unanswered.ripe_cases(today) == ([case] if expected else [])


def test_a_case_goes_back_without_an_answer_by_itself_and_both_sides_hear_of_it(case: Case) -> None:
    ask(case)
    remind(case, delivered=AFTER)

    assert tasks.go_on_unanswered(AFTER + timedelta(days=8)) == 1

    step = Step.objects.latest("pk")
    assert (state(case), step.act, step.actor) == (State.IN_REVIEW, "close_unanswered", "clock")
    assert {query.closed_at for query in case.queries.all()} == {AFTER + timedelta(days=8)}
    told = Letter.objects.filter(key__startswith=f"step-{step.pk}").values_list("template", flat=True)
    assert sorted(told) == ["case_unanswered", "staff_query_closed"]


def test_nothing_happens_by_itself_twice_or_before_its_reminder(case: Case) -> None:
    ask(case)

    assert tasks.go_on_unanswered(AFTER + timedelta(days=60)) == 0
    with pytest.raises(NotAllowedError, match="noch nicht lange genug zugestellt"):
        workflow.close_unanswered(case, by=None, at=AFTER + timedelta(days=60))


def test_an_answer_after_the_reminder_stops_the_consequence(case: Case) -> None:
    asked = ask(case)
    remind(case, delivered=AFTER)
    workflow.answer(case, by=lead(case), at=AFTER, answers={query.pk: "Ja." for query in asked})

    assert unanswered.ripe_cases(date(2026, 6, 1)) == []


def test_a_newer_question_in_time_holds_the_case(case: Case) -> None:
    ask(case)
    remind(case, delivered=AFTER)
    ask(case, Question("Wo?"), at=AFTER)

    assert unanswered.ripe_cases(date(2026, 3, 26)) == []


def test_the_auditor_goes_on_by_hand_once_the_day_is_over(case: Case) -> None:
    ask(case)

    with pytest.raises(NotAllowedError, match="läuft noch"):
        workflow.close_unanswered(case, by=case.auditor, at=AT)
    workflow.close_unanswered(case, by=case.auditor, at=AFTER)

    assert state(case) == State.IN_REVIEW


def test_the_auditor_is_told_once_that_an_answer_is_overdue(case: Case) -> None:
    ask(case)

    written = [unanswered.remind_auditors(day, at=AFTER) for day in (DUE, DUE + timedelta(days=1), AFTER.date())]

    assert written == [0, 1, 0]


def test_two_questions_of_a_letter_are_reminded_of_once(case: Case) -> None:
    ask(case)

    assert reminders.write_due(DUE - timedelta(days=2), at=AT) == 1


def test_the_database_refuses_half_a_period_and_two_ends(case: Case) -> None:
    query = Query.objects.filter(pk=ask(case)[0].pk)

    with pytest.raises(IntegrityError, match="query_period_whole"), transaction.atomic():
        query.update(counted_from=None)
    with pytest.raises(IntegrityError, match="query_closed_or_answered"), transaction.atomic():
        query.update(answer="Ja.", answered_at=AT, answered_by=case.auditor, closed_at=AT)
