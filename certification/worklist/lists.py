"""The lists of the worklist, and all that a row of them shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import User
from centres.models import NetworkMembership
from certification.models import Absence, Case, Objection, Outcome, Query, SiteVisit, VisitSlot
from certification.models.case import OPEN_STATES
from certification.rules.moves import FINAL, State

IN_HOUSE = [State.SUBMITTED, State.IN_REVIEW, State.VISIT_AGREED, State.VISITED]
AGREEING = [State.IN_REVIEW, State.VISITED]  # on a visit, or on a further one
WITHOUT_OUTCOME = sorted({*OPEN_STATES} - {State.RECOMMENDED})
_UNRELEASED = Outcome.objects.standing().filter(case=OuterRef("pk"), released_at=None)
_CORRECTION = Outcome.objects.pending_corrections().filter(case=OuterRef("pk"))
_OBJECTION = Objection.objects.filter(case=OuterRef("pk"), decided_on=None)
_OPEN_QUERY = Query.objects.running().filter(case=OuterRef("pk")).order_by("due_on")
_OPEN_VISIT = SiteVisit.objects.live().filter(case=OuterRef("pk"))


def at_work(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Open cases, and those in which something waits after the release: a correction or an objection."""
    corrections = Outcome.objects.pending_corrections().values("case")
    objections = Objection.objects.filter(decided_on=None).values("case")
    return cases.filter(Q(state__in=OPEN_STATES) | Q(pk__in=corrections) | Q(pk__in=objections))


def _mine(user: User, today: date) -> Q:
    """The own cases, and those of whom one stands in for today."""
    away = Absence.objects.on_day(today).filter(deputy=user)
    return Q(auditor=user) | Q(auditor__in=away.values("auditor"))


def _visited_this_week(_: User, today: date) -> Q:
    monday = today - timedelta(days=today.weekday())
    this_week = _OPEN_VISIT.filter(starts_at__date__range=(monday, monday + timedelta(days=6)))
    return Q(Exists(this_week), state=State.VISIT_AGREED)


def _overdue(_: User, today: date) -> Q:
    """What `columns.due_of` calls late: an answer, the record of a visit, a result."""
    late_query, late_visit = _OPEN_QUERY.filter(due_on__lt=today), _OPEN_VISIT.filter(starts_at__date__lt=today)
    late_result = Q(round__results_until__lt=today)
    return (
        Q(Exists(late_query), state=State.QUERIED)
        | Q(Exists(late_visit), state=State.VISIT_AGREED)
        | Q(late_result, state__in=[State.SUBMITTED, State.IN_REVIEW, State.VISITED])
        | Q(late_result, Exists(_UNRELEASED), state=State.RECOMMENDED)
    )


def _offered(today: date) -> QuerySet[VisitSlot]:
    """Times for a visit among which nobody has chosen."""
    offered = VisitSlot.objects.filter(case=OuterRef("pk"), withdrawn_at=None, visit=None)
    return offered.filter(starts_at__date__gte=today).order_by("starts_at")


def _with_the_centre(_: User, today: date) -> Q:
    """Questions not answered, and visits of which no time is chosen."""
    return Q(state=State.QUERIED) | Q(Exists(_offered(today)), state__in=AGREEING)


def _to_release(*_: object) -> Q:
    """Recommendations and corrections that a second person reads."""
    return Q(Exists(_UNRELEASED), state=State.RECOMMENDED) | Q(Exists(_CORRECTION))


@dataclass(frozen=True, slots=True)
class Tab:
    """`label` is short, so that all fit beside each other; `title` says on the page what its cases have in common."""

    key: str
    label: str
    title: str
    rows: Callable[[User, date], Q]
    empty: str
    shares: bool = True  # whether its cases can be given to somebody


