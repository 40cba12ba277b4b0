from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.history import tracked
from centres.rules.subscriptions import KINDS


class OptOutQuerySet(models.QuerySet["OptOut"]):
    def in_force(self) -> Self:
        return self.filter(ended_at=None)

    def of(self, address: str) -> Self:
        return self.in_force().filter(address=address.lower())


@tracked()
class OptOut(models.Model):
    """An address that wants no letters of a kind; only letters that are not mandatory have one."""

    address = models.EmailField("Adresse")
    kind = models.CharField("Art der Briefe", max_length=30, choices=list(KINDS.items()))
    since = models.DateTimeField("abbestellt")
    ended_at = models.DateTimeField("wieder bestellt", null=True)

    objects = OptOutQuerySet.as_manager()

    class Meta:
        verbose_name = "Abbestellung"
        verbose_name_plural = "Abbestellungen"
        constraints = [
            models.UniqueConstraint(
                fields=["address", "kind"],
                condition=Q(ended_at=None),
                name="opt_out_once",
                violation_error_message="Diese Briefe sind schon abbestellt.",
            ),
            models.CheckConstraint(
                condition=Q(address=Lower("address")) & ~Q(address=""),
                name="opt_out_of_folded_address",
                violation_error_message="Die Adresse einer Abbestellung steht in Kleinbuchstaben.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=KINDS),
                name="opt_out_kind_known",
                violation_error_message="Diese Art von Briefen lässt sich nicht abbestellen.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_kind_display()}"
