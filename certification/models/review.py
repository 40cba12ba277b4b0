import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast
from django.db.models.lookups import IsNull

from accounts.history import tracked
from accounts.models import User
from certification.models.case import Case
from certification.models.catalogue import Area, Part
from certification.models.query import Query


class Claimed(models.TextChoices):
    YES = "yes", "ja"
    PARTLY = "partly", "teilweise"
    NO = "no", "nein"


class Verdict(models.TextChoices):
    MET = "met", "erfüllt"
    NOT_MET = "not_met", "nicht erfüllt"
    QUERY = "query", "Rückfrage"


JUDGED = (Verdict.MET, Verdict.NOT_MET)  # what a query asks for is still open


class Grade(models.TextChoices):
    """Grades seen in reports about 2019 (domain.md § 4.4); the full scale of 2020 is not known."""

    VERY_GOOD = "very_good", "sehr gut"
    GOOD = "good", "gut"
    MET = "met", "erreicht"
    NOT_MET = "not_met", "nicht erreicht"


MOST_DATES = 60  # of one part: more than one a week


class Position(Func):
    """Where in an array a value stands; without it NULL."""

    function = "array_position"
    output_field = models.IntegerField()


@tracked()
class Answer(models.Model):
    """What the centre says to one part of a criterion.

    An offer may be counted, dated or both: how often it took place in a half-year is the greater of the two, see
    `rules.offers`. Which dates lie in the audit period is the round's affair and asked where they are entered.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="answers", verbose_name="Fall")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+", verbose_name="Teil des Kriteriums")
    value = models.CharField("Antwort", max_length=6, choices=Claimed, blank=True)
    text = models.TextField("Beschreibung", blank=True)
    first_half = models.PositiveSmallIntegerField("im 1. Halbjahr", null=True, blank=True)
    second_half = models.PositiveSmallIntegerField("im 2. Halbjahr", null=True, blank=True)
    offers = ArrayField(models.DateField(), verbose_name="Daten der Angebote", default=list, blank=True)
    saved_at = models.DateTimeField("gespeichert")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="gespeichert von")

    class Meta:
        verbose_name = "Antwort"
        verbose_name_plural = "Antworten"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "part"],
                name="answer_once",
                violation_error_message="Diese Frage ist schon beantwortet.",
            ),
            models.CheckConstraint(
                condition=Q(value__in=["", *Claimed.values]),
                name="answer_value_known",
                violation_error_message="Diese Antwort gibt es nicht.",
            ),
            models.CheckConstraint(
                condition=Q(offers__len__lte=MOST_DATES)
                & Q(IsNull(Position(F("offers"), Cast(Value(None), models.DateField())), True)),
                name="answer_offers_are_dates",
                violation_error_message=f"Zu einer Antwort gehören höchstens {MOST_DATES} Daten, keines davon leer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part.code}: {self.get_value_display()}"


@tracked()
class Finding(models.Model):
    """The auditor's verdict on one part of a criterion; the verdict on the criterion follows from its parts.

    The verdict "query" marks what is to be asked; `query` is what was sent of it, the mark itself is gone then.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="findings", verbose_name="Fall")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+", verbose_name="Teil des Kriteriums")
    verdict = models.CharField("Urteil", max_length=8, choices=Verdict)
    note = models.TextField("interne Notiz", blank=True)
    remark = models.TextField("Hinweis an das Familienzentrum", blank=True)  # read there after the release
    question = models.TextField("Frage an das Familienzentrum", blank=True)
    query = models.ForeignKey(
        Query, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="gesendet als Rückfrage"
    )
    saved_at = models.DateTimeField("gespeichert")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="gespeichert von")

    class Meta:
        verbose_name = "Urteil"
        verbose_name_plural = "Urteile"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "part"],
                name="finding_once",
                violation_error_message="Zu diesem Teil gibt es schon ein Urteil.",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.QUERY) & ~Q(question="") | ~Q(verdict=Verdict.QUERY) & Q(question=""),
                name="finding_query_has_question",
                violation_error_message="Zu „Rückfrage“ gehört eine Frage, zu einem anderen Urteil keine.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part.code}: {self.get_verdict_display()}"


