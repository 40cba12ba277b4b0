from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User
from centres.models import FamilyCentre, YouthOffice
from events.models.event import InfoEvent


class MailingGroup(models.TextChoices):
    BOOKED = "booked", "alle mit Platz"
    WAITING = "waiting", "alle auf der Warteliste"
    SILENT = "silent", "alle Eingeladenen ohne Anmeldung"
    ATTENDED = "attended", "alle, die da waren"


class MailingState(models.TextChoices):
    DRAFT = "draft", "Entwurf"
    RELEASED = "released", "freigegeben"


class Mailing(models.Model):
    """A letter the service office writes to a group of one event. `state` is written by `events.mailings` alone.

    Whether it is stopped is known to the post alone: a hold of `occasion` keeps whatever has not left yet.
    """

    event = models.ForeignKey(InfoEvent, models.PROTECT, related_name="mailings", verbose_name="Veranstaltung")
    group = models.CharField("An wen", max_length=10, choices=MailingGroup)
    youth_office = models.ForeignKey(
        YouthOffice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Nur Jugendamt"
    )
    subject = models.CharField("Betreff", max_length=200)
    text = models.TextField("Text")
    state = models.CharField("Stand", max_length=10, choices=MailingState, default=MailingState.DRAFT, editable=False)
    drafted_at = models.DateTimeField("begonnen")
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="begonnen von")
    released_at = models.DateTimeField("freigegeben", null=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="freigegeben von")

    class Meta:
        verbose_name = "Rundbrief"
        verbose_name_plural = "Rundbriefe"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", released_at=None, released_by=None)
                | Q(state="released", released_at__isnull=False, released_by__isnull=False),
                name="mailing_released_by_someone",
                violation_error_message="Ein freigegebener Rundbrief nennt Person und Zeitpunkt der Freigabe.",
            ),
            models.CheckConstraint(
                condition=Q(group__in=MailingGroup.values),
                name="mailing_group_known",
                violation_error_message="Diese Gruppe gibt es nicht.",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def occasion(self) -> str:
        """The key its letters share."""
        return f"mailing-{self.pk}"


class MailingRecipient(models.Model):
    """Who gets a mailing: frozen when it was released. `written_at`: the letter has been seen to."""

    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="recipients", verbose_name="Rundbrief")
    name = models.CharField("Name", max_length=150, blank=True)
    email = models.EmailField("E-Mail-Adresse")
    centre = models.ForeignKey(
        FamilyCentre, models.PROTECT, null=True, related_name="+", verbose_name="Familienzentrum"
    )
    written_at = models.DateTimeField("geschrieben", null=True)

    class Meta:
        verbose_name = "Empfänger eines Rundbriefs"
        verbose_name_plural = "Empfänger eines Rundbriefs"
        constraints = [
            models.UniqueConstraint(
                "mailing",
                Lower("email"),
                name="mailed_once",
                violation_error_message="Diese Person bekommt den Rundbrief schon.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.email}, {self.mailing}"

    @property
    def key(self) -> str:
        """Of the letter; as a copy of the mailing's occasion, so that one hold stops them all."""
        return f"{self.mailing.occasion}/{self.pk}"
