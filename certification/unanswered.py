"""Questions that wait: who is reminded, when the review goes on without an answer, and what a calendar moves.

The consequence counts from the day the last reminder was really delivered (failures.md 3): while no letter arrives,
nothing happens by itself, and the letter that did not arrive is a work item.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from centres.models import Letter
from certification import letters
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
    return f"case-{case_id}/{key_of_period(due_on)}"


def key_of_period(due_on: date) -> str:
    return f"query/{due_on:%Y-%m-%d}"


def reminders_of(case: Case) -> QuerySet[Letter]:
    """Every reminder of an answer that was written to people of the centre, in this period and in earlier ones."""
    letters = Letter.objects.filter(key__startswith=f"case-{case.pk}/query/", centre=case.centre_id)
    return letters.defer("body", "attachment_text").order_by("-written_at", "pk")


def first_delivery(letters: Iterable[Letter], due_on: date) -> date | None:
    """The day on which the reminder that this period is over first reached anybody of the centre."""
    stem = f"{key_of_period(due_on)}/"
    sent = [each.sent_at for each in letters if each.sent_at and each.template == OVERDUE and stem in each.key]
    return timezone.localdate(min(sent)) if sent else None


def grace_after(delivered: date, calendar: WorkCalendar) -> date:
    """The last day of grace."""
    return due_day(delivered, GRACE, calendar=calendar)


def goes_on_after(case: Case, calendar: WorkCalendar) -> date | None:
    """The last day of grace after the latest open period; none while its reminder is not delivered."""
    due_on = case.queries.running().order_by("-due_on").values_list("due_on", flat=True).first()
    delivered = first_delivery(reminders_of(case), due_on) if due_on else None
    return grace_after(delivered, calendar) if delivered else None


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
            written += letters.to_auditor(
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
