from datetime import date
from typing import Self

from django.db import models
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.text import capfirst

from accounts.history import tracked
from certification.rules.reminders import Offset, in_words


class Chain(models.TextChoices):
    """What the reminders of a chain announce."""

    SEAL = "seal", "Ende des Gütesiegels"
    REGISTRATION = "registration", "Ende der Anmeldung"
    SUBMISSION = "submission", "Ende der Einreichung"
    QUERY = "query", "Ende der Frist für die Antwort"
    VISIT = "visit", "Begehung"


class ReminderRuleQuerySet(models.QuerySet["ReminderRule"]):
    def with_consequence(self) -> Self:
        return self.filter(active=True, consequence_days__isnull=False)

    def by_chain(self) -> dict[str, list[Offset]]:
        """The rules in force, chain by chain."""
        found: dict[str, list[Offset]] = {}
        for rule in self.filter(active=True):
            found.setdefault(rule.chain, []).append(rule.offset)
        return found

    def changed(self) -> dict[str, date]:
        """When somebody last changed a rule, by the name its letters carry; what came with the software is not in."""
        by_people = Max("events__pgh_created_at", filter=Q(events__pgh_context__isnull=False))
        rules = self.annotate(at=by_people).exclude(at=None).values_list("chain", "key", "at")
        return {f"{chain}/{key}": timezone.localdate(at) for chain, key, at in rules}


@tracked()
class ReminderRule(models.Model):
    """How far from its day a reminder goes out. The ministry changes days and switches rules off."""

    chain = models.CharField("erinnert an", max_length=15, choices=Chain)
    key = models.SlugField(
        "Kürzel", help_text="Benennt den Anlass auf Dauer; daran ist zu erkennen, was schon geschrieben ist."
    )
    months = models.SmallIntegerField("Monate", default=0, help_text="Negativ: vorher.")
    days = models.SmallIntegerField("Tage", default=0, help_text="Negativ: vorher. Monate zählen zuerst, dann Tage.")
    active = models.BooleanField("in Kraft", default=True)
    consequence_days = models.PositiveSmallIntegerField(
        "nicht teilgenommen nach Tagen",
        null=True,
        blank=True,
        help_text="Nur für die letzte Erinnerung an Anmeldung oder Einreichung: So viele Tage nach dem Versand gilt "
        "der Fall von selbst als „nicht teilgenommen“, wenn die Frist vorbei ist. Leer: nie von selbst.",
    )

    objects = ReminderRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "Erinnerungsregel"
        verbose_name_plural = "Erinnerungsregeln"
        constraints = [
            models.CheckConstraint(
                condition=Q(consequence_days=None)
                | Q(consequence_days__gte=1, chain__in=["registration", "submission"]),
                name="reminder_consequence_of_deadline",
                violation_error_message="Eine Folge haben nur Anmeldung und Einreichung, frühestens nach 1 Tag.",
            ),
            models.UniqueConstraint(
                fields=["chain"],
                condition=Q(active=True, consequence_days__isnull=False),
                name="reminder_consequence_once",
                violation_error_message="In dieser Kette hat schon eine andere Erinnerung diese Folge.",
            ),
            models.UniqueConstraint(
                fields=["chain", "key"],
                name="reminder_key_once",
                violation_error_message="Dieses Kürzel hat die Kette schon.",
            ),
            models.UniqueConstraint(
                fields=["chain", "months", "days"],
                condition=Q(active=True),
                name="reminder_day_once",
                violation_error_message="An diesem Tag erinnert schon eine andere Regel der Kette.",
            ),
        ]

    def __str__(self) -> str:
        return capfirst(in_words(self.chain, self.offset))

    @property
    def name(self) -> str:
        """As its letters call it."""
        return f"{self.chain}/{self.key}"

    @property
    def offset(self) -> Offset:
        return Offset(self.key, self.months, self.days)
