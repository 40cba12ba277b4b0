from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.models import User
from centres.texts.book import BOOK


class TextState(models.TextChoices):
    DRAFT = "draft", "Entwurf"
    WAITING = "waiting", "wartet auf Freigabe"
    SENT_BACK = "sent_back", "zurückgegeben"
    RELEASED = "released", "in Kraft"
    SUPERSEDED = "superseded", "abgelöst"
    DISCARDED = "discarded", "verworfen"


OPEN_TEXTS = [TextState.DRAFT.value, TextState.WAITING.value, TextState.SENT_BACK.value]
EVER_IN_FORCE = [TextState.RELEASED.value, TextState.SUPERSEDED.value]


class LetterTextQuerySet(models.QuerySet["LetterText"]):
    def in_force(self) -> Self:
        return self.filter(state=TextState.RELEASED)

    def open(self) -> Self:
        """Being written, or before the second person."""
        return self.filter(state__in=OPEN_TEXTS)

    def waiting(self) -> Self:
        return self.filter(state=TextState.WAITING)

    def with_people(self) -> Self:
        return self.select_related("author", "released_by", "restores")


@tracked()
class LetterText(models.Model):
    """One version of the ministry's own text for a letter; written by `centres.texts.acts` alone.

    A `shipped` version has no words of its own: it puts the text of the file back in force. Whoever wrote a version
    does not release it, except for a shipped one, whose words the author did not write (decision 14).
    """

    letter = models.CharField("Brief", max_length=80)
    number = models.PositiveIntegerField("Fassung")
    shipped = models.BooleanField("mitgelieferter Text", default=False)
    subject = models.CharField("Betreff", max_length=200, blank=True)
    body = models.TextField("Text", blank=True)
    reason = models.CharField("Warum diese Änderung?", max_length=250)
    restores = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="nimmt wieder auf"
    )
    state = models.CharField("Stand", max_length=10, choices=TextState, default=TextState.DRAFT)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="geschrieben von")
    written_at = models.DateTimeField("geschrieben")
    sent_back_reason = models.TextField("Grund der Rückgabe", blank=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="freigegeben von")
    released_at = models.DateTimeField("in Kraft seit", null=True)
    superseded_at = models.DateTimeField("abgelöst", null=True)

    objects = LetterTextQuerySet.as_manager()

    class Meta:
        verbose_name = "Brieftext"
        verbose_name_plural = "Brieftexte"
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "number"],
                name="text_number_once",
                violation_error_message="Diese Fassung des Briefes gibt es schon. Bitte laden Sie die Seite neu.",
            ),
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(state="released"),
                name="one_text_in_force",
                violation_error_message="Von diesem Brief ist schon eine andere Fassung in Kraft.",
            ),
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(state__in=OPEN_TEXTS),
                name="one_open_text",
                violation_error_message="Zu diesem Brief gibt es schon einen Entwurf.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TextState.values),
                name="text_state_known",
                violation_error_message="Diesen Stand einer Fassung gibt es nicht.",
            ),
            models.CheckConstraint(
                condition=Q(shipped=True, subject="", body="") | (Q(shipped=False) & ~Q(subject="") & ~Q(body="")),
                name="text_has_words",
                violation_error_message="Ein Brief braucht Betreff und Text.",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | Q(shipped=True) | ~Q(released_by=F("author")),
                name="text_released_by_another",
                violation_error_message="Wer einen Text schreibt, darf ihn nicht selbst freigeben.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=EVER_IN_FORCE, released_by__isnull=False, released_at__isnull=False)
                | (~Q(state__in=EVER_IN_FORCE) & Q(released_by=None, released_at=None)),
                name="text_released_whole",
                violation_error_message="Eine Fassung in Kraft hat Person und Zeitpunkt der Freigabe.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            # What was once in force stays word for word, so that a letter's text can be shown for good.
            pgtrigger.Protect(
                name="said_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=EVER_IN_FORCE)
                & (
                    pgtrigger.Q(old__subject__df=pgtrigger.F("new__subject"))
                    | pgtrigger.Q(old__body__df=pgtrigger.F("new__body"))
                    | pgtrigger.Q(old__shipped__df=pgtrigger.F("new__shipped"))
                    | pgtrigger.Q(old__author__df=pgtrigger.F("new__author"))
                ),
            ),
        ]

    def __str__(self) -> str:
        title = BOOK[self.letter].title if self.letter in BOOK else self.letter
        return f"{title}, Fassung {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_TEXTS
