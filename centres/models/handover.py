from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.models import User
from centres.models.centre import FamilyCentre

PROVIDER_HAS = timedelta(days=14)  # to answer; then the ministry may decide in its place


class HandoverState(models.TextChoices):
    ASKED = "asked", "beim Träger"
    REFUSED = "refused", "vom Träger abgelehnt"
    CONFIRMED = "confirmed", "bestätigt"
    WITHDRAWN = "withdrawn", "zurückgezogen"
    CLOSED = "closed", "nicht vollzogen"


OPEN = [HandoverState.ASKED, HandoverState.REFUSED]


class HandoverQuerySet(models.QuerySet["Handover"]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def waiting_for_ministry(self, *, at: datetime) -> Self:
        """Nobody at the provider can be asked, or it said no, or it has not answered in time."""
        late = Q(provider_email="") | Q(asked_at__lte=at - PROVIDER_HAS)
        return self.filter(Q(state=HandoverState.REFUSED) | Q(state=HandoverState.ASKED) & late)


@tracked()
class Handover(models.Model):
    """A centre gets a new lead, once the provider (or in its place the ministry) has confirmed it.

    The membership itself changes with the confirmation; until then nobody has gained or lost anything.
    """

    centre = models.ForeignKey(FamilyCentre, models.PROTECT, related_name="handovers", verbose_name="Familienzentrum")
    state = models.CharField("Stand", max_length=10, choices=HandoverState, default=HandoverState.ASKED)
    successor_name = models.CharField("Name der neuen Leitung", max_length=150)
    successor_email = models.EmailField("E-Mail-Adresse der neuen Leitung")
    starts_on = models.DateField("erster Tag der neuen Leitung")
    provider_name = models.CharField("Träger", max_length=250, blank=True)
    provider_email = models.EmailField("Adresse des Trägers", blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="beantragt von")
    asked_at = models.DateTimeField("beantragt")
    # Whoever had the letter to the provider's address acts without an account: then nobody is named.
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="entschieden von", null=True)
    decided_at = models.DateTimeField("entschieden", null=True)
    reason = models.TextField("Begründung", blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = "Übergabe der Leitung"
        verbose_name_plural = "Übergaben der Leitung"
        constraints = [
            models.UniqueConstraint(
                fields=["centre"],
                condition=Q(state__in=["asked", "refused"]),
                name="one_open_handover_per_centre",
                violation_error_message="Für dieses Familienzentrum läuft schon eine Übergabe.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HandoverState.values),
                name="handover_state_known",
                violation_error_message="Diesen Stand einer Übergabe gibt es nicht.",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None) | (~Q(state="asked") & Q(decided_at__gte=F("asked_at"))),
                name="handover_decided_with_moment",
                violation_error_message="Eine entschiedene Übergabe trägt den Zeitpunkt der Entscheidung.",
            ),
            models.CheckConstraint(
                condition=~Q(successor_name="") & ~Q(successor_email=""),
                name="handover_names_successor",
                violation_error_message="Eine Übergabe nennt Namen und E-Mail-Adresse der neuen Leitung.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre}: {self.successor_name} ab {self.starts_on:%d.%m.%Y}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def provider_late(self, at: datetime) -> bool:
        return self.state == HandoverState.ASKED and at >= self.asked_at + PROVIDER_HAS
