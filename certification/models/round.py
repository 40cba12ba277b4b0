from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.models import User
from certification.models.catalogue import Edition
from certification.models.procedure import Procedure
from certification.rules.rounds import RoundDates

__all__ = ["Procedure", "Round"]


class RoundQuerySet(models.QuerySet["Round"]):
    def running(self, *, on: date) -> Self:
        return self.filter(opened_at__isnull=False, results_until__gte=on)


@tracked()
class Round(models.Model):
    """A cohort with its own dates: stored, never derived from its label (domain.md § 3.2)."""

    procedure = models.CharField("Verfahren", max_length=10, choices=Procedure)
    label = models.CharField(
        "Bezeichnung",
        max_length=100,
        unique=True,
        error_messages={"unique": "Eine Runde dieses Namens gibt es schon."},
    )
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rounds", verbose_name="Kriterien")
    seal_end = models.DateField("Gütesiegel enden am", null=True, blank=True)
    audit_from = models.DateField("Prüfzeitraum von")
    audit_until = models.DateField("Prüfzeitraum bis")
    registration_until = models.DateField("Anmeldung bis")
    submission_until = models.DateField("Einreichung bis")
    visits_from = models.DateField("Begehungen von")
    visits_until = models.DateField("Begehungen bis")
    results_until = models.DateField("Ergebnisse bis")
    # Opening is one act over many centres, in the background: what was confirmed, and whether it is through.
    expected = models.PositiveIntegerField("Zahl der Fälle bei Bestätigung", null=True, editable=False)
    confirmed_at = models.DateTimeField("bestätigt", null=True, editable=False)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="bestätigt von"
    )
    opened_at = models.DateTimeField("eröffnet", null=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "Runde"
        verbose_name_plural = "Runden"
        constraints = [
            models.CheckConstraint(
                condition=Q(procedure="renewal", seal_end__isnull=False) | Q(procedure="initial", seal_end=None),
                name="round_of_renewal_names_seal_end",
                violation_error_message="Eine Re-Zertifizierung nennt das Ende der Gütesiegel, um die es geht; "
                "eine Erst-Zertifizierung nennt keines.",
            ),
            models.CheckConstraint(
                condition=Q(audit_until__gte=F("audit_from"))
                & Q(submission_until__gte=F("registration_until"))
                & Q(visits_until__gte=F("visits_from"))
                & Q(results_until__gte=F("submission_until")),
                name="round_dates_in_order",
                violation_error_message="Die Daten der Runde stehen nicht in zeitlicher Folge. "
                "Bitte prüfen Sie Prüfzeitraum, Anmeldung, Einreichung, Begehungen und Ergebnisse.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def dates(self) -> RoundDates:
        return RoundDates(**{name: getattr(self, name) for name in RoundDates.__dataclass_fields__})

    @property
    def fact_key(self) -> str:
        """Names the round among the facts of its centres (`centres.facts`)."""
        return f"round-{self.pk}"

    @property
    def is_renewal(self) -> bool:
        return self.procedure == Procedure.RENEWAL
