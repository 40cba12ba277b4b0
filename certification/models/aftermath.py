"""What may come after a released outcome: an objection, a correction of grades."""

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.models import User
from certification.models.case import Case
from certification.models.catalogue import Area
from certification.models.review import Grade, Outcome


class AreaCorrection(models.Model):
    """The grade and texts of one area as a correction wants them, beside what they replace.

    They take the place of the old ones with the release of the outcome they belong to, and stay here to be read.
    """

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="area_corrections", verbose_name="Ergebnis")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="Bereich")
    old_grade = models.CharField("bisherige Bewertung", max_length=10, choices=Grade)
    old_text = models.TextField("bisheriger Text", blank=True)
    old_potential = models.TextField("bisherige Entwicklungsmöglichkeiten", blank=True)
    grade = models.CharField("Bewertung", max_length=10, choices=Grade)
    text = models.TextField("Text", blank=True)
    potential = models.TextField("Entwicklungsmöglichkeiten", blank=True)

    class Meta:
        verbose_name = "Berichtigung eines Bereichs"
        verbose_name_plural = "Berichtigungen von Bereichen"
        constraints = [
            models.UniqueConstraint(
                fields=["outcome", "area"],
                name="area_corrected_once",
                violation_error_message="Dieser Bereich ist in dieser Berichtigung schon geändert.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.get_grade_display()}"


class ObjectionResult(models.TextChoices):
    UPHELD = "upheld", "stattgegeben"
    PARTLY = "partly", "teilweise stattgegeben"
    REJECTED = "rejected", "zurückgewiesen"
    WITHDRAWN = "withdrawn", "zurückgenommen"


@tracked()
class Objection(models.Model):
    """Somebody objects to a released outcome or to the decision. Form and time limits are not known
    (domain.md § 3.5), so that nothing is refused for being late; who decides reads the date.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="objections", verbose_name="Fall")
    received_on = models.DateField("eingegangen am")
    objector = models.CharField("von wem", max_length=200)
    grounds = models.TextField("Gründe", blank=True)  # inside the house only
    recorded_at = models.DateTimeField("festgehalten am")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="festgehalten von")
    result = models.CharField("Ausgang", max_length=9, choices=ObjectionResult, blank=True)
    decided_on = models.DateField("entschieden am", null=True)
    decision = models.TextField("Begründung der Entscheidung", blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="eingetragen von")

    class Meta:
        verbose_name = "Widerspruch"
        verbose_name_plural = "Widersprüche"
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", decided_on=None, decision="", decided_by=None)
                | (
                    Q(result__in=ObjectionResult.values, decided_on__isnull=False, decided_by__isnull=False)
                    & ~Q(decision="")
                ),
                name="objection_decided_whole",
                violation_error_message="Eine Entscheidung hat Ausgang, Tag, Begründung und Person.",
            ),
            models.CheckConstraint(
                condition=Q(decided_on=None) | Q(decided_on__gte=F("received_on")),
                name="objection_decided_after_receipt",
                violation_error_message="Entschieden wird nicht vor dem Tag des Eingangs.",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(decided_on=None),
                name="one_open_objection_per_case",
                violation_error_message="Zu diesem Fall ist schon ein Widerspruch offen.",
            ),
        ]

    def __str__(self) -> str:
        return f"Widerspruch vom {self.received_on:%d.%m.%Y} ({self.objector})"

    @property
    def is_open(self) -> bool:
        return self.decided_on is None
