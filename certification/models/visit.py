"""Visits: the times offered, the one agreed, and when nobody should come."""

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value

from accounts.history import tracked
from accounts.models import User
from centres.models import Facility
from centres.models.periods import BigIntRange, in_order, never_overlapping
from certification.models.case import Case
from certification.rules.visiting import LONGEST, Span, Vacation

LIVE = Q(held_on=None, cancelled_at=None)


class VisitMode(models.TextChoices):
    ON_SITE = "on_site", "vor Ort"
    VIDEO = "video", "per Video"


@tracked()
class SchoolHolidays(models.Model):
    """School holidays of the state, first and last day; what is not entered is not known."""

    name = models.CharField("Name", max_length=60)
    starts_on = models.DateField("erster Ferientag")
    ends_on = models.DateField("letzter Ferientag")
    source = models.CharField("Quelle", max_length=150)

    class Meta:
        verbose_name = "Schulferien"
        verbose_name_plural = "Schulferien"
        constraints = [
            in_order(name="school_holidays_in_order"),
            never_overlapping(
                name="school_holidays_apart",
                message="In dieser Zeit sind schon andere Schulferien eingetragen.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def vacation(self) -> Vacation:
        return Vacation(self.name, self.starts_on, self.ends_on)


class VisitSlotQuerySet(models.QuerySet["VisitSlot"]):
    def open(self, *, at: datetime) -> Self:
        """Still to be had."""
        return self.filter(withdrawn_at=None, visit=None, starts_at__gt=at)

    def free(self) -> Self:
        """Without those at which the visitor will be at another centre."""
        elsewhere = SiteVisit.objects.live().filter(
            visitor=OuterRef("visitor"), starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
        )
        return self.exclude(Exists(elsewhere.exclude(case=OuterRef("case"))))


class VisitSlot(models.Model):
    """A time the auditor offers to a centre. Taken by at most one visit: `SiteVisit.slot` is unique."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="slots", verbose_name="Fall")
    starts_at = models.DateTimeField("Beginn")
    ends_at = models.DateTimeField("Ende")
    mode = models.CharField("Art", max_length=8, choices=VisitMode, default=VisitMode.ON_SITE)
    facilities: models.ManyToManyField = models.ManyToManyField(
        Facility, related_name="+", blank=True, verbose_name="Einrichtungen"
    )
    visitor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="wer besucht")
    offered_at = models.DateTimeField("angeboten am")
    override_reason = models.TextField("Warum trotz Bedenken", blank=True)  # the centre never reads it
    withdrawn_at = models.DateTimeField("zurückgezogen am", null=True)

    objects = VisitSlotQuerySet.as_manager()

    class Meta:
        verbose_name = "Angebotener Termin"
        verbose_name_plural = "Angebotene Termine"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="visit_slot_in_order",
                violation_error_message="Das Ende des Termins liegt vor seinem Beginn.",
            ),
            models.UniqueConstraint(
                fields=["case", "starts_at"],
                condition=Q(withdrawn_at=None),
                name="visit_slot_once",
                violation_error_message="Dieser Termin ist schon angeboten.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()}, {self.starts_at:%d.%m.%Y %H:%M}"


class SlotRequest(models.Model):
    """The centre asks for other times, with its reason; done once new ones are offered or the visit is agreed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="slot_requests", verbose_name="Fall")
    reason = models.TextField("Begründung")
    asked_at = models.DateTimeField("gebeten am")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Person")
    done_at = models.DateTimeField("erledigt am", null=True)

    class Meta:
        verbose_name = "Bitte um andere Termine"
        verbose_name_plural = "Bitten um andere Termine"
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(done_at=None),
                name="one_slot_request_per_case",
                violation_error_message="Um andere Termine ist schon gebeten.",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class SiteVisitQuerySet(models.QuerySet["SiteVisit"]):
    def live(self) -> Self:
        """Agreed, neither held nor called off."""
        return self.filter(LIVE)

    def held(self) -> Self:
        return self.exclude(held_on=None)

    def standing(self) -> Self:
        """Agreed or held, not called off."""
        return self.filter(cancelled_at=None)


class SiteVisit(models.Model):
    """Three to four hours at the centre (domain.md § 3.3).

    A visit that moves stays the same one, for us and in calendars: `uid` stays and `sequence` rises.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits", verbose_name="Fall")
    slot = models.OneToOneField(
        VisitSlot, models.PROTECT, null=True, related_name="visit", verbose_name="angebotener Termin"
    )
    starts_at = models.DateTimeField("Beginn")
    ends_at = models.DateTimeField("Ende")
    mode = models.CharField("Art", max_length=8, choices=VisitMode, default=VisitMode.ON_SITE)
    facilities: models.ManyToManyField = models.ManyToManyField(
        Facility, related_name="+", blank=True, verbose_name="Einrichtungen"
    )
    visitor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="wer besucht")
    uid = models.UUIDField("Kennung im Kalender", default=uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField("Stand im Kalender", default=0, editable=False)
    changed_at = models.DateTimeField("zuletzt geändert", null=True, editable=False)
    moved_by_centre = models.BooleanField("vom Zentrum verlegt", default=False)
    cancelled_at = models.DateTimeField("abgesagt am", null=True)
    held_on = models.DateField("stattgefunden am", null=True)
    record = models.TextField("Niederschrift", blank=True)

    objects = SiteVisitQuerySet.as_manager()

    class Meta:
        verbose_name = "Begehung"
        verbose_name_plural = "Begehungen"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="visit_in_order",
                violation_error_message="Das Ende der Begehung liegt vor ihrem Beginn.",
            ),
            models.CheckConstraint(
                condition=Q(held_on=None) | Q(cancelled_at=None),
                name="visit_held_or_cancelled",
                violation_error_message="Eine Begehung hat stattgefunden oder ist abgesagt, nicht beides.",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=LIVE,
                name="one_live_visit_per_case",
                violation_error_message="Zu diesem Fall ist schon eine Begehung vereinbart.",
            ),
            ExclusionConstraint(
                name="visits_of_a_visitor_apart",
                expressions=[
                    (BigIntRange("visitor"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            Value("[)"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=LIVE,
                violation_error_message="In dieser Zeit ist schon eine andere Begehung vereinbart.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()}, {self.starts_at:%d.%m.%Y %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Without an end it takes as long as a visit may."""
        self.ends_at = self.ends_at or self.starts_at + LONGEST
        super().save(*args, **kwargs)

    @property
    def is_live(self) -> bool:
        """As `LIVE` says it of rows."""
        return self.held_on is None and self.cancelled_at is None

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at


class VisitMove(models.Model):
    """A visit that takes place at another time than agreed. Written once, never changed."""

    visit = models.ForeignKey(SiteVisit, models.PROTECT, related_name="moves", verbose_name="Begehung")
    old_starts_at = models.DateTimeField("bisher")
    new_starts_at = models.DateTimeField("neu")
    reason = models.TextField("Begründung")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Person")
    at = models.DateTimeField("wann")

    class Meta:
        verbose_name = "Verlegung"
        verbose_name_plural = "Verlegungen"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.old_starts_at:%d.%m.%Y %H:%M} → {self.new_starts_at:%d.%m.%Y %H:%M}"
