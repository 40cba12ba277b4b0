from django.db import models
from django.db.models.functions import Lower

from accounts.models import User
from centres.models import FamilyCentre
from events.models.event import InfoEvent


class Invitation(models.Model):
    """Who was invited to an event: a person once, even with several centres. `reminded_at`: the one reminder."""

    event = models.ForeignKey(InfoEvent, models.PROTECT, related_name="invitations", verbose_name="Veranstaltung")
    centre = models.ForeignKey(
        FamilyCentre, models.PROTECT, related_name="event_invitations", verbose_name="Familienzentrum"
    )
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="Person")
    name = models.CharField("Name", max_length=150, blank=True)
    email = models.EmailField("E-Mail-Adresse")
    invited_at = models.DateTimeField("eingeladen")
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="eingeladen von")
    reminded_at = models.DateTimeField("erinnert", null=True)

    class Meta:
        verbose_name = "Einladung"
        verbose_name_plural = "Einladungen"
        constraints = [
            models.UniqueConstraint(
                "event",
                Lower("email"),
                name="invited_once",
                violation_error_message="Diese Person ist zu der Veranstaltung schon eingeladen.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.email}, {self.event}"
