from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import Role, User
from centres.models import FamilyCentre, Membership
from certification.models.round import Round
from certification.rules.moves import LABELS, OPEN, Actor, State

STATES = [(state.value, label) for state, label in LABELS.items()]
OPEN_STATES = sorted(OPEN)


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Ministry and auditors see every case, a centre its own; the service office never any."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role in {Role.MINISTRY, Role.AUDITOR}:
            return self.all()
        if user.role == Role.CENTRE:
            mine = Membership.objects.on_day(on).filter(user=user)
            return self.filter(centre__in=mine.values("centre"))
        return self.none()

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def with_facts(self) -> Self:
        return self.select_related("centre__youth_office", "round__edition", "auditor")


@tracked()
class Case(models.Model):
    """One centre in one round. `state` is written by `certification.workflow` alone."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="cases", verbose_name="Runde")
    centre = models.ForeignKey(FamilyCentre, models.PROTECT, related_name="cases", verbose_name="Familienzentrum")
    state = models.CharField("Stand", max_length=15, choices=STATES, default=State.INVITED.value)
    state_since = models.DateTimeField("seit")
    auditor = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name="Prüferin oder Prüfer",
        limit_choices_to={"role": Role.AUDITOR},
    )
    submitted_at = models.DateTimeField("eingereicht am", null=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "Fall"
        verbose_name_plural = "Fälle"
        indexes = [models.Index("state", "state_since", name="case_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "centre"],
                name="case_once_per_round",
                violation_error_message="Dieses Familienzentrum hat in der Runde schon einen Fall.",
            ),
            models.UniqueConstraint(
                fields=["centre"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_case_per_centre",
                violation_error_message="Dieses Familienzentrum hat schon einen offenen Fall.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(LABELS)),
                name="case_state_known",
                violation_error_message="Diesen Stand eines Falles gibt es nicht.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre}, {self.round}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def answers_are_open(self) -> bool:
        """A lead may change answers until she hands in."""
        return self.state in {State.INVITED, State.REGISTERED}


class Step(models.Model):
    """One move of a case: who, when, from where to where, why. Written once, never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name="Fall")
    act = models.CharField("Schritt", max_length=30)
    old = models.CharField("von", max_length=15, choices=STATES, blank=True)
    new = models.CharField("nach", max_length=15, choices=STATES)
    actor = models.CharField("wer", max_length=10, choices=[(a.value, a.value) for a in Actor])
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="Person")
    at = models.DateTimeField("wann")
    reason = models.TextField("Begründung", blank=True)

    class Meta:
        verbose_name = "Schritt"
        verbose_name_plural = "Schritte"
        indexes = [models.Index("case", "at", name="step_of_case")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class Query(models.Model):
    """The auditor's question to the centre."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="queries", verbose_name="Fall")
    text = models.TextField("Frage")
    due_on = models.DateField("Antwort bis")
    asked_at = models.DateTimeField("gestellt am")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="gestellt von")
    answer = models.TextField("Antwort", blank=True)
    answered_at = models.DateTimeField("beantwortet am", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="beantwortet von")

    class Meta:
        verbose_name = "Rückfrage"
        verbose_name_plural = "Rückfragen"
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="query_answered_whole",
                violation_error_message="Eine Antwort hat Text, Zeitpunkt und Person.",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(answered_at=None),
                name="one_open_query_per_case",
                violation_error_message="Zu diesem Fall ist schon eine Rückfrage offen.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class VisitMode(models.TextChoices):
    ON_SITE = "on_site", "vor Ort"
    VIDEO = "video", "per Video"


class SiteVisit(models.Model):
    """Three to four hours at the centre (domain.md § 3.3)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits", verbose_name="Fall")
    starts_at = models.DateTimeField("Beginn")
    mode = models.CharField("Art", max_length=8, choices=VisitMode, default=VisitMode.ON_SITE)
    visitor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="wer besucht")
    held_on = models.DateField("stattgefunden am", null=True)
    record = models.TextField("Niederschrift", blank=True)

    class Meta:
        verbose_name = "Begehung"
        verbose_name_plural = "Begehungen"

    def __str__(self) -> str:
        return f"{self.get_mode_display()}, {self.starts_at:%d.%m.%Y %H:%M}"
