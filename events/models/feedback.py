"""Feedback that nobody can trace: what was answered knows its event and nothing else (docs/decisions/0027).

There is no moment and no person in a sheet, its keys are random, and the right to answer is a row that is gone once
it is used: neither an order nor a time ties the two together.
"""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from events.models.event import InfoEvent
from events.models.registration import Registration


class FeedbackQuestion(models.Model):
    """What an event asks afterwards: to be judged from 1 to 5, or answered in words."""

    event = models.ForeignKey(InfoEvent, models.CASCADE, related_name="feedback", verbose_name="Veranstaltung")
    position = models.PositiveSmallIntegerField("Reihenfolge")
    text = models.CharField("Frage", max_length=200)
    scale = models.BooleanField("mit einer Zahl von 1 bis 5 zu beantworten", default=True)

    class Meta:
        verbose_name = "Frage zur Rückmeldung"
        verbose_name_plural = "Fragen zur Rückmeldung"

    def __str__(self) -> str:
        return self.text


class FeedbackRight(models.Model):
    """Somebody may answer, once. Deleted when it is used; no history is kept of this table."""

    registration = models.OneToOneField(
        Registration, models.CASCADE, primary_key=True, related_name="feedback_right", verbose_name="Anmeldung"
    )

    class Meta:
        verbose_name = "Recht auf Rückmeldung"
        verbose_name_plural = "Rechte auf Rückmeldung"

    def __str__(self) -> str:
        return str(self.registration)


class FeedbackSheet(models.Model):
    """What one person answered."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    event = models.ForeignKey(InfoEvent, models.PROTECT, related_name="sheets", verbose_name="Veranstaltung")

    class Meta:
        verbose_name = "Rückmeldung"
        verbose_name_plural = "Rückmeldungen"

    def __str__(self) -> str:
        return f"Rückmeldung zu {self.event}"


class FeedbackAnswer(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    sheet = models.ForeignKey(FeedbackSheet, models.CASCADE, related_name="answers", verbose_name="Rückmeldung")
    question = models.ForeignKey(FeedbackQuestion, models.PROTECT, related_name="answers", verbose_name="Frage")
    score = models.PositiveSmallIntegerField("Zahl", null=True)
    text = models.TextField("Text", blank=True)

    class Meta:
        verbose_name = "Antwort einer Rückmeldung"
        verbose_name_plural = "Antworten einer Rückmeldung"
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "question"],
                name="feedback_question_once",
                violation_error_message="Diese Frage ist schon beantwortet.",
            ),
            models.CheckConstraint(
                condition=Q(score__range=(1, 5), text="") | (Q(score=None) & ~Q(text="")),
                name="feedback_score_or_words",
                violation_error_message="Eine Antwort ist eine Zahl von 1 bis 5 oder ein Text.",
            ),
        ]

    def __str__(self) -> str:
        return self.text or str(self.score)
