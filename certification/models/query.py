"""Questions of the auditor, and how long the centre has for the answer."""

from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import User
from certification.models.case import Case
from certification.models.catalogue import Criterion
from certification.rules.working_days import Pause, WorkCalendar, due_day


@tracked()
class ExtraHoliday(models.Model):
    """A public holiday that the law did not foresee, as 31 October 2017 was; entered by the ministry."""

    day = models.DateField(
        "Tag", unique=True, error_messages={"unique": "Dieser Tag ist schon als Feiertag eingetragen."}
    )
    name = models.CharField("Name", max_length=80)

    class Meta:
        verbose_name = "Zusätzlicher Feiertag"
        verbose_name_plural = "Zusätzliche Feiertage"

    def __str__(self) -> str:
        return f"{self.name} am {self.day:%d.%m.%Y}"


class QueryQuerySet(models.QuerySet["Query"]):
    def open(self) -> Self:
        return self.filter(answered_at=None, closed_at=None)

    def running(self) -> Self:
        """Open, and their period is not standing still."""
        return self.open().filter(paused_on=None)

    def overdue(self, *, on: date) -> Self:
        return self.running().filter(due_on__lt=on)


class Query(models.Model):
    """One question to the centre, where it can be of one criterion. It is answered, or closed without an answer.

    Its period is counted in working days after `counted_from`, with the calendar named; without these it is a fixed
    day. The draft of an answer belongs to the centre alone until it is sent.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="queries", verbose_name="Fall")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Kriterium"
    )
    text = models.TextField("Frage")
    due_on = models.DateField("Antwort bis")
    counted_from = models.DateField("Frist zählt ab dem Tag nach", null=True)
    working_days = models.PositiveSmallIntegerField("Arbeitstage", null=True)
    calendar_version = models.CharField("Kalender", max_length=200, blank=True)
    paused_on = models.DateField("angehalten am", null=True)
    asked_at = models.DateTimeField("gestellt am")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="gestellt von")
    draft = models.TextField("Entwurf der Antwort", blank=True)
    draft_saved_at = models.DateTimeField("Entwurf gespeichert", null=True)
    answer = models.TextField("Antwort", blank=True)
    answered_at = models.DateTimeField("beantwortet am", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="beantwortet von")
    closed_at = models.DateTimeField("ohne Antwort beendet am", null=True)

    objects = QueryQuerySet.as_manager()

    class Meta:
        verbose_name = "Rückfrage"
        verbose_name_plural = "Rückfragen"
        indexes = [
            models.Index("due_on", condition=Q(answered_at=None, closed_at=None), name="query_open_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="query_answered_whole",
                violation_error_message="Eine Antwort hat Text, Zeitpunkt und Person.",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(answered_at=None),
                name="query_closed_or_answered",
                violation_error_message="Eine Rückfrage ist beantwortet oder ohne Antwort beendet, nicht beides.",
            ),
            models.CheckConstraint(
                condition=Q(working_days=None, counted_from=None, calendar_version="")
                | (Q(working_days__gte=1, counted_from__isnull=False) & ~Q(calendar_version="")),
                name="query_period_whole",
                violation_error_message="Eine Frist in Arbeitstagen hat Beginn, Zahl der Tage und Kalender.",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.closed_at is None

    def is_overdue(self, *, on: date) -> bool:
        """As `overdue` says it of rows."""
        return self.is_open and self.paused_on is None and self.due_on < on

    def due_day(self, calendar: WorkCalendar, pauses: list[Pause]) -> date:
        """The last day as this calendar has it."""
        if self.counted_from is None or self.working_days is None:
            return self.due_on
        return due_day(self.counted_from, self.working_days, calendar=calendar, pauses=pauses)


class ChangeKind(models.TextChoices):
    EXTENDED = "extended", "verlängert"
    PAUSED = "paused", "angehalten"
    RESUMED = "resumed", "läuft wieder"
    CALENDAR = "calendar", "Kalender geändert"


class DeadlineChange(models.Model):
    """Why a period ends on another day than before. Written once, never changed."""

    query = models.ForeignKey(Query, models.PROTECT, related_name="changes", verbose_name="Rückfrage")
    kind = models.CharField("Art", max_length=10, choices=ChangeKind)
    old_due_on = models.DateField("bisher bis")
    new_due_on = models.DateField("neu bis")
    paused_on = models.DateField("angehalten am", null=True)
    resumed_on = models.DateField("läuft weiter ab", null=True)
    reason = models.TextField("Begründung")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Person")
    at = models.DateTimeField("wann")

    class Meta:
        verbose_name = "Änderung einer Frist"
        verbose_name_plural = "Änderungen von Fristen"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.new_due_on:%d.%m.%Y}"
