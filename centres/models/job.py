from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.db.models import Q


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def well(self) -> "JobRunQuerySet":
        """Ended, and without an error."""
        return self.filter(finished_at__isnull=False, error="")

    def last_well(self, jobs: Collection[str]) -> dict[str, datetime]:
        """When each of the jobs last came to its end without an error: one look into the index for each."""
        ends = [self.well().filter(job=job).order_by("-finished_at")[:1] for job in jobs]
        return {run.job: run.finished_at for run in self.none().union(*ends, all=True) if run.finished_at}

    def newest(self, jobs: Collection[str]) -> dict[str, "JobRun"]:
        """The run of each of the jobs that began last."""
        begun = [self.filter(job=job).order_by("-started_at")[:1] for job in jobs]
        return {run.job: run for run in self.none().union(*begun, all=True)}


class JobRun(models.Model):
    """The heartbeat of a job: one row for each time it ran. A run without an end is at work, or was killed."""

    job = models.CharField("Aufgabe", max_length=100)
    started_at = models.DateTimeField("begonnen")
    finished_at = models.DateTimeField("beendet", null=True)
    wrote = models.PositiveIntegerField("erledigt", null=True)
    error = models.CharField("Fehler", max_length=500, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = "Lauf einer Aufgabe"
        verbose_name_plural = "Wiederkehrende Aufgaben"
        indexes = [
            models.Index("job", "finished_at", condition=Q(error=""), name="job_run_well"),
            models.Index(fields=["job", "-started_at"], name="job_run_latest"),
            models.Index(fields=["started_at"], name="job_run_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=models.F("started_at")),
                name="job_run_in_order",
                violation_error_message="Ein Lauf endet nicht, bevor er beginnt.",
            ),
        ]

    def __str__(self) -> str:
        return self.job
