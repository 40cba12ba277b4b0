from datetime import date
from typing import Self

from django.db import models
from django.db.models import Count

from centres.models.centre import FamilyCentre


class FactKind(models.TextChoices):
    ROUND = "round", "Zertifizierung"
    BRIEFING = "briefing", "Informationsveranstaltung"


class CentreFactQuerySet(models.QuerySet["CentreFact"]):
    def rounds(self) -> Self:
        return self.filter(kind=FactKind.ROUND)

    def briefings(self) -> Self:
        return self.filter(kind=FactKind.BRIEFING)

    def in_force(self, *, on: date) -> Self:
        return self.filter(since__lte=on).exclude(over_on__lte=on)

    def counted(self) -> list[tuple[str, str, int]]:
        """Each fact by its key and label, with how many centres it concerns, the newest first."""
        groups = self.order_by().values("key", "label").annotate(centres=Count("centre"), newest=models.Max("since"))
        return [(each["key"], each["label"], each["centres"]) for each in groups.order_by("-newest", "label")]


class CentreFact(models.Model):
    """What one upper room lets the other know of a centre (design.md § 3), for example that a round concerns it.

    `key` names the occasion within its kind ("round-3"); from `over_on` on the fact no longer holds.
    """

    centre = models.ForeignKey(FamilyCentre, models.PROTECT, related_name="facts", verbose_name="Familienzentrum")
    kind = models.CharField("Art", max_length=10, choices=FactKind)
    key = models.CharField("Anlass", max_length=60)
    label = models.CharField("Bezeichnung", max_length=250)
    since = models.DateField("seit")
    over_on = models.DateField("gilt nicht mehr ab", null=True)

    objects = CentreFactQuerySet.as_manager()

    class Meta:
        verbose_name = "Tatsache eines Familienzentrums"
        verbose_name_plural = "Tatsachen der Familienzentren"
        indexes = [models.Index("kind", "key", name="fact_occasion")]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "kind", "key"],
                name="fact_once",
                violation_error_message="Das ist zu diesem Familienzentrum schon vermerkt.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=FactKind.values),
                name="fact_kind_known",
                violation_error_message="Diese Art von Tatsache gibt es nicht.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.centre}"
