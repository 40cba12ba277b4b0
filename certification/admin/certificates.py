from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from certification import certificates
from certification.admin.base import Act, Table
from certification.admin.issued import IssuedAdmin, StageFilter, is_current
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
    possible=is_current,
    refusals=(certificates.NotPossibleError,),
)


@admin.register(Certificate)
class CertificateAdmin(IssuedAdmin):
    """Certificates to read and to download. A correction is a new one."""

    list_display = ("number", "centre", "requested_at", "issued_at", "replaced_at")
    list_select_related = ("seal__centre",)
    list_filter = (StageFilter, "seal__centre__youth_office__regional")
    ordering = ("-number",)
    search_help_text = "Urkundennummer, oder Nummer, Name, Ort oder Träger des Familienzentrums"
    centre_path = "seal__centre"
    fields = ("number", "seal", "requested_at", "issued_at", "sha256", "replaces", "replaced_at", "replaced_reason")
    acts = (REPLACE,)
    download_label = "Urkunde herunterladen"

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

    def file_name(self, paper: Certificate) -> str:
        return f"{paper.number}.pdf"
