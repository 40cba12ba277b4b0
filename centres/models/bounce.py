from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import User
from centres.models.letter import Letter
from centres.rules.bounces import Kind

KINDS = {
    Kind.HARD: "Adresse unzustellbar",
    Kind.REFUSED: "Brief abgewiesen",
    Kind.SOFT: "vorübergehend",
}


class BounceQuerySet(models.QuerySet["Bounce"]):
    def blocking(self) -> Self:
        """Nothing is sent to these addresses until the ministry lifts the block."""
        return self.filter(kind=Kind.HARD, lifted_at=None)

    def lift(self, *, by: User, at: datetime) -> int:
        """Write to these addresses again; the number of blocks lifted, each with all reports of its address."""
        addresses = list(self.blocking().values_list("address", flat=True))
        return Bounce.objects.blocking().filter(address__in=addresses).update(lifted_at=at, lifted_by=by)


class Bounce(models.Model):
    """A mail server reported that an address could not be reached (RFC 3464); `report` is the hash of its message."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="bounces", verbose_name="Brief")
    address = models.CharField("Adresse", max_length=254)
    kind = models.CharField("Art", max_length=10, choices=KINDS)
    status = models.CharField("Code", max_length=15)
    diagnostic = models.TextField("Antwort des Mailservers", blank=True)
    received_at = models.DateTimeField("gelesen")
    report = models.CharField("Meldung", max_length=64)
    lifted_at = models.DateTimeField("Sperre aufgehoben", null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, verbose_name="aufgehoben von", null=True, related_name="+")

    objects = BounceQuerySet.as_manager()

    class Meta:
        verbose_name = "Rückläufer"
        verbose_name_plural = "Rückläufer"
        indexes = [
            models.Index("address", condition=Q(kind="hard", lifted_at=None), name="bounce_blocking"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["report", "address"], name="bounce_noted_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]),
                name="bounce_kind_known",
                violation_error_message="Diese Art von Rückläufer gibt es nicht.",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="bounce_lifted_by_someone",
                violation_error_message="Eine aufgehobene Sperre nennt Person und Zeitpunkt.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} ({self.status})"

    @property
    def blocks(self) -> bool:
        return self.kind == Kind.HARD and self.lifted_at is None
