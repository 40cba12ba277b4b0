"""Questions that wait: who is reminded, when the review goes on without an answer, and what a calendar moves.

The consequence counts from the day the last reminder was really delivered (failures.md 3): while no letter arrives,
nothing happens by itself, and the letter that did not arrive is a work item.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from centres import post
from centres.models import Letter, LetterState
from certification.calendars import work_calendar
from certification.models import Case, ChangeKind, DeadlineChange, Query
from certification.rules.moves import State
from certification.rules.periods import long_date
from certification.rules.working_days import Pause, WorkCalendar, due_day

GRACE = 5  # working days after the delivery of the last reminder; an assumption, as domain.md names none
OVERDUE = "reminder_query_overdue"


@dataclass(frozen=True, slots=True)
class Shift:
    """A question whose period ends on another day by the calendar of today."""

    query: Query
    due_on: date


def waiting(*, case: Case | None = None) -> QuerySet[Query]:
    """Open questions whose period runs, of cases that wait for them."""
    found = Query.objects.running().filter(case__state=State.QUERIED, case__centre__ended_on=None)
    return found.filter(case=case) if case else found


def key_of(case_id: int, due_on: date) -> str:
    """What the keys of all reminders of one period begin with."""
    return f"case-{case_id}/query/{due_on:%Y-%m-%d}"


def delivered_on(case: Case) -> date | None:
    """The day on which the reminder that the latest open period is over first reached anybody of the centre."""
    due_on = case.queries.running().order_by("-due_on").values_list("due_on", flat=True).first()
    if due_on is None:
        return None
    letters = Letter.objects.filter(
        key__startswith=f"{key_of(case.pk, due_on)}/", template=OVERDUE, centre=case.centre_id, state=LetterState.SENT
    )
    sent_at = letters.order_by("sent_at").values_list("sent_at", flat=True).first()
    return timezone.localdate(sent_at) if sent_at else None


def goes_on_after(case: Case, calendar: WorkCalendar) -> date | None:
    """The last day of grace; none while the reminder is not delivered."""
    delivered = delivered_on(case)
    return due_day(delivered, GRACE, calendar=calendar) if delivered else None


def is_ripe(case: Case, *, on: date) -> bool:
    last = goes_on_after(case, work_calendar())
    return last is not None and last < on


def ripe_cases(today: date) -> list[Case]:
    """Cases that go on without an answer: all open questions are overdue, reminded and past the days of grace."""
    in_time = Query.objects.open().exclude(pk__in=Query.objects.overdue(on=today))
    overdue = Case.objects.filter(state=State.QUERIED, centre__ended_on=None).exclude(queries__in=in_time)
    return [case for case in overdue.order_by("pk") if is_ripe(case, on=today)]


def remind_auditors(today: date, *, at: datetime) -> int:
    """Tell each auditor once that an answer is overdue."""
    late = Query.objects.overdue(on=today).filter(case__state=State.QUERIED, case__auditor__isnull=False)
    written = 0
    for query in late.select_related("case__centre", "case__auditor").order_by("pk"):
        case, key = query.case, f"{key_of(query.case_id, query.due_on)}/auditor"
        if case.auditor:
            written += post.write_to_staff(
                case.auditor,
                "staff_query_overdue",
                key=key,
                rule="query/auditor",
                why=f"Die Antwort auf eine Rückfrage war bis zum {long_date(query.due_on)} erbeten.",
                at=at,
                case=case,
                centre=case.centre,
                day=query.due_on,
            )
    return written


def pauses_of(query: Query) -> list[Pause]:
    return list(pauses(query.changes.filter(kind=ChangeKind.RESUMED)))


def pauses(changes: Iterable[DeadlineChange]) -> Iterator[Pause]:
    for change in changes:
        if change.paused_on and change.resumed_on:
            yield Pause(change.paused_on, change.resumed_on)


def shifts(calendar: WorkCalendar, *, case: Case | None = None) -> list[Shift]:
    """Running periods that end later by this calendar. None ever ends earlier than it was told to."""
    counted = waiting(case=case).exclude(working_days=None).prefetch_related("changes")
    found = []
    for query in counted.select_related("case__centre", "criterion").order_by("due_on", "pk"):
        day = query.due_day(calendar, list(pauses(c for c in query.changes.all() if c.kind == ChangeKind.RESUMED)))
        if day > query.due_on:
            found.append(Shift(query, day))
    return found
