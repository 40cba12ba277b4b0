import re
from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Role, User
from centres.models.centre import FamilyCentre
from centres.models.hold import Hold
from centres.models.periods import on_day
from centres.models.text import LetterText


class LetterState(models.TextChoices):
    QUEUED = "queued", "wartet auf den Versand"
    IN_FLIGHT = "in_flight", "wird gerade versandt"
    SENT = "sent", "versandt"
    RETRYING = "retrying", "wird erneut versucht"
    FAILED = "failed", "nicht zustellbar"
    WITHHELD = "withheld", "zurückgehalten"
    SETTLED = "settled", "erledigt"  # it did not arrive, and somebody dealt with it otherwise: `Settlement`


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """The ministry reads all post; a centre its own correspondence, whoever of it was written to."""
        if user.is_authenticated and user.is_active and user.is_ministry:
            return self.all()
        if user.is_authenticated and user.is_active and user.role == Role.CENTRE:
            mine = Q(centre__memberships__user=user) & on_day(on, "centre__memberships__")
            return self.filter(mine).distinct()
        return self.none()

    def deliverable(self, *, at: datetime) -> Self:
        """Waiting, or due for another try."""
        return self.filter(Q(state=LetterState.QUEUED) | Q(state=LetterState.RETRYING, retry_after__lte=at)).order_by(
            "pk"
        )

    def waiting(self) -> Self:
        return self.filter(state__in=[LetterState.QUEUED, LetterState.RETRYING])

    def over(self, *, on: date) -> Self:
        """What they announce is past."""
        return self.filter(useful_through__lt=on)

    def of_occasion(self, key: str) -> Self:
        """The letter of this key and its copies, whose keys go on with a slash and a number."""
        return self.filter(Q(key=key) | Q(key__startswith=f"{key}/", key__regex=f"^{re.escape(key)}/[0-9]+$"))

    def undelivered(self) -> Self:
        return self.filter(state__in=[LetterState.RETRYING, LetterState.FAILED])


class Letter(models.Model):
    """A letter is a row before it is a message; its key names the occasion, so it is written once."""

    key = models.CharField("Anlass", max_length=150, unique=True)
    template = models.CharField("Vorlage", max_length=80)
    # What the letter says about itself, as it was when it was written: rules and dates change afterwards.
    rule = models.CharField("Regel", max_length=80, help_text="Die Regel oder der Schritt, der den Brief schrieb.")
    why = models.TextField("warum")
    comes_next = models.TextField("was folgt", blank=True)
    mandatory = models.BooleanField("verpflichtend", default=True, help_text="Nein: abbestellbar.")
    useful_through = models.DateField("nützlich bis", null=True, help_text="Danach wird er nicht mehr versandt.")
    text = models.ForeignKey(
        LetterText,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="letters",
        verbose_name="Fassung des Textes",
        help_text="Leer: der mitgelieferte Text.",
    )
    centre = models.ForeignKey(
        FamilyCentre, models.PROTECT, related_name="letters", verbose_name="Familienzentrum", null=True
    )
    to = models.EmailField("an")
    to_name = models.CharField("Name", max_length=150, blank=True)
    subject = models.CharField("Betreff", max_length=250)
    body = models.TextField("Text")
    state = models.CharField("Stand", max_length=10, choices=LetterState, default=LetterState.QUEUED)
    written_at = models.DateTimeField("geschrieben")
    sent_at = models.DateTimeField("versandt", null=True)
    claimed_at = models.DateTimeField("übernommen", null=True)
    retry_after = models.DateTimeField("nächster Versuch", null=True)
    attempts = models.PositiveSmallIntegerField("Versuche", default=0)
    error = models.TextField("Antwort des Mailservers", blank=True)
    message_id = models.CharField("Message-ID", max_length=200, blank=True)
    # One attachment, as text: what was sent is kept, and never made anew.
    attachment_name = models.CharField("Anlage", max_length=80, blank=True)
    attachment_type = models.CharField("Art der Anlage", max_length=80, blank=True)
    attachment_text = models.TextField("Inhalt der Anlage", blank=True)
    hold = models.ForeignKey(
        Hold, models.PROTECT, related_name="letters", verbose_name="angehalten durch", null=True, blank=True
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "Brief"
        verbose_name_plural = "Briefe"
        indexes = [
            models.Index("state", "retry_after", condition=~Q(state="sent"), name="letter_waiting"),
            models.Index(fields=["centre", "-written_at"], name="letter_of_centre"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="letter_sent_with_moment",
                violation_error_message="Ein versandter Brief trägt den Zeitpunkt des Versands.",
            ),
            models.CheckConstraint(
                condition=~Q(rule="") & ~Q(why=""),
                name="letter_says_why",
                violation_error_message="Jeder Brief nennt seine Regel und seinen Grund.",
            ),
            models.CheckConstraint(
                condition=Q(hold=None) | Q(state="withheld"),
                name="letter_held_is_withheld",
                violation_error_message="Ein angehaltener Brief ist zurückgehalten.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LetterState.values),
                name="letter_state_known",
                violation_error_message="Diesen Stand eines Briefes gibt es nicht.",
            ),
            models.CheckConstraint(
                condition=Q(attachment_name="", attachment_type="", attachment_text="")
                | (~Q(attachment_name="") & ~Q(attachment_type="") & ~Q(attachment_text="")),
                name="letter_attachment_whole",
                violation_error_message="Eine Anlage hat Namen, Art und Inhalt.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} an {self.to}"

    @property
    def occasion(self) -> str:
        """The key without what tells copies apart."""
        return re.sub(r"/[0-9]+$", "", self.key)

    def copies(self) -> LetterQuerySet:
        """What other people of the same centre got on the same occasion."""
        same = Letter.objects.of_occasion(self.occasion).filter(centre=self.centre_id)
        return same.exclude(pk=self.pk).order_by("pk")
