from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.models import User
from centres.models import FamilyCentre
from events.models.event import InfoEvent


class InvitationBatch(models.Model):
    """What somebody of the service office sent off in one go: invitations, or the one gentle reminder of them.

    `chosen` says in words whom it was meant for; `people` is the number that was shown and confirmed.
    """

    class Act(models.TextChoices):
        INVITE = "invite", "eingeladen"
        REMIND = "remind", "erinnert"

    event = models.ForeignKey(InfoEvent, models.PROTECT, related_name="batches", verbose_name="Veranstaltung")
    act = models.CharField("was", max_length=6, choices=Act)
    chosen = models.TextField("wen")
    people = models.PositiveIntegerField("Personen")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Person")
    at = models.DateTimeField("wann")

    class Meta:
        verbose_name = "Versand von Einladungen"
        verbose_name_plural = "Versand von Einladungen"
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=1),
                name="invitation_batch_of_somebody",
                violation_error_message="Ein Versand geht an mindestens eine Person.",
            ),
            models.CheckConstraint(
                condition=Q(act__in=["invite", "remind"]),
                name="invitation_batch_act_known",
                violation_error_message="Versandt wird eine Einladung oder eine Erinnerung.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} {self.get_act_display()}, {self.event}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def without_letter(self) -> "InvitationQuerySet":
        """Confirmed, and the letter is still to be written."""
        return self.filter(batch__isnull=False, written_at=None)

    def without_reminder(self) -> "InvitationQuerySet":
        return self.filter(reminder__isnull=False, reminder_written_at=None)


class Invitation(models.Model):
    """Who was invited to an event: a person once, even with several centres. `reminded_at`: the one reminder.

    The row is the decision; `written_at` and `reminder_written_at` say that its letter has been seen to.
    """

    event = models.ForeignKey(InfoEvent, models.PROTECT, related_name="invitations", verbose_name="Veranstaltung")
    batch = models.ForeignKey(
        InvitationBatch, models.PROTECT, null=True, related_name="invitations", verbose_name="Versand"
    )
    centre = models.ForeignKey(
        FamilyCentre, models.PROTECT, related_name="event_invitations", verbose_name="Familienzentrum"
    )
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="Person")
    name = models.CharField("Name", max_length=150, blank=True)
    email = models.EmailField("E-Mail-Adresse")
    invited_at = models.DateTimeField("eingeladen")
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="eingeladen von")
    written_at = models.DateTimeField("Einladung geschrieben", null=True)
    reminded_at = models.DateTimeField("erinnert", null=True)
    reminder = models.ForeignKey(
        InvitationBatch, models.PROTECT, null=True, related_name="reminded", verbose_name="Versand der Erinnerung"
    )
    reminder_written_at = models.DateTimeField("Erinnerung geschrieben", null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "Einladung"
        verbose_name_plural = "Einladungen"
        indexes = [
            models.Index("event", condition=Q(written_at=None), name="invitation_to_write"),
            models.Index(
                "event", condition=Q(reminder__isnull=False, reminder_written_at=None), name="reminder_to_write"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "event",
                Lower("email"),
                name="invited_once",
                violation_error_message="Diese Person ist zu der Veranstaltung schon eingeladen.",
            ),
            models.CheckConstraint(
                condition=Q(reminded_at=None) | Q(reminded_at__gte=F("invited_at")),
                name="reminded_after_invited",
                violation_error_message="Erinnert wird nach der Einladung.",
            ),
            models.CheckConstraint(
                condition=Q(reminder=None) | Q(reminded_at__isnull=False),
                name="reminder_with_moment",
                violation_error_message="Eine Erinnerung hat einen Zeitpunkt.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.email}, {self.event}"
