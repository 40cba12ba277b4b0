import secrets
from datetime import date, timedelta
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce, Least

from accounts.history import tracked
from accounts.models import Role, User
from centres.models import FamilyCentre
from centres.models.periods import DatePeriod, never_overlapping, on_day
from certification.models.case import Case
from certification.models.issuing import IssuedQuerySet, replaced_with_reason, with_file_from, written_once
from certification.rules.status import SealStatus, status_on


class VoidKind(models.TextChoices):
    WITHDRAWN = "withdrawn", "entzogen"
    SUPERSEDED = "superseded", "ersetzt"


class LedgerKind(models.TextChoices):
    AWARDED = "awarded", "verliehen"
    EXTENDED = "extended", "verlängert"
    WITHDRAWN = "withdrawn", "entzogen"
    SUPERSEDED = "superseded", "ersetzt"
    CORRECTED = "corrected", "berichtigt"


class DayAfter(Func):
    """The day after a date column; dates in PostgreSQL take whole numbers of days."""

    template = "(%(expressions)s + 1)"
    output_field = models.DateField()


def _alive(day: date) -> Q:
    return Q(void_from=None) | Q(void_from__gt=day)


class DayBefore(Func):
    template = "(%(expressions)s - 1)"
    output_field = models.DateField()


class SealQuerySet(models.QuerySet["Seal"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Ministry, auditors and service office see every seal (its end decides who is invited), a centre its own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role != Role.CENTRE:
            return self.all()
        return self.filter(Q(centre__memberships__user=user) & on_day(on, "centre__memberships__")).distinct()

    def valid_on(self, day: date) -> Self:
        return self.filter(_alive(day), valid_from__lte=day, valid_through__gte=day)

    def standing(self) -> Self:
        """Neither withdrawn nor superseded."""
        return self.filter(void_from=None)

    def last_days(self, *, reaching: date) -> models.QuerySet[Any, Any]:
        """The last day in force, as `last_day`, of each seal that reaches this day, latest first."""
        ever = self.filter(Q(void_from=None) | Q(void_from__gt=F("valid_from")))
        dated = ever.annotate(last_day=Least("valid_through", DayBefore("void_from"))).filter(last_day__gte=reaching)
        return dated.order_by("-last_day").values("last_day")

    def latest_per_centre(self) -> Self:
        """The seal that decides about a centre: the one that ends last. An earlier one has fallen silent."""
        newest = self.model._base_manager.filter(centre=models.OuterRef("centre"), void_from=None)
        return self.standing().filter(pk=models.Subquery(newest.order_by("-valid_through").values("pk")[:1]))


def new_public_id() -> str:
    """128 random bits: nobody can count or guess certificates."""
    return secrets.token_urlsafe(16)


@tracked()
class Seal(models.Model):
    """The Gütesiegel of one centre for one period. Changed only through `certification.sealing`, entry by entry.

    `valid_through` is the last valid calendar day. `void_from` is the first day on which a withdrawn or
    superseded seal no longer counts. The status on a day is computed by `rules.status`, never stored.
    """

    centre = models.ForeignKey(FamilyCentre, models.PROTECT, related_name="seals", verbose_name="Familienzentrum")
    case = models.OneToOneField(Case, models.PROTECT, null=True, blank=True, related_name="seal", verbose_name="Fall")
    awarded_on = models.DateField("verliehen am")
    valid_from = models.DateField("gültig ab")
    valid_through = models.DateField("gültig bis")
    void_from = models.DateField("nicht mehr gültig ab", null=True, blank=True)
    void_kind = models.CharField("Grund", max_length=10, choices=VoidKind, blank=True)
    rule_version = models.CharField("Stand der Regel", max_length=30)
    explanation = ArrayField(models.TextField(), verbose_name="Warum dieses Datum?", default=list)

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = "Gütesiegel"
        verbose_name_plural = "Gütesiegel"
        indexes = [models.Index("valid_through", "centre", name="seal_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__gte=F("awarded_on")) & Q(valid_through__gte=F("valid_from")),
                name="seal_days_in_order",
                violation_error_message="Verleihung, Beginn und Ende des Gütesiegels stehen nicht in Folge.",
            ),
            models.CheckConstraint(
                condition=Q(void_from=None, void_kind="")
                | (Q(void_from__gte=F("valid_from")) & Q(void_kind__in=VoidKind.values)),
                name="seal_void_whole",
                violation_error_message="Ein entzogenes oder abgelöstes Gütesiegel nennt Tag und Grund.",
            ),
            never_overlapping(
                "centre_id",
                name="seals_never_overlap",
                period=DatePeriod("valid_from", Coalesce("void_from", DayAfter("valid_through")), "[)"),
                message="Für diesen Zeitraum hat das Familienzentrum schon ein Gütesiegel.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre.certification_number}: {self.valid_from:%d.%m.%Y} bis {self.valid_through:%d.%m.%Y}"

    def status(self, on: date) -> SealStatus:
        return status_on(
            on,
            valid_from=self.valid_from,
            valid_through=self.valid_through,
            void_from=self.void_from,
            void_kind=self.void_kind,
        )

    @property
    def day_after(self) -> date:
        return self.valid_through + timedelta(days=1)


class SealEntry(models.Model):
    """The ledger: appended, never changed. A trigger refuses UPDATE and DELETE."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="entries", verbose_name="Gütesiegel")
    kind = models.CharField("Vorgang", max_length=10, choices=LedgerKind)
    effective_on = models.DateField("wirksam am")
    valid_through = models.DateField("gültig bis")
    legal_basis = models.CharField("Rechtsgrundlage", max_length=250, blank=True)
    reason = models.TextField("Begründung", blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="Person")
    at = models.DateTimeField("eingetragen")

    class Meta:
        verbose_name = "Eintrag zum Gütesiegel"
        verbose_name_plural = "Einträge zum Gütesiegel"
        constraints = [
            models.UniqueConstraint(
                fields=["seal"],
                condition=Q(kind="awarded"),
                name="seal_awarded_once",
                violation_error_message="Dieses Gütesiegel ist schon verliehen.",
            ),
            models.CheckConstraint(
                condition=Q(kind="awarded") | ~Q(reason=""),
                name="seal_entry_with_reason",
                violation_error_message="Jede Änderung an einem Gütesiegel braucht eine Begründung.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="extended") | ~Q(legal_basis=""),
                name="seal_extended_by_law",
                violation_error_message="Eine Verlängerung nennt ihre Rechtsgrundlage.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} am {self.effective_on:%d.%m.%Y}"


class CertificateQuerySet(IssuedQuerySet["Certificate"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Whoever may see the seal may read what it says on paper."""
        return self.filter(seal__in=Seal.objects.visible_to(user, on=on))


FIXED_BY_ORDER = ("seal_id", "number", "public_id", "facts", "requested_at", "replaces_id")


@tracked(exclude=["facts"])
class Certificate(models.Model):
    """An issued file, stored once with its hash. A correction is a new certificate that replaces the old."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="certificates", verbose_name="Gütesiegel")
    number = models.CharField("Urkundennummer", max_length=30, unique=True)
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    facts = models.JSONField("was die Urkunde sagt")
    requested_at = models.DateTimeField("bestellt")
    issued_at = models.DateTimeField("ausgestellt", null=True)
    file = models.FileField("Datei", upload_to="certificates/%Y/", blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="ersetzt"
    )
    replaced_at = models.DateTimeField("ersetzt am", null=True)
    replaced_reason = models.TextField("Grund der Ersetzung", blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "Urkunde"
        verbose_name_plural = "Urkunden"
        constraints = [
            models.UniqueConstraint(
                fields=["seal"],
                condition=Q(replaced_at=None),
                name="one_current_certificate",
                violation_error_message="Zu diesem Gütesiegel gibt es schon eine gültige Urkunde.",
            ),
            with_file_from(
                "issued_at",
                name="certificate_issued_whole",
                message="Eine ausgestellte Urkunde hat Datei, Zeitpunkt und Prüfsumme.",
            ),
            replaced_with_reason(
                name="certificate_replaced_whole",
                message="Nur eine ausgestellte Urkunde wird ersetzt, mit Zeitpunkt und Grund.",
            ),
        ]
        # Numbers have no gaps, and what is on paper stays what it is: failures.md 8.
        triggers = written_once(FIXED_BY_ORDER)

    def __str__(self) -> str:
        return self.number
