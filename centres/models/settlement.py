import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from centres.models.letter import Letter


class Settlement(models.Model):
    """Somebody has dealt with a letter that did not arrive, in another way than by sending it again."""

    letter = models.OneToOneField(Letter, models.PROTECT, related_name="settlement", verbose_name="Brief")
    how = models.TextField("was getan wurde")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="erledigt von")
    at = models.DateTimeField("erledigt")

    class Meta:
        verbose_name = "Erledigung eines Briefes"
        verbose_name_plural = "Erledigungen von Briefen"
        constraints = [
            models.CheckConstraint(
                condition=Q(how__regex=r"\S"),
                name="settlement_says_how",
                violation_error_message="Bitte schreiben Sie, was Sie getan haben.",
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.how
