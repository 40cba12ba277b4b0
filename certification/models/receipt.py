from datetime import date
from typing import Self

import pgtrigger
from django.db import models

from accounts.history import tracked
from accounts.models import User
from certification.models.case import Case, Step
from certification.models.issuing import differs, with_file_from


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Whoever may see the case may see what was handed in."""
        return self.filter(step__case__in=Case.objects.visible_to(user, on=on))

    def printed(self) -> Self:
        return self.exclude(printed_at=None)

    def unprinted(self) -> Self:
        return self.filter(printed_at=None)


@tracked(exclude=["facts"])
class Receipt(models.Model):
    """What a centre handed in, as it was in that moment. First the facts, then the file; each is written once."""

    step = models.OneToOneField(Step, models.PROTECT, related_name="receipt", verbose_name="Schritt")
    facts = models.JSONField("was eingereicht wurde")
    printed_at = models.DateTimeField("gedruckt", null=True)
    file = models.FileField("Datei", upload_to="receipts/%Y/", blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = "Quittung"
        verbose_name_plural = "Quittungen"
        constraints = [
            with_file_from(
                "printed_at",
                name="receipt_printed_whole",
                message="Eine gedruckte Quittung hat Datei, Zeitpunkt und Prüfsumme.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="said_once",
                operation=pgtrigger.Update,
                condition=differs("facts", "step_id"),
            ),
            pgtrigger.Protect(
                name="printed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__printed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Quittung zu Schritt {self.step_id}"
