"""Centres with their seals: the list of the ministry, and the import that brings both."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from centres.admin.centre import CentreAdmin
from centres.admin.filters import SelectFilter
from centres.admin.imports import ImportMixin
from centres.forms import CentreUploadForm
from centres.imports.centres import import_centres, read_centres
from centres.imports.problems import Report
from centres.imports.reading import Table
from certification.centre_seals import CHOICES, LABELS, NONE, with_seal
from certification.models import Seal
from certification.registers import SealRegister


class SealStatusFilter(SelectFilter):
    title, parameter_name = "Gütesiegel", "siegel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return list(CHOICES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value not in LABELS:
            return queryset
        return queryset.filter(Q(seal_status=None) if value == NONE else Q(seal_status=value))


class SealEndFilter(SelectFilter):
    title, parameter_name = "Gütesiegel endet", "siegelende"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        ends = Seal.objects.standing().order_by("-valid_through").values_list("valid_through", flat=True).distinct()
        return [(end.isoformat(), f"{end:%d.%m.%Y}") for end in ends]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = dict(self.lookup_choices)
        value = self.value()
        return queryset.filter(seal_through=date.fromisoformat(value)) if value and value in known else queryset


class SealedCentreAdmin(ImportMixin, CentreAdmin):
    upload_form = CentreUploadForm
    change_list_template = "admin/centres/familycentre/change_list.html"
    list_display = ["certification_number", "name", "kind", "youth_office", "seal", "seal_end", "ended_on"]
    list_filter = [*CentreAdmin.list_filter, SealStatusFilter, SealEndFilter]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_seal(super().get_queryset(request), today=timezone.localdate())

    @admin.display(description="Gütesiegel")
    def seal(self, centre: Any) -> str:
        return LABELS[centre.seal_status or NONE]

    @admin.display(description="endet", ordering="seal_through")
    def seal_end(self, centre: Any) -> date | None:
        return centre.seal_through  # type: ignore[no-any-return]

    def cells(self, centre: Any) -> list[str]:
        *cells, ended = super().cells(centre)
        end = f"{centre.seal_through:%d.%m.%Y}" if centre.seal_through else ""
        return [*cells, self.seal(centre), end, ended]

    def read(self, data: bytes, options: dict[str, Any]) -> Table:
        return read_centres(data, youth_office=options["youth_office"])

    def bring_in(self, request: HttpRequest, table: Table, options: dict[str, Any], *, dry_run: bool) -> Report:
        today, by = timezone.localdate(), request.user if isinstance(request.user, User) else None
        return import_centres(
            table,
            today=today,
            seals=SealRegister(today=today, at=timezone.now(), by=by, reason=options["reason"]),
            youth_office=options["youth_office"],
            skip_invalid=options["skip_invalid"],
            dry_run=dry_run,
        )
