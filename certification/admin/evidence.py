from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from certification.admin.base import ReadOnlyAdmin, Table
from certification.admin.filters import FoundByCentre
from certification.models import Evidence


@admin.register(Evidence)
class EvidenceAdmin(FoundByCentre, ReadOnlyAdmin):
    """To look things up. Only its centre adds and withdraws evidence."""

    list_display = ("title", "kind", "issued_on", "centre", "uploaded_at", "withdrawn_at")
    list_select_related = ("centre",)
    list_filter = ("kind", "centre__youth_office__regional")
    ordering = ("-uploaded_at", "-pk")
    search_help_text = "Nummer, Name, Ort oder Träger des Familienzentrums"
    centre_path = "centre"
    fields = (
        "centre",
        "title",
        "kind",
        "issued_on",
        "ends_on",
        "renews",
        "hours",
        "name",
        "content_type",
        "size",
        "pages",
        "sha256",
        "uploaded_at",
        "uploaded_by",
        "withdrawn_at",
        "withdrawn_by",
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def tables(self, obj: Evidence) -> list[Table]:
        uses = obj.uses.select_related("case__round", "criterion").order_by("added_at", "pk")
        rows = [(use.case.round.label, str(use.criterion), "ja" if use.again else "nein") for use in uses]
        return [Table("Wo er verwendet wird", ("Runde", "Kriterium", "erneut eingereicht"), rows, "Nirgends.")]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        piece = self.get_object(request, object_id)
        links = []
        if piece is not None:
            links.append({"url": reverse("evidence_file", args=[piece.public_id]), "label": "Datei ansehen"})
        return super().change_view(request, object_id, form_url, {"links": links, **(extra_context or {})})
