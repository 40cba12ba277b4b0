from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from certification import certificates, profiles
from certification.admin.base import Act, ActsMixin, ReadOnlyAdmin, Table
from certification.admin.filters import FoundByCentre
from certification.models import QualityProfile
from certification.rules.profile import ProfileFacts


def replace(profile: QualityProfile, *, by: User, at: datetime, reason: str) -> QualityProfile:
    """Who it was is noted by the history of the database; the act itself asks only why."""
    return profiles.replace(profile, reason=reason, at=at)


REPLACE = Act(
    "berichtigen",
    "Berichtigen",
    "Möchten Sie eine neue Fassung dieses Qualitätsprofils ausstellen?",
    (
        "Die bisherige Fassung bleibt unverändert gespeichert, gilt aber als ersetzt.",
        "Die neue Fassung sagt, was heute zum Ergebnis gespeichert ist, und nennt Ihren Grund.",
        "Das Familienzentrum sieht nur noch die neue Fassung.",
    ),
    replace,
    "Die neue Fassung ist bestellt und wird gleich ausgestellt.",
    possible=lambda profile, _: profile.issued_at is not None and profile.replaced_at is None,
    refusals=(certificates.NotPossibleError,),
)


class StageFilter(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("offen", "noch nicht ausgestellt"), ("gueltig", "ausgestellt"), ("ersetzt", "ersetzt")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[QualityProfile]) -> QuerySet[QualityProfile]:
        conditions = {
            "offen": Q(issued_at=None),
            "gueltig": Q(issued_at__isnull=False, replaced_at=None),
            "ersetzt": Q(replaced_at__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(QualityProfile)
class QualityProfileAdmin(ActsMixin, FoundByCentre, ReadOnlyAdmin):
    """Quality profiles to read and to download. A correction is a new version."""

    list_display = ("centre", "round", "version", "requested_at", "issued_at", "replaced_at")
    list_select_related = ("outcome__case__centre", "outcome__case__round")
    list_filter = (StageFilter, "outcome__case__round")
    ordering = ("-requested_at", "-pk")
    search_help_text = "Nummer, Name, Ort oder Träger des Familienzentrums"
    centre_path = "outcome__case__centre"
    fields = ("centre", "round", "version", "requested_at", "issued_at", "sha256", "replaced_at", "replaced_reason")
    readonly_fields = fields
    acts = (REPLACE,)

    @admin.display(description="Familienzentrum", ordering="outcome__case__centre__name_folded")
    def centre(self, obj: QualityProfile) -> str:
        return str(obj.outcome.case.centre)

    @admin.display(description="Runde", ordering="outcome__case__round")
    def round(self, obj: QualityProfile) -> str:
        return str(obj.outcome.case.round)

    def tables(self, obj: QualityProfile) -> list[Table]:
        facts = ProfileFacts.read(obj.facts)
        rows = [(f"{area.number} {area.name}", area.grade, area.before or "–") for area in facts.areas]
        return [Table("Was im Qualitätsprofil steht", ("Bereich", "Bewertung", "Beim letzten Mal"), rows)]

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/datei/", download, name="certification_qualityprofile_file"), *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        profile = self.get_object(request, str(pk))
        if profile is None or profile.issued_at is None or not self.has_view_permission(request, profile):
            raise Http404
        return certificates.download(profile, profile.file_name)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        profile = self.get_object(request, object_id)
        links = []
        if profile is not None and profile.issued_at:
            url = reverse("admin:certification_qualityprofile_file", args=[profile.pk])
            links.append({"url": url, "label": "Qualitätsprofil herunterladen"})
        return super().change_view(request, object_id, form_url, {"links": links, **(extra_context or {})})
