"""Which cases wait for whom: the tabs of the worklist and what narrows them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from centres.filters import LongSelect
from centres.models import CentreKind, FamilyCentre, NetworkMembership, RegionalYouthOffice, YouthOffice
from certification.models import Case, Outcome, Procedure, Query, Round, SiteVisit
from certification.rules.moves import State

IN_HOUSE = [State.SUBMITTED, State.IN_REVIEW, State.VISIT_AGREED, State.VISITED]
_UNRELEASED = Outcome.objects.standing().filter(case=OuterRef("pk"), released_at=None)
_LATE_QUERY = Query.objects.running().filter(case=OuterRef("pk"))
_LATE_VISIT = SiteVisit.objects.live().filter(case=OuterRef("pk"))


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: str
    rows: Callable[[User, date], Q]
    empty: str


TABS = (
    Tab(
        "meine",
        "Meine",
        lambda user, _: Q(auditor=user),
        "Für keinen offenen Fall sind Sie zuständig. Neue Fälle finden Sie unter „Ohne Zuständige“.",
    ),
    Tab(
        "ohne",
        "Ohne Zuständige",
        lambda *_: Q(state__in=IN_HOUSE, auditor=None),
        "Jeder eingereichte Fall hat eine zuständige Person.",
    ),
    Tab(
        "rueckfrage",
        "Rückfrage offen",
        lambda *_: Q(state=State.QUERIED),
        "Kein Familienzentrum schuldet gerade eine Antwort.",
    ),
    Tab(
        "freigabe",
        "Wartet auf Freigabe",
        lambda *_: Q(Exists(_UNRELEASED), state=State.RECOMMENDED),
        "Kein Vorschlag wartet auf eine zweite Person.",
    ),
    Tab(
        "ueberfaellig",
        "Überfällig",
        lambda _, today: (
            Q(Exists(_LATE_QUERY.filter(due_on__lt=today)), state=State.QUERIED)
            | Q(Exists(_LATE_VISIT.filter(starts_at__date__lt=today)), state=State.VISIT_AGREED)
        ),
        "Keine Antwort und keine Niederschrift ist überfällig.",
    ),
    Tab("alle", "Alle offenen", lambda *_: Q(), "Es gibt zurzeit keine offenen Fälle."),
)
BY_KEY = {tab.key: tab for tab in TABS}


def tab_named(key: str | None) -> Tab:
    return BY_KEY.get(key or "", TABS[0])


def counts(cases: QuerySet[Case], *, user: User, today: date) -> dict[str, int]:
    """How many cases each tab holds, in one query."""
    each: Mapping[str, Any] = {tab.key: Count("pk", filter=Q(pk__gt=0) & tab.rows(user, today)) for tab in TABS}
    return cases.order_by().aggregate(**each)


def rows(cases: QuerySet[Case], tab: Tab, *, user: User, today: date) -> QuerySet[Case]:
    """The cases of a tab with all that a row shows, those that have waited longest first."""
    at_home = NetworkMembership.objects.on_day(today).filter(centre=OuterRef("centre")).order_by("-contact", "pk")
    query = Query.objects.running().filter(case=OuterRef("pk")).order_by("due_on")
    visit = SiteVisit.objects.live().filter(case=OuterRef("pk")).order_by("-starts_at")
    shown: QuerySet[Case] = (
        cases.filter(tab.rows(user, today))
        .select_related("centre__youth_office", "round", "auditor")
        .annotate(
            town=Subquery(at_home.values("facility__town")[:1]),
            answer_due=Subquery(query.values("due_on")[:1]),
            visit_at=Subquery(visit.values("starts_at")[:1]),
            recommended_by=Subquery(_UNRELEASED.values("recommended_by")[:1]),
        )
        .order_by("state_since", "pk")
    )
    return shown


class WorklistFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Its names travel in the address, so they are German."""

    suche = django_filters.CharFilter(label="Nummer, Name oder Ort", method="found")
    jugendamt = django_filters.ModelChoiceFilter(
        label="Jugendamt",
        field_name="centre__youth_office",
        queryset=YouthOffice.objects.order_by("name_folded"),
        empty_label="alle",
        widget=LongSelect,
    )
    landesjugendamt = django_filters.ChoiceFilter(
        label="Landesjugendamt",
        field_name="centre__youth_office__regional",
        choices=RegionalYouthOffice.choices,
        empty_label="beide",
    )
    form = django_filters.ChoiceFilter(
        label="Form", field_name="centre__kind", choices=CentreKind.choices, empty_label="beide"
    )
    verfahren = django_filters.ChoiceFilter(
        label="Verfahren", field_name="round__procedure", choices=Procedure.choices, empty_label="beide"
    )
    runde = django_filters.ModelChoiceFilter(
        label="Runde", field_name="round", queryset=Round.objects.order_by("-audit_from", "label"), empty_label="alle"
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def found(self, cases: QuerySet[Case], _: str, text: str) -> QuerySet[Case]:
        return cases.filter(centre__in=FamilyCentre.objects.found_by(text))
