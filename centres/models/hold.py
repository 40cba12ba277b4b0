from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import User


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)

    def by_thing(self) -> "Held":
        """What is held at present, for whoever asks of many letters."""
        holds = list(self.in_force().select_related("held_by"))
        rules = {each.rule: each for each in holds if each.rule}
        return Held(rules, {each.occasion: each for each in holds if each.occasion})


@dataclass(frozen=True, slots=True)
class Held:
    rules: Mapping[str, "Hold"]
    occasions: Mapping[str, "Hold"]

    def get(self, *, rule: str, occasion: str) -> "Hold | None":
        return self.occasions.get(occasion) or self.rules.get(rule)


@tracked()
class Hold(models.Model):
    """The ministry keeps a letter, or every letter of a rule, from going out.

    `occasion` is the key of the letter; `about` says in words what was held, when it was held.
    """

    rule = models.CharField("Regel", max_length=80, blank=True)
    occasion = models.CharField("Anlass", max_length=150, blank=True)
    about = models.CharField("worum es geht", max_length=400)
    reason = models.TextField("Begründung")
    held_at = models.DateTimeField("angehalten")
    held_by = models.ForeignKey(User, models.PROTECT, verbose_name="angehalten von", related_name="+")
    lifted_at = models.DateTimeField("wieder freigegeben", null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, verbose_name="freigegeben von", null=True, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = "angehaltene Post"
        verbose_name_plural = "angehaltene Post"
        constraints = [
            models.UniqueConstraint(
                fields=["rule"],
                condition=Q(lifted_at=None) & ~Q(rule=""),
                name="hold_of_rule_once",
                violation_error_message="Diese Regel ist schon angehalten.",
            ),
            models.UniqueConstraint(
                fields=["occasion"],
                condition=Q(lifted_at=None) & ~Q(occasion=""),
                name="hold_of_occasion_once",
                violation_error_message="Dieser Brief ist schon angehalten.",
            ),
            models.CheckConstraint(
                condition=Q(rule="", occasion__gt="") | Q(rule__gt="", occasion=""),
                name="hold_of_one_thing",
                violation_error_message="Angehalten wird entweder eine Regel oder ein einzelner Brief.",
            ),
            models.CheckConstraint(
                condition=Q(reason__regex=r"\S"),
                name="hold_with_reason",
                violation_error_message="Bitte geben Sie an, warum Sie die Post anhalten.",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="hold_lifted_by_someone",
                violation_error_message="Eine Freigabe nennt Person und Zeitpunkt.",
            ),
        ]

    def __str__(self) -> str:
        return self.about

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None
