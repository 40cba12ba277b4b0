"""Questions of the auditor, the answers of the centre, and how long there is time for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres import post
from certification import letters, unanswered
from certification.calendars import work_calendar
from certification.models import Case, ChangeKind, Criterion, DeadlineChange, Query, Step
from certification.rules.moves import BY_ACT
from certification.rules.periods import long_date
from certification.rules.working_days import WorkCalendar, due_day
from certification.workflow.acting import lock, move, require, take

LONGEST_PERIOD = 60  # working days


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    criterion: Criterion | None = None


@transaction.atomic
def ask(case: Case, *, by: User, at: datetime, questions: Sequence[Question], working_days: int) -> Step:
    """Ask the centre, in one letter that carries no content, only the way to it."""
    case = take(case, "ask", by=by, at=at)
    require(bool(questions) and all(q.text.strip() for q in questions), "Bitte schreiben Sie Ihre Frage.")
    _require_period(working_days)
    for question in questions:
        ours = question.criterion is None or question.criterion.area.edition_id == case.round.edition_id
        require(ours, "Dieses Kriterium gehört nicht zu den Kriterien der Runde.")
    calendar, today = work_calendar(), timezone.localdate(at)
    due_on = due_day(today, working_days, calendar=calendar)
    asked = Query.objects.bulk_create(
        Query(
            case=case,
            criterion=question.criterion,
            text=question.text.strip(),
            due_on=due_on,
            counted_from=today,
            working_days=working_days,
            calendar_version=calendar.version,
            asked_at=at,
            asked_by=by,
        )
        for question in questions
    )
    return move(case, "ask", by=by, at=at, context={"query": asked[0], "number": len(asked)})


@transaction.atomic
def answer(case: Case, *, by: User, at: datetime, answers: Mapping[int, str]) -> Step | None:
    """Answer open questions, by their primary keys; the others stay open, and only the last one moves the case."""
    case = take(case, "answer", by=by, at=at)
    given = {pk: text.strip() for pk, text in answers.items() if text.strip()}
    require(bool(given), "Bitte schreiben Sie Ihre Antwort.")
    waiting = {query.pk: query for query in case.queries.open()}
    require(given.keys() <= waiting.keys(), "Diese Rückfrage ist nicht mehr offen.")
    for pk, text in given.items():
        Query.objects.filter(pk=pk).update(
            answer=text, answered_at=at, answered_by=by, draft="", draft_saved_at=None, paused_on=None
        )
    if given.keys() < waiting.keys():
        return None
    step = move(case, "answer", by=by, at=at)
    _tell_auditor(step, "staff_query_answered")
    return step


@transaction.atomic
def save_drafts(case: Case, *, by: User, at: datetime, drafts: Mapping[int, str]) -> int:
    """Keep what the centre has written so far; nobody else reads it. The number of drafts that changed."""
    case = take(case, "answer", by=by, at=at)
    changed = [q for q in case.queries.open().filter(pk__in=drafts) if q.draft != drafts[q.pk].strip()]
    for query in changed:
        query.draft, query.draft_saved_at = drafts[query.pk].strip(), at
    return Query.objects.bulk_update(changed, ["draft", "draft_saved_at"])


@transaction.atomic
def close_unanswered(case: Case, *, by: User | None, at: datetime) -> Step:
    """Go on without an answer, once every open question is overdue.

    By itself only after the reminder was really delivered and the days of grace that count from then have passed.
    """
    case, today = take(case, "close_unanswered", by=by, at=at), timezone.localdate(at)
    overdue = not case.queries.open().exclude(pk__in=case.queries.overdue(on=today)).exists()
    require(overdue, "Die Frist für die Antwort läuft noch oder ist angehalten.")
    require(
        by is not None or unanswered.is_ripe(case, on=today), "Die Erinnerung ist noch nicht lange genug zugestellt."
    )
    case.queries.open().update(closed_at=at, draft="", draft_saved_at=None)
    step = move(case, "close_unanswered", by=by, at=at)
    _tell_auditor(step, "staff_query_closed")
    return step


@transaction.atomic
def extend_deadline(case: Case, *, by: User, at: datetime, working_days: int, reason: str) -> list[DeadlineChange]:
    """Give more working days for every open question; from today on where its day has passed."""
    case, today = _take_deadline(case, by=by, reason=reason), timezone.localdate(at)
    _require_period(working_days)
    calendar, changes = work_calendar(), []
    for query in case.queries.running():
        old = query.due_on
        _lengthen(query, working_days, calendar, today)
        query.save(update_fields=["counted_from", "working_days", "calendar_version", "due_on"])
        changes.append(_changed(query, ChangeKind.EXTENDED, old, reason, by=by, at=at))
    require(bool(changes), "Die Frist ist angehalten. Bitte lassen Sie sie zuerst weiterlaufen.")
    return _tell_centre(case, changes, at=at)


@transaction.atomic
def pause_deadline(case: Case, *, by: User, at: datetime, reason: str) -> list[DeadlineChange]:
    """Let the period of every open question stand still from today on."""
    case, today = _take_deadline(case, by=by, reason=reason), timezone.localdate(at)
    changes = []
    for query in case.queries.running():
        require(query.due_on >= today, f"Die Frist ist seit dem {long_date(query.due_on)} vorbei.")
        query.paused_on = today
        query.save(update_fields=["paused_on"])
        changes.append(_changed(query, ChangeKind.PAUSED, query.due_on, reason, by=by, at=at, paused_on=today))
    require(bool(changes), "Die Frist ist schon angehalten.")
    return _tell_centre(case, changes, at=at)


@transaction.atomic
def resume_deadline(case: Case, *, by: User, at: datetime, reason: str) -> list[DeadlineChange]:
    """Let the period go on: the working days it stood still are added."""
    case, today = _take_deadline(case, by=by, reason=reason), timezone.localdate(at)
    calendar, changes = work_calendar(), []
    for query in case.queries.open().exclude(paused_on=None):
        old, paused_on = query.due_on, query.paused_on
        span = {"paused_on": paused_on, "resumed_on": today}
        change = _changed(query, ChangeKind.RESUMED, old, reason, by=by, at=at, keep=False, **span)
        query.paused_on = None
        query.due_on = change.new_due_on = query.due_day(
            calendar, [*unanswered.pauses_of(query), *unanswered.pauses([change])]
        )
        query.save(update_fields=["paused_on", "due_on"])
        change.save()
        changes.append(change)
    require(bool(changes), "Die Frist ist nicht angehalten.")
    return _tell_centre(case, changes, at=at)


@transaction.atomic
def follow_calendar(case: Case, *, by: User, at: datetime) -> list[DeadlineChange]:
    """Move the periods of open questions to where the calendar of today puts them. The centre hears of it.

    A period never becomes shorter than it was told to be.
    """
    _require_ministry(by)
    case, calendar, changes = lock(case), work_calendar(), []
    for shift in unanswered.shifts(calendar, case=case):
        query, old = shift.query, shift.query.due_on
        query.due_on, query.calendar_version = shift.due_on, calendar.version
        query.save(update_fields=["due_on", "calendar_version"])
        reason = f"Kalender: {calendar.version}"
        changes.append(_changed(query, ChangeKind.CALENDAR, old, reason, by=by, at=at))
    return _tell_centre(case, changes, at=at) if changes else []


@transaction.atomic
def follow_calendar_everywhere(*, by: User, at: datetime) -> int:
    """Accept the whole list of what the calendar moves; the number of periods that moved."""
    _require_ministry(by)
    cases = {shift.query.case_id: shift.query.case for shift in unanswered.shifts(work_calendar())}
    return sum(len(follow_calendar(case, by=by, at=at)) for case in cases.values())


def _require_ministry(by: User) -> None:
    require(by.is_active and by.is_ministry, "Über den Kalender entscheidet nur das Ministerium.")


def _require_period(working_days: int) -> None:
    require(1 <= working_days <= LONGEST_PERIOD, f"Bitte wählen Sie 1 bis {LONGEST_PERIOD} Arbeitstage.")


def _take_deadline(case: Case, *, by: User, reason: str) -> Case:
    case = lock(case)
    require(by.is_active and by.is_auditor, "Fristen ändert nur die Zertifizierungsstelle.")
    require(case.state in BY_ACT["answer"].sources, "Zu diesem Fall ist keine Rückfrage offen.")
    require(bool(reason.strip()), "Bitte geben Sie eine Begründung an.")
    return case


def _lengthen(query: Query, more: int, calendar: WorkCalendar, today: date) -> None:
    """A period that is over, or was a fixed day, is counted anew from there."""
    if query.due_on < today or query.counted_from is None or query.working_days is None:
        query.counted_from, query.working_days = max(query.due_on, today), more
        query.due_on = due_day(query.counted_from, more, calendar=calendar)
    else:
        query.working_days += more
        query.due_on = query.due_day(calendar, unanswered.pauses_of(query))
    query.calendar_version = calendar.version


def _changed(
    query: Query,
    kind: ChangeKind,
    old: date,
    reason: str,
    *,
    by: User,
    at: datetime,
    keep: bool = True,
    **span: date | None,
) -> DeadlineChange:
    change = DeadlineChange(
        query=query, kind=kind, old_due_on=old, new_due_on=query.due_on, reason=reason.strip(), by=by, at=at, **span
    )
    if keep:
        change.save()
    return change


def _tell_centre(case: Case, changes: list[DeadlineChange], *, at: datetime) -> list[DeadlineChange]:
    last = changes[-1]
    post.write(
        case.centre,
        "deadline_changed",
        key=f"case-{case.pk}/deadline-{last.pk}",
        rule=f"deadline/{last.kind}",
        why=f"Die Frist für Ihre Antwort ist seit dem {long_date(timezone.localdate(at))} eine andere.",
        at=at,
        case=case,
        change=last,
        paused=last.kind == ChangeKind.PAUSED,
    )
    return changes


def _tell_auditor(step: Step, template: str) -> None:
    case = step.case
    if case.auditor:
        letters.to_auditor(
            case.auditor,
            template,
            key=f"step-{step.pk}/auditor",
            rule=f"{step.act}/auditor",
            why=letters.why(step),
            at=step.at,
            case=case,
            centre=case.centre,
        )
