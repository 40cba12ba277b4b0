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
