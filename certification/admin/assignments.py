"""Cases given away many at once, to be read by whoever asks years later."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from certification.admin.base import ReadOnlyAdmin, Table
from certification.models import AssignmentBatch


@admin.register(AssignmentBatch)
class AssignmentBatchAdmin(ReadOnlyAdmin):
    list_display = ["at", "by", "number", "changed", "reason"]
    list_display_links = ["at"]
    list_select_related = ["by"]
    ordering = ["-at", "-pk"]
    fields = ["at", "by", "number", "reason"]
    search_fields = ["by__name", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssignmentBatch]:
        batches: QuerySet[AssignmentBatch] = super().get_queryset(request)
        return batches.annotate(changed=Count("assignments"))

    @admin.display(description="davon verteilt", ordering="changed")
    def changed(self, batch: Any) -> int:
        return batch.changed  # type: ignore[no-any-return]

    def tables(self, obj: AssignmentBatch) -> list[Table]:
        rows = obj.assignments.select_related("case__centre", "to", "instead_of").order_by("pk")
        shown = [
            (each.case.centre.name, each.instead_of.name if each.instead_of else "niemand", each.to.name)
            for each in rows
        ]
        return [Table("Verteilte Fälle", ("Familienzentrum", "zuständig war", "zuständig wurde"), shown)]
