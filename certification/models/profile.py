from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import User
from certification.models.case import Case
from certification.models.review import Outcome
from certification.models.seal import differs

FIXED_BY_ORDER = ("outcome_id", "version", "facts", "requested_at", "replaces_id")


class QualityProfileQuerySet(models.QuerySet["QualityProfile"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Whoever may see the case; a profile exists only once its outcome is released."""
        return self.filter(outcome__case__in=Case.objects.visible_to(user, on=on))

    def unissued(self) -> Self:
        return self.filter(issued_at=None)

    def issued(self) -> Self:
        return self.exclude(issued_at=None)

    def current(self) -> Self:
        return self.filter(replaced_at=None)


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
            models.CheckConstraint(
                condition=Q(issued_at=None, file="", sha256="")
                | (Q(issued_at__isnull=False) & ~Q(file="") & Q(sha256__regex="^[0-9a-f]{64}$")),
                name="profile_issued_whole",
                violation_error_message="Ein ausgestelltes Qualitätsprofil hat Datei, Zeitpunkt und Prüfsumme.",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None, replaced_reason="")
                | (Q(replaced_at__isnull=False, issued_at__isnull=False) & ~Q(replaced_reason="")),
                name="profile_replaced_whole",
                violation_error_message="Ersetzt wird nur ein ausgestelltes Qualitätsprofil, mit Tag und Grund.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="said_once", operation=pgtrigger.Update, condition=differs(*FIXED_BY_ORDER)),
            pgtrigger.Protect(
                name="issued_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__issued_at__isnull=False) & differs("issued_at", "file", "sha256"),
            ),
        ]

    def __str__(self) -> str:
        return f"Qualitätsprofil {self.facts['certification_number']}, {self.facts['round']}, Fassung {self.version}"

    @property
    def file_name(self) -> str:
        return f"Qualitätsprofil {self.facts['certification_number']} {self.facts['released_on']} v{self.version}.pdf"
