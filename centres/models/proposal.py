from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import Role, User
from centres.models.centre import Facility, FamilyCentre
from centres.models.offices import YouthOffice
from centres.models.periods import on_day


class Subject(models.TextChoices):
    NAME = "name", "Name"
    KIND = "kind", "Form"
    PROVIDER = "provider", "Träger"
    YOUTH_OFFICE = "youth_office", "Jugendamt"
    JOINING = "joining", "Einrichtung kommt hinzu"
    LEAVING = "leaving", "Einrichtung scheidet aus"
    GRANT_RECIPIENT = "grant_recipient", "Zuschussempfänger"
    CONTACT = "contact", "Kontakteinrichtung"


OF_NETWORKS = [Subject.JOINING, Subject.LEAVING, Subject.GRANT_RECIPIENT, Subject.CONTACT]
OF_FACILITIES = [*OF_NETWORKS, Subject.PROVIDER]


class Decision(models.TextChoices):
    OPEN = "", "wartet auf das Ministerium"
    ACCEPTED = "accepted", "angenommen"
    DECLINED = "declined", "abgelehnt"
    TAKEN_BACK = "taken_back", "zurückgezogen"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """The ministry decides about all of them, a centre sees its own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_ministry:
            return self.all()
        if user.role == Role.CENTRE:
            return self.filter(Q(centre__memberships__user=user) & on_day(on, "centre__memberships__")).distinct()
        return self.none()

    def open(self) -> Self:
        return self.filter(decision=Decision.OPEN)

    def with_register(self) -> Self:
        """Together with what the register says now, so that comparing costs no query for each."""
        related = ("centre__youth_office", "facility__provider", "proposed_by", "decided_by", "youth_office")
        members = ("centre__facility_memberships__facility", "facility__centre_memberships__centre")
        return self.select_related(*related).prefetch_related(*members)


@tracked()
class Proposal(models.Model):
    """What a centre asks the ministry to change in the register.

    `old` is what the register said when it was proposed, in words: where it says something else by now, the
    proposal is out of date. `effect` is what the person was shown before proposing.
    """

    centre = models.ForeignKey(FamilyCentre, models.PROTECT, related_name="proposals", verbose_name="Familienzentrum")
    subject = models.CharField("Angabe", max_length=20, choices=Subject)
    facility = models.ForeignKey(
        Facility, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Einrichtung"
    )
    youth_office = models.ForeignKey(
        YouthOffice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Jugendamt"
    )
    effective_on = models.DateField("Tag", null=True, blank=True)
    old = models.CharField("bisher", max_length=250, blank=True)
    new = models.CharField("neu", max_length=250)
    reason = models.TextField("Begründung")
    exception_reason = models.TextField("Begründung der Ausnahme", blank=True)
    effect = ArrayField(models.TextField(), verbose_name="gezeigte Auswirkung", default=list, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="vorgeschlagen von")
    proposed_at = models.DateTimeField("vorgeschlagen")
    decision = models.CharField("Stand", max_length=10, choices=Decision, default=Decision.OPEN, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="entschieden von"
    )
    decided_at = models.DateTimeField("entschieden", null=True, blank=True)
    decision_reason = models.TextField("Grund der Entscheidung", blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "Vorschlag"
        verbose_name_plural = "Vorschläge"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "subject", "facility"],
                condition=Q(decision=""),
                nulls_distinct=False,
                name="one_open_proposal",
                violation_error_message="Dazu wartet schon ein Vorschlag auf das Ministerium. "
                "Ziehen Sie ihn zuerst zurück.",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None, decided_by=None)
                | (~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="proposal_decided_whole",
                violation_error_message="Eine Entscheidung hat Person und Zeitpunkt.",
            ),
            models.CheckConstraint(
                condition=~Q(decision="declined") | ~Q(decision_reason=""),
                name="proposal_declined_with_reason",
                violation_error_message="Eine Ablehnung braucht einen Grund.",
            ),
            models.CheckConstraint(
                condition=~Q(subject__in=OF_NETWORKS) | Q(effective_on__isnull=False, facility__isnull=False),
                name="proposal_of_network_whole",
                violation_error_message="Ein Vorschlag zum Verbund nennt Einrichtung und Tag.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}: {self.new}"

    @property
    def is_open(self) -> bool:
        return self.decision == Decision.OPEN

    @property
    def about(self) -> str:
        """What it is about, with the facility where that is not the value itself."""
        named = self.facility if self.subject == Subject.PROVIDER else None
        return f"{self.get_subject_display()} von {named.name}" if named else self.get_subject_display()
