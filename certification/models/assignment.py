from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.models import Role, User
from centres.models.periods import in_order, never_overlapping, on_day
from certification.models.case import Case


class AssignmentBatch(models.Model):
    """Many cases given away in one go: who decided, when, how many, why. Its assignments say what came of it."""

    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="entschieden von")
    at = models.DateTimeField("wann")
    number = models.PositiveIntegerField("Fälle, wie bestätigt")
    reason = models.TextField("Begründung")

    class Meta:
        verbose_name = "Sammelverteilung"
        verbose_name_plural = "Sammelverteilungen"
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & Q(number__gte=1),
                name="assignment_batch_whole",
                violation_error_message="Eine Sammelverteilung hat mindestens einen Fall und eine Begründung.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number} Fälle, verteilt von {self.by.name}"


class Assignment(models.Model):
    """One change of who looks after a case: who gets it, who had it, who decided, why. Never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments", verbose_name="Fall")
    to = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="zuständig wird")
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="zuständig war")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="entschieden von")
    at = models.DateTimeField("wann")
    note = models.TextField("Hinweis", blank=True)
    batch = models.ForeignKey(
        AssignmentBatch, models.PROTECT, null=True, related_name="assignments", verbose_name="Sammelverteilung"
    )

    class Meta:
        verbose_name = "Zuständigkeit"
        verbose_name_plural = "Zuständigkeiten"
        indexes = [models.Index("case", "at", name="assignment_of_case")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.instead_of.name if self.instead_of else 'niemand'} → {self.to.name}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on_day(self, day: date) -> Self:
        return self.filter(on_day(day))

    def visible_to(self, user: User) -> Self:
        """Whoever is away, whoever stands in, and the team lead."""
        if user.is_team_lead:
            return self.all()
        return self.filter(Q(auditor=user) | Q(deputy=user)) if user.is_auditor else self.none()


@tracked()
class Absence(models.Model):
    """An auditor is away; on these days the deputy sees the cases among her own."""

    auditor = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="absences",
        verbose_name="abwesend",
        limit_choices_to={"role": Role.AUDITOR},
    )
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="vertreten durch")
    starts_on = models.DateField("erster Tag")
    ends_on = models.DateField("letzter Tag")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="eingetragen von")
    entered_at = models.DateTimeField("eingetragen am")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "Abwesenheit"
        verbose_name_plural = "Abwesenheiten"
        constraints = [
            in_order(name="absence_in_order"),
            models.CheckConstraint(
                condition=~Q(deputy=F("auditor")),
                name="absence_other_deputy",
                violation_error_message="Niemand vertritt sich selbst. Bitte wählen Sie eine andere Person.",
            ),
            never_overlapping(
                "auditor_id",
                name="absence_once_a_day",
                message="In dieser Zeit ist schon eine Abwesenheit eingetragen. Bitte beenden Sie jene zuerst.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.auditor.name}, vertreten durch {self.deputy.name}"


class SavedFilter(models.Model):
    """What somebody looks at again and again: the address of a worklist under a name."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name="Person")
    name = models.CharField("Name", max_length=60)
    query = models.CharField("Auswahl", max_length=1000)

    class Meta:
        verbose_name = "gespeicherte Auswahl"
        verbose_name_plural = "gespeicherte Auswahlen"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_filter_once",
                violation_error_message="Unter diesem Namen haben Sie schon eine Auswahl gespeichert. "
                "Bitte wählen Sie einen anderen Namen.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
