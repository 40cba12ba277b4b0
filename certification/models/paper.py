"""What auditors keep at hand while they review: quotes from the evidence, notes about the case, texts used often."""

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import User
from certification.models.case import Case
from certification.models.catalogue import Criterion
from certification.models.evidence import Evidence


@tracked()
class Quote(models.Model):
    """A place in a piece of evidence that a verdict leans on: the piece, the page, the words."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="quotes", verbose_name="Fall")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name="Kriterium")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="quotes", verbose_name="Nachweis")
    page = models.PositiveSmallIntegerField("Seite", default=1)
    text = models.TextField("Wortlaut")
    at = models.DateTimeField("wann")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Person")

    class Meta:
        verbose_name = "Zitat aus einem Nachweis"
        verbose_name_plural = "Zitate aus Nachweisen"
        constraints = [
            models.CheckConstraint(
                condition=Q(page__gte=1) & ~Q(text=""),
                name="quote_whole",
                violation_error_message="Ein Zitat hat Wortlaut und Seite.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence}, Seite {self.page}"


class CaseNote(models.Model):
    """What auditors tell each other about a case; the centre never reads it. Written once, never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes", verbose_name="Fall")
    text = models.TextField("Notiz")
    at = models.DateTimeField("wann")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Person")

    class Meta:
        verbose_name = "Notiz zum Fall"
        verbose_name_plural = "Notizen zum Fall"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text


class TextUse(models.TextChoices):
    APPRAISAL = "text", "Würdigung"
    POTENTIAL = "potential", "Entwicklungsmöglichkeiten"


class TextBlockQuerySet(models.QuerySet["TextBlock"]):
    def for_area(self, number: int) -> "TextBlockQuerySet":
        """Meant for every area, or for this one. By number, so that they outlive an edition."""
        return self.filter(Q(area_number=None) | Q(area_number=number))


@tracked()
class TextBlock(models.Model):
    """A text auditors use again and again, to be inserted and then changed. Kept by the ministry."""

    title = models.CharField("Titel", max_length=80, unique=True)
    use = models.CharField("Feld", max_length=10, choices=TextUse, default=TextUse.APPRAISAL)
    area_number = models.PositiveSmallIntegerField(
        "Bereich", null=True, blank=True, help_text="Die Nummer des Bereichs; leer gilt der Text für jeden."
    )
    text = models.TextField("Text")

    objects = TextBlockQuerySet.as_manager()

    class Meta:
        verbose_name = "Textbaustein"
        verbose_name_plural = "Textbausteine"
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
