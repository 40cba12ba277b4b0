from django.db import models
from django.db.models import Q

from accounts.models import User
from certification.models.case import Case


class AwardBatch(models.Model):
    """Awards meant for one day, put together first, confirmed then, carried out item by item in the background."""

    awarded_on = models.DateField("Tag der Verleihung")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="zusammengestellt von")
    created_at = models.DateTimeField("zusammengestellt")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="bestätigt von")
    confirmed_at = models.DateTimeField("bestätigt", null=True)
    finished_at = models.DateTimeField("abgeschlossen", null=True)

    class Meta:
        verbose_name = "Verleihung"
        verbose_name_plural = "Verleihungen"
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None, finished_at=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="award_batch_confirmed_whole",
                violation_error_message="Eine Bestätigung hat Person und Zeitpunkt und geht dem Abschluss voraus.",
            ),
        ]

    def __str__(self) -> str:
        return f"Verleihung zum {self.awarded_on:%d.%m.%Y}"


class AwardItem(models.Model):
    """One case of a batch. Without `done_at` it is still to be tried; a `problem` says why there is no seal."""

    batch = models.ForeignKey(AwardBatch, models.CASCADE, related_name="items", verbose_name="Verleihung")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name="Fall")
    done_at = models.DateTimeField("bearbeitet", null=True)
    problem = models.TextField("warum nicht", blank=True)

    class Meta:
        verbose_name = "Fall einer Verleihung"
        verbose_name_plural = "Fälle einer Verleihung"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "case"],
                name="award_item_once",
                violation_error_message="Dieser Fall gehört schon zu der Verleihung.",
            ),
            models.CheckConstraint(
                condition=Q(problem="") | Q(done_at__isnull=False),
                name="award_item_problem_when_done",
                violation_error_message="Ein Hindernis wird erst bei der Verleihung festgestellt.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}"
