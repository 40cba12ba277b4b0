from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import User
from certification.models.case import Case
from certification.models.issuing import IssuedQuerySet, replaced_with_reason, with_file_from, written_once
from certification.models.review import Outcome

FIXED_BY_ORDER = ("outcome_id", "version", "facts", "requested_at", "replaces_id")


class QualityProfileQuerySet(IssuedQuerySet["QualityProfile"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Whoever may see the case; a profile exists only once its outcome is released."""
        return self.filter(outcome__case__in=Case.objects.visible_to(user, on=on))


@tracked(exclude=["facts"])
class QualityProfile(models.Model):
    """The written feedback on a released outcome (DVO KiBiz § 13), stored once with its hash.

    A correction is a new version that replaces the one before.
    """

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="profiles", verbose_name="Ergebnis")
    version = models.PositiveSmallIntegerField("Fassung")
    facts = models.JSONField("was das Qualitätsprofil sagt")
    requested_at = models.DateTimeField("bestellt")
    issued_at = models.DateTimeField("ausgestellt", null=True)
    file = models.FileField("Datei", upload_to="profiles/%Y/", blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="ersetzt"
    )
    replaced_at = models.DateTimeField("ersetzt am", null=True)
    replaced_reason = models.TextField("Grund der Ersetzung", blank=True)

    objects = QualityProfileQuerySet.as_manager()

    class Meta:
        verbose_name = "Qualitätsprofil"
        verbose_name_plural = "Qualitätsprofile"
        constraints = [
            models.UniqueConstraint(
                fields=["outcome", "version"],
                name="profile_version_once",
                violation_error_message="Diese Fassung des Qualitätsprofils gibt es schon.",
            ),
            models.UniqueConstraint(
                fields=["outcome"],
                condition=Q(replaced_at=None),
                name="one_current_profile",
                violation_error_message="Zu diesem Ergebnis gibt es schon ein gültiges Qualitätsprofil.",
            ),
            with_file_from(
                "issued_at",
                name="profile_issued_whole",
                message="Ein ausgestelltes Qualitätsprofil hat Datei, Zeitpunkt und Prüfsumme.",
            ),
            replaced_with_reason(
                name="profile_replaced_whole",
                message="Ersetzt wird nur ein ausgestelltes Qualitätsprofil, mit Tag und Grund.",
            ),
        ]
        triggers = written_once(FIXED_BY_ORDER)

    def __str__(self) -> str:
        return f"Qualitätsprofil {self.facts['certification_number']}, {self.facts['round']}, Fassung {self.version}"

    @property
    def file_name(self) -> str:
        return f"Qualitätsprofil {self.facts['certification_number']} {self.facts['released_on']} v{self.version}.pdf"
