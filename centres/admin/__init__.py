"""The registers in the admin of the ministry."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.admin import TolerantSearch
from centres.admin.base import RegisterAdmin
from centres.admin.bounces import BounceAdmin
from centres.admin.holds import HoldAdmin
from centres.admin.imports import OfficeImport
from centres.admin.letters import LetterAdmin
from centres.models import Facility, FamilyCentre, Provider, YouthOffice

__all__ = ["BounceAdmin", "HoldAdmin", "LetterAdmin"]


class TolerantRegisterAdmin(TolerantSearch, RegisterAdmin):
    pass


@admin.register(YouthOffice)
class YouthOfficeAdmin(OfficeImport, TolerantRegisterAdmin):
    list_display = ["name", "key", "regional", "inhabitants"]
    list_filter = ["regional"]
    search_fields = ["name", "key"]
    ordering = ["name_folded", "pk"]

    def centres_of(self, obj: YouthOffice) -> Any:
        return FamilyCentre.objects.filter(youth_office=obj)


@admin.register(Provider)
class ProviderAdmin(TolerantRegisterAdmin):
    list_display = ["name", "group", "email"]
    list_filter = ["group"]
    search_fields = ["name", "email"]
    ordering = ["name", "pk"]

    def centres_of(self, obj: Provider) -> Any:
        return FamilyCentre.objects.filter(Q(facility_memberships__facility__provider=obj))


@admin.register(Facility)
class FacilityAdmin(TolerantRegisterAdmin):
    list_display = ["number", "name", "provider", "town", "postcode"]
    list_select_related = ["provider"]
    search_fields = ["number", "name", "town", "provider__name"]
    autocomplete_fields = ["provider"]
    ordering = ["number", "pk"]

    def centres_of(self, obj: Facility) -> Any:
        return FamilyCentre.objects.filter(facility_memberships__facility=obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Facility]:
        return super().get_queryset(request).select_related("provider")
