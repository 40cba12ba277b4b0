from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from certification import certificates
from certification.admin.base import Act, ActsMixin, ReadOnlyAdmin, Table
from certification.admin.filters import FoundByCentre
from certification.models import Certificate
from certification.rules.facts import Facts


def replace(certificate: Certificate, *, by: User, at: datetime, reason: str) -> Certificate:
    """Who it was is noted by the history of the database; the act itself asks only why."""
    return certificates.replace(certificate, reason=reason, at=at)


REPLACE = Act(
    "neu-ausstellen",
    "Neu ausstellen",
    "Möchten Sie eine neue Urkunde ausstellen?",
    (
        "Die bisherige Urkunde bleibt gespeichert, gilt aber als ersetzt: so steht es dann auf der Prüfseite.",
        "Die neue Urkunde sagt, was heute über das Familienzentrum gespeichert ist, und hat eine neue Nummer.",
    ),
    replace,
    "Die neue Urkunde ist bestellt und wird gleich ausgestellt.",
    possible=lambda certificate, _: certificate.issued_at is not None and certificate.replaced_at is None,
    refusals=(certificates.NotPossibleError,),
)


class StageFilter(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("offen", "noch nicht ausgestellt"), ("gueltig", "ausgestellt"), ("ersetzt", "ersetzt")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> QuerySet[Certificate]:
        conditions = {
            "offen": Q(issued_at=None),
            "gueltig": Q(issued_at__isnull=False, replaced_at=None),
            "ersetzt": Q(replaced_at__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(Certificate)
class CertificateAdmin(ActsMixin, FoundByCentre, ReadOnlyAdmin):
    """Certificates to read and to download. A correction is a new one."""

    list_display = ("number", "centre", "requested_at", "issued_at", "replaced_at")
    list_select_related = ("seal__centre",)
    list_filter = (StageFilter, "seal__centre__youth_office__regional")
    ordering = ("-number",)
    search_help_text = "Urkundennummer, oder Nummer, Name, Ort oder Träger des Familienzentrums"
    centre_path = "seal__centre"
    fields = ("number", "seal", "requested_at", "issued_at", "sha256", "replaces", "replaced_at", "replaced_reason")
    acts = (REPLACE,)

    @admin.display(description="Familienzentrum", ordering="seal__centre__name_folded")
    def centre(self, obj: Certificate) -> str:
        return str(obj.seal.centre)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Certificate], search_term: str
    ) -> tuple[QuerySet[Certificate], bool]:
        if queryset.filter(number__iexact=search_term.strip()).exists():
            return queryset.filter(number__iexact=search_term.strip()), False
        return super().get_search_results(request, queryset, search_term)

    def tables(self, obj: Certificate) -> list[Table]:
        return [Table("Was auf der Urkunde steht", ("Angabe", "Text"), Facts.read(obj.facts).rows)]

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/datei/", download, name="certification_certificate_file"), *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        certificate = self.get_object(request, str(pk))
        if certificate is None or certificate.issued_at is None or not self.has_view_permission(request, certificate):
            raise Http404
        response = HttpResponse(certificates.read(certificate), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{certificate.number}.pdf"'
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        certificate = self.get_object(request, object_id)
        links = []
        if certificate is not None and certificate.issued_at:
            url = reverse("admin:certification_certificate_file", args=[certificate.pk])
            links.append({"url": url, "label": "Urkunde herunterladen"})
        return super().change_view(request, object_id, form_url, {"links": links, **(extra_context or {})})
