"""Filters as choices of one form, so that 186 youth offices fit and no script is needed."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join

from centres import asking
from centres.models import CentreKind, RegionalYouthOffice, YouthOffice


class SelectFilter(SimpleListFilter):
    """Shown as a list to choose from."""

    def options(self) -> str:
        chosen = self.value()
        choices = (
            (value, " selected" if str(value) == chosen else "", label) for value, label in self.lookup_choices
        )
        return format_html_join("", '<option value="{}"{}>{}</option>', choices)


class ChoiceFilter(SelectFilter):
    """Filters by `field`."""

    field = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {str(value) for value, _ in self.lookup_choices}
        return queryset.filter(**{self.field: self.value()}) if self.value() in known else queryset


class YouthOfficeFilter(ChoiceFilter):
    title, parameter_name, field = "Jugendamt", "jugendamt", "youth_office"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return list(YouthOffice.objects.order_by("name_folded").values_list("pk", "name"))


class RegionFilter(ChoiceFilter):
    title, parameter_name, field = "Landesjugendamt", "landesjugendamt", "youth_office__regional"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return list(RegionalYouthOffice.choices)


class KindFilter(ChoiceFilter):
    title, parameter_name, field = "Form", "form", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return list(CentreKind.choices)


class RunningFilter(SelectFilter):
    title, parameter_name = "Bestand", "bestand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [("laufend", "laufend"), ("beendet", "beendet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ended = {"laufend": True, "beendet": False}.get(self.value() or "")
        return queryset if ended is None else queryset.filter(ended_on__isnull=ended)


class ReachFilter(SelectFilter):
    title, parameter_name = "Leitung prüfen", "leitung"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [("zurueck", "Briefe kommen zurück"), ("still", "ein Jahr nicht angemeldet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        doubts = {"zurueck": asking.bounced, "still": asking.silent}
        doubt = doubts.get(self.value() or "")
        return queryset.filter(doubt(timezone.localdate()), ended_on=None) if doubt else queryset


class SingleSelectFilter(SimpleListFilter):
    """A filter with too many choices for a list of links, in a form of its own."""

    template = "admin/certification/filter_select.html"
    field = ""

    def __init__(self, request: HttpRequest, params: dict[str, list[str]], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        others = request.GET.items()
        self.hidden = [(name, value) for name, value in others if name not in {self.parameter_name, "p"}]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {str(value) for value, _ in self.lookup_choices}
        return queryset.filter(**{self.field: self.value()}) if self.value() in known else queryset
