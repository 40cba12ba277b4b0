from datetime import datetime

from django.contrib import admin

from accounts.models import User
from certification import certificates, profiles
from certification.admin.base import Act, Table
from certification.admin.issued import IssuedAdmin, StageFilter, is_current
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
    possible=is_current,
    refusals=(certificates.NotPossibleError,),
)


@admin.register(QualityProfile)
class QualityProfileAdmin(IssuedAdmin):
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
    download_label = "Qualitätsprofil herunterladen"

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

    def file_name(self, paper: QualityProfile) -> str:
        return paper.file_name
