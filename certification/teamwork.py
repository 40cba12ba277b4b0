"""What the team has before it: cases and visits per person and month, and cases that do not move."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest, TruncMonth
from django.utils import timezone

from accounts.models import Role, User
from certification.models import Absence, Assignment, Case, Finding, Query, SiteVisit
from certification.models.case import OPEN_STATES
from certification.rules.moves import State
from certification.worklist.lists import IN_HOUSE

Counted = Counter[tuple[int, date]]  # by person and first day of a month

MONTHS = 6
STILL_DAYS = 14  # Assumption: after two weeks somebody should ask; the page takes another number
MOVING = [*IN_HOUSE, State.QUERIED]


@dataclass(frozen=True, slots=True)
class Month:
    """Of one person: results that are due in this month, and visits agreed or held in it. The last is all later."""

    first: date | None
    due: int
    visits: int


@dataclass(frozen=True, slots=True)
class Load:
    person: User
    open_cases: int
    months: Sequence[Month]

    @property
    def visits(self) -> int:
        return sum(month.visits for month in self.months)


def months_from(today: date) -> list[date]:
    """The first days of the months shown, and last the one from which on all is later."""
    firsts = [today.replace(day=1)]
    while len(firsts) <= MONTHS:
        firsts.append((firsts[-1] + timedelta(days=32)).replace(day=1))
    return firsts


def loads(today: date) -> list[Load]:
    """Everybody who audits, and whoever else still has open cases; `away_until` while absent. Three queries."""
    months = months_from(today)
    has_cases = Count("cases", filter=Q(cases__state__in=OPEN_STATES))
    people = User.objects.filter(role=Role.AUDITOR).annotate(open_cases=has_cases, away_until=_away(today))
    people = people.filter(Q(is_active=True) | Q(open_cases__gt=0)).order_by("name", "pk")
    due, visits = _due(months[0], months[-1]), _visits(months[0], months[-1])
    return [
        Load(person, person.open_cases, [_month(person, first, due, visits, later=months[-1]) for first in months])
        for person in people
    ]


def _month(person: User, first: date, due: Counted, visits: Counted, *, later: date) -> Month:
    return Month(None if first == later else first, due[person.pk, first], visits[person.pk, first])


def standing_still(today: date, *, days: int) -> QuerySet[Case]:
    """Cases in the house in which nothing has happened for so many days, the longest first."""
    since = timezone.make_aware(datetime.combine(today - timedelta(days=days), datetime.min.time()))
    last = Greatest(
        "state_since",
        _last(Finding.objects.all(), "saved_at"),
        _last(Query.objects.all(), "asked_at"),
        _last(Assignment.objects.all(), "at"),
    )
    cases = Case.objects.filter(state__in=MOVING).annotate(moved_at=last).filter(moved_at__lt=since)
    return cases.select_related("centre", "auditor").order_by("moved_at", "pk")


def _last(rows: QuerySet[Finding] | QuerySet[Query] | QuerySet[Assignment], field: str) -> Subquery:
    of_case = rows.filter(case=OuterRef("pk")).order_by().values("case")
    return Subquery(of_case.annotate(last=Max(field)).values("last"))


def _away(today: date) -> Subquery:
    return Subquery(Absence.objects.on_day(today).filter(auditor=OuterRef("pk")).values("ends_on")[:1])


def _due(first: date, later: date) -> Counted:
    cases = Case.objects.open().exclude(auditor=None).annotate(month=TruncMonth("round__results_until"))
    counted = cases.order_by().values_list("auditor", "month").annotate(count=Count("pk"))
    found: Counted = Counter()
    for person, month, count in counted:
        found[person, min(max(month, first), later)] += count  # what is late is due now
    return found


def _visits(first: date, later: date) -> Counted:
    visits = SiteVisit.objects.standing().filter(starts_at__date__gte=first).annotate(month=TruncMonth("starts_at"))
    counted = visits.order_by().values_list("visitor", "month").annotate(count=Count(F("pk")))
    found: Counted = Counter()
    for person, month, count in counted:
        found[person, min(timezone.localdate(month), later)] += count
    return found
