from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from centres.forms import FacilityFormSet, MembershipForm, NetworkMembershipForm, PersonFormSet
from centres.models import Membership, NetworkMembership


class DatedInline(admin.TabularInline):
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """A last day ends a row; deleting it would take it out of the past as well."""
        return False


class FacilityInline(DatedInline):
    model = NetworkMembership
    form = NetworkMembershipForm
    formset = FacilityFormSet
    autocomplete_fields = ["facility"]
    verbose_name = "Einrichtung"
    verbose_name_plural = "Einrichtungen"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("facility", "centre").order_by("starts_on", "pk")


class PersonInline(DatedInline):
    model = Membership
    form = MembershipForm
    formset = PersonFormSet
    autocomplete_fields = ["user"]
    verbose_name = "Leitung oder Vertretung"
    verbose_name_plural = "Leitung und Vertretung"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "centre").order_by("starts_on", "pk")
