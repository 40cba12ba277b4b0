from datetime import date
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import Role, User
from centres.models import FamilyCentre, Provider
from centres.models.periods import in_order, on_day
from certification.models.case import Case

MOST_IN_A_ROW = 2  # Assumption: nobody has said how often the same person may follow herself; see IndependenceRule.


class TieQuerySet(models.QuerySet["Tie"]):
    def on_day(self, day: date) -> Self:
        return self.filter(on_day(day))

    def visible_to(self, user: User) -> Self:
        """Auditors see their own ties, the team lead those of all."""
        if user.is_team_lead:
            return self.all()
        return self.filter(auditor=user) if user.is_auditor else self.none()


@tracked()
class Tie(models.Model):
    """An auditor declares what binds her to a provider or to a centre; on these days she does not look after it."""

    auditor = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="ties",
        verbose_name="Prüferin oder Prüfer",
        limit_choices_to={"role": Role.AUDITOR},
    )
    provider = models.ForeignKey(
        Provider, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Träger"
    )
    centre = models.ForeignKey(
        FamilyCentre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Familienzentrum"
    )
    starts_on = models.DateField("erster Tag")
    ends_on = models.DateField("letzter Tag", null=True, blank=True)
    reason = models.CharField("worin sie besteht", max_length=300)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="angegeben von")
    declared_at = models.DateTimeField("angegeben am")

    objects = TieQuerySet.as_manager()

    class Meta:
        verbose_name = "Bindung"
        verbose_name_plural = "Bindungen"
        constraints = [
            in_order(name="tie_in_order"),
            models.CheckConstraint(
                condition=Q(provider=None, centre__isnull=False) | Q(provider__isnull=False, centre=None),
                name="tie_to_one",
                violation_error_message="Eine Bindung besteht zu einem Träger oder zu einem Familienzentrum.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.auditor.name}: {self.to}"

    @property
    def to(self) -> str:
        return str(self.provider or self.centre)


class Exemption(models.Model):
    """The team lead lets an auditor have a part in a case all the same, on these grounds and no others.

    `grounds` are the keys of `rules.independence`; a tie declared later is none of them.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="exemptions", verbose_name="Fall")
    auditor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Prüferin oder Prüfer")
    grounds = ArrayField(models.CharField(max_length=40), verbose_name="Hindernisse")
    about = models.TextField("worüber hinweg")
    reason = models.TextField("Begründung")
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="zugelassen von")
    granted_at = models.DateTimeField("zugelassen am")

    class Meta:
        verbose_name = "Ausnahme"
        verbose_name_plural = "Ausnahmen"
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & Q(grounds__len__gte=1),
                name="exemption_with_reason",
                violation_error_message="Eine Ausnahme nennt das Hindernis und eine Begründung.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.auditor.name}: {self.about}"


class IndependenceRuleManager(models.Manager["IndependenceRule"]):
    def in_force(self) -> "IndependenceRule":
        """The row of the ministry; until it has changed anything, the assumed numbers."""
        return self.first() or IndependenceRule()


@tracked()
class IndependenceRule(models.Model):
    """The numbers of the rule, one row at most; the ministry changes them in the admin."""

    one = models.BooleanField(default=True, unique=True, editable=False)
    most_in_a_row = models.PositiveSmallIntegerField(
        "höchstens in Folge",
        default=MOST_IN_A_ROW,
        help_text="So viele Verfahren hintereinander darf dieselbe Person für dasselbe Familienzentrum zuständig "
        "sein. Die Zahl ist eine Annahme, bis das Ministerium sie festlegt.",
    )

    objects = IndependenceRuleManager()

    class Meta:
        verbose_name = "Regel der Unabhängigkeit"
        verbose_name_plural = "Regeln der Unabhängigkeit"
        constraints = [
            models.CheckConstraint(
                condition=Q(one=True, most_in_a_row__gte=1),
                name="independence_rule_positive",
                violation_error_message="Mindestens ein Verfahren muss dieselbe Person prüfen dürfen.",
            ),
        ]

    def __str__(self) -> str:
        return f"höchstens {self.most_in_a_row} Verfahren in Folge"