@tracked()
class AreaResult(models.Model):
    case = models.ForeignKey(Case, models.PROTECT, related_name="area_results", verbose_name="Fall")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="Bereich")
    grade = models.CharField("Bewertung", max_length=10, choices=Grade)
    text = models.TextField("Würdigung", blank=True)
    potential = models.TextField("Entwicklungsmöglichkeiten", blank=True)
    saved_at = models.DateTimeField("gespeichert", null=True, editable=False)
    saved_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="gespeichert von"
    )

    class Meta:
        verbose_name = "Ergebnis eines Bereichs"
        verbose_name_plural = "Ergebnisse der Bereiche"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "area"],
                name="area_result_once",
                violation_error_message="Dieser Bereich ist schon bewertet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.get_grade_display()}"


PENDING_CORRECTION = Q(replaces__isnull=False, released_at=None, sent_back_at=None)
STANDING = Q(sent_back_at=None, replaced_at=None) & (Q(replaces=None) | Q(released_at__isnull=False))


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def standing(self) -> "OutcomeQuerySet":
        """What counts for each case; a correction only from its release on."""
        return self.filter(STANDING)

    def pending_corrections(self) -> "OutcomeQuerySet":
        return self.filter(PENDING_CORRECTION)


@tracked()
class Outcome(models.Model):
    """What one auditor recommends and another releases. A computed result helps and never decides."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="outcomes", verbose_name="Fall")
    eligible = models.BooleanField("Gütesiegelfähig")
    computed = models.BooleanField("errechnet")
    deviation_reason = models.TextField("Begründung der Abweichung", blank=True)
    closing_text = models.TextField("Abschließende Würdigung", blank=True)
    recommended_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="vorgeschlagen von")
    recommended_at = models.DateTimeField("vorgeschlagen am")
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="freigegeben von")
    released_at = models.DateTimeField("freigegeben am", null=True)
    sent_back_at = models.DateTimeField("zurückgegeben am", null=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name="berichtigt"
    )
    correction_reason = models.TextField("Grund der Berichtigung", blank=True)
    replaced_at = models.DateTimeField("ersetzt am", null=True)
    sent_back_reason = models.TextField("Grund der Rückgabe einer Berichtigung", blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = "Ergebnis"
        verbose_name_plural = "Ergebnisse"
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("recommended_by")),
                name="outcome_released_by_another",
                violation_error_message="Wer ein Ergebnis vorschlägt, darf es nicht selbst freigeben.",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None, released_at=None)
                | Q(released_by__isnull=False, released_at__isnull=False, sent_back_at=None),
                name="outcome_released_whole",
                violation_error_message="Eine Freigabe hat Person und Zeitpunkt und schließt die Rückgabe aus.",
            ),
            models.CheckConstraint(
                condition=Q(eligible=F("computed")) | ~Q(deviation_reason=""),
                name="outcome_deviation_with_reason",
                violation_error_message="Weicht das Ergebnis von der Rechnung ab, braucht es eine Begründung.",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=STANDING,
                name="one_standing_outcome",
                violation_error_message="Zu diesem Fall liegt schon ein Ergebnis vor.",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=PENDING_CORRECTION,
                name="one_pending_correction",
                violation_error_message="Zu diesem Fall ist schon eine Berichtigung vorgeschlagen.",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None, correction_reason="")
                | (Q(replaces__isnull=False) & ~Q(correction_reason="")),
                name="outcome_corrected_with_reason",
                violation_error_message="Eine Berichtigung nennt ihren Grund.",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(released_at__isnull=False),
                name="outcome_replaced_after_release",
                violation_error_message="Ersetzt wird nur ein freigegebenes Ergebnis.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="visitor_does_not_release",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__released_by__isnull=False),
                func="""
                IF EXISTS (
                    SELECT 1 FROM certification_sitevisit v
                    WHERE v.case_id = NEW.case_id AND v.visitor_id = NEW.released_by_id AND v.held_on IS NOT NULL
                ) THEN
                    RAISE EXCEPTION 'Ein Ergebnis gibt nicht frei, wer die Begehung geführt hat.'
                    USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return "gütesiegelfähig" if self.eligible else "nicht gütesiegelfähig"

    @property
    def stands(self) -> bool:
        """As `STANDING` says it of rows."""
        return not self.sent_back_at and not self.replaced_at and (not self.replaces_id or bool(self.released_at))

    @property
    def waits_as_correction(self) -> bool:
        """As `PENDING_CORRECTION` says it of rows."""
        return bool(self.replaces_id) and not self.released_at and not self.sent_back_at
