"""What narrows the worklist. Its names travel in the address, so they are German."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters.fields import ModelChoiceField

from accounts.models import Role, User
from centres.filters import LongSelect, PersonField
from centres.models import CentreKind, FamilyCentre, NetworkMembership, Provider, RegionalYouthOffice, YouthOffice
from certification.models import Case, Procedure, Round
from certification.worklist.columns import ORDER_CHOICES


def provider_groups() -> list[tuple[str, str]]:
    groups = Provider.objects.exclude(group="").order_by("group").values_list("group", flat=True).distinct()
    return [(group, group) for group in groups]


def _auditors(_: object) -> QuerySet[User]:
    """Whoever audits, and whoever still has open cases."""
    has_cases = Case.objects.open().filter(auditor=OuterRef("pk"))
    active = Q(role=Role.AUDITOR, is_active=True)
    return User.objects.filter(active | Exists(has_cases)).order_by("name", "pk")


class _Named(ModelChoiceField, PersonField):  # type: ignore[misc]
    pass


class PersonFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    field_class = _Named


class WorklistFilter(django_filters.FilterSet):  # type: ignore[misc]
    suche = django_filters.CharFilter(label="Nummer, Name oder Ort", method="found")
    jugendamt = django_filters.ModelChoiceFilter(
        label="Jugendamt",
        field_name="centre__youth_office",
        queryset=YouthOffice.objects.order_by("name_folded"),
        empty_label="alle",
    )
    landesjugendamt = django_filters.ChoiceFilter(
        label="Landesjugendamt",
        field_name="centre__youth_office__regional",
        choices=[(each, each.value) for each in RegionalYouthOffice],  # short, as in the rows
        empty_label="beide",
    )
    traegergruppe = django_filters.ChoiceFilter(
        label="Trägergruppe", method="of_group", choices=provider_groups, empty_label="alle"
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
    zustaendig = PersonFilter(label="Zuständig", field_name="auditor", queryset=_auditors, empty_label="alle")
    sortierung = django_filters.ChoiceFilter(
        label="Sortieren nach", method="unchanged", choices=ORDER_CHOICES, empty_label="am längsten wartend"
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for field in self.form.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget = LongSelect(choices=field.widget.choices)

    def found(self, cases: QuerySet[Case], _: str, text: str) -> QuerySet[Case]:
        return cases.filter(centre__in=FamilyCentre.objects.found_by(text))

    def of_group(self, cases: QuerySet[Case], _: str, group: str) -> QuerySet[Case]:
        homes = NetworkMembership.objects.on_day(self.today).filter(facility__provider__group=group)
        return cases.filter(centre__in=homes.values("centre"))

    def unchanged(self, cases: QuerySet[Case], _: str, order: str) -> QuerySet[Case]:
        """The order belongs to the rows, see `columns.ordered`; here it only has to be one that exists."""
        return cases