TABS = (
    Tab(
        "meine",
        "Meine",
        "Meine Fälle",
        _mine,
        "Für keinen offenen Fall sind Sie zuständig. Neue Fälle finden Sie unter „Unverteilt“.",
    ),
    Tab(
        "ohne",
        "Unverteilt",
        "Eingereicht, ohne zuständige Person",
        lambda *_: Q(state__in=IN_HOUSE, auditor=None),
        "Jeder eingereichte Fall hat eine zuständige Person.",
    ),
    Tab(
        "rueckfrage",
        "Beim Zentrum",
        "Wartet auf das Familienzentrum",
        _with_the_centre,
        "Kein Familienzentrum schuldet gerade eine Antwort oder die Wahl eines Termins.",
    ),
    Tab(
        "woche",
        "Begehungen",
        "Begehungen dieser Woche",
        _visited_this_week,
        "Von Montag bis Sonntag dieser Woche ist keine Begehung vereinbart.",
    ),
    Tab(
        "freigabe",
        "Freigabe",
        "Wartet auf Freigabe",
        _to_release,
        "Kein Vorschlag und keine Berichtigung wartet auf eine zweite Person.",
    ),
    Tab(
        "widerspruch",
        "Widersprüche",
        "Offene Widersprüche",
        lambda *_: Q(Exists(_OBJECTION)),
        "Über jeden Widerspruch ist entschieden.",
        shares=False,
    ),
    Tab(
        "ueberfaellig",
        "Überfällig",
        "Überfällig",
        _overdue,
        "Keine Antwort, keine Niederschrift und kein Ergebnis ist überfällig.",
    ),
    Tab("alle", "Alle", "Alle offenen Fälle", lambda *_: Q(), "Es gibt zurzeit keine offenen Fälle."),
)
BY_KEY = {tab.key: tab for tab in TABS}


def tab_named(key: str | None) -> Tab:
    return BY_KEY.get(key or "", TABS[0])


def counts(cases: QuerySet[Case], *, user: User, today: date) -> dict[str, int]:
    """How many cases each tab holds, in one query."""
    each: Mapping[str, Any] = {tab.key: Count("pk", filter=Q(pk__gt=0) & tab.rows(user, today)) for tab in TABS}
    return cases.order_by().aggregate(**each)


def rows(cases: QuerySet[Case], tab: Tab, *, user: User, today: date) -> QuerySet[Case]:
    """The cases of a tab with all that a row shows."""
    at_home = NetworkMembership.objects.on_day(today).filter(centre=OuterRef("centre")).order_by("-contact", "pk")
    away = Absence.objects.on_day(today).filter(auditor=OuterRef("auditor"))
    shown: QuerySet[Case] = (
        cases.filter(tab.rows(user, today))
        .select_related("centre__youth_office", "round", "auditor")
        .annotate(
            town=Subquery(at_home.values("facility__town")[:1]),
            answer_due=Subquery(_OPEN_QUERY.values("due_on")[:1]),
            visit_at=Subquery(_OPEN_VISIT.order_by("-starts_at").values("starts_at")[:1]),
            slot_at=_choosing(today),
            recommended_by=Subquery(_UNRELEASED.values("recommended_by")[:1]),
            corrected_by=_after_outcome(Subquery(_CORRECTION.values("recommended_by")[:1])),
            objected_on=_after_outcome(Subquery(_OBJECTION.values("received_on")[:1])),
            waits_since=_waits_since(),
            deputy_name=Subquery(away.values("deputy__name")[:1]),
            deputy_until=Subquery(away.values("ends_on")[:1]),
        )
        .annotate(due_on=_due_on())
    )
    return shown


def _choosing(today: date) -> models.Case:
    """The first of the times the centre may choose from, unless the result is late already."""
    choosing = Q(state__in=AGREEING, round__results_until__gte=today)
    return models.Case(When(choosing, then=Subquery(_offered(today).values("starts_at")[:1])), default=None)


def _after_outcome(found: Subquery) -> models.Case:
    """Looked for only where there is an outcome: most rows have none, and the order asks all of them."""
    return models.Case(When(state__in=WITHOUT_OUTCOME, then=None), default=found)


def _waits_since() -> models.Case:
    """A correction or an objection waits since it was written down, everything else since the last step."""
    proposed, recorded = _CORRECTION.values("recommended_at")[:1], _OBJECTION.values("recorded_at")[:1]
    later = Coalesce(Subquery(proposed), Subquery(recorded), F("state_since"))
    return models.Case(When(state__in=WITHOUT_OUTCOME, then=F("state_since")), default=later)


def _due_on() -> models.Case:
    """The day a row waits for, see `columns.due_of`; what comes after a release waits without one."""
    day = models.DateField()
    return models.Case(
        When(state__in=FINAL, then=None),
        When(state=State.QUERIED, answer_due__isnull=False, then=F("answer_due")),
        When(state=State.VISIT_AGREED, visit_at__isnull=False, then=TruncDate("visit_at")),
        When(slot_at__isnull=False, then=TruncDate("slot_at")),
        When(state__in=[State.INVITED, State.REGISTERED], then=F("round__submission_until")),
        When(state=State.RECOMMENDED, recommended_by=None, then=None),
        default=F("round__results_until"),
        output_field=day,
    )
