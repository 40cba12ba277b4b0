import secrets
from datetime import date
from pathlib import PurePath
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.models import Role, User
from centres.models import FamilyCentre, Membership
from centres.rules.file_types import CONTENT_TYPES, IN_WORDS, JPEG, PNG, SHOWN_IN_PAGE
from certification.models.case import Case
from certification.models.catalogue import Criterion
from certification.models.issuing import differs
from certification.models.query import Query
from certification.models.seal import new_public_id
from certification.rules.evidence import LABELS, Dated, EvidenceKind

KINDS = [(kind.value, label) for kind, label in LABELS.items()]


def random_name(evidence: "Evidence", filename: str) -> str:
    """Where a file lies says nothing about what it is or whose."""
    return f"evidence/{secrets.token_hex(2)}/{secrets.token_urlsafe(24)}{PurePath(filename).suffix}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Ministry: all; a centre: its own; auditors: what was handed in; the service office never any."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role == Role.MINISTRY:
            return self.all()
        if user.role == Role.AUDITOR:
            return self.filter(pk__in=EvidenceUse.objects.handed_in().values("evidence"))
        if user.role == Role.CENTRE:
            return self.filter(centre__in=Membership.objects.on_day(on).filter(user=user).values("centre"))
        return self.none()

    def at_hand(self) -> Self:
        """What a centre may still use."""
        return self.filter(withdrawn_at=None)


FIXED = ("centre_id", "public_id", "file", "content_type", "size", "sha256", "uploaded_at", "uploaded_by_id")
FROZEN = ("title", "kind", "issued_on", "ends_on", "renews", "hours", "name")


@tracked(exclude=["file", "sha256"])
class Evidence(models.Model):
    """A file of a centre that shows something, with what must be known of it to say how long it may be used.

    Written by `certification.evidence.acts` alone. The file never changes; once a case was handed in with it, what
    is said about it does not either, and it can be withdrawn but not deleted.
    """

    centre = models.ForeignKey(FamilyCentre, models.PROTECT, related_name="evidence", verbose_name="Familienzentrum")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    title = models.CharField("Titel", max_length=150)
    kind = models.CharField("Art", max_length=10, choices=KINDS, default=EvidenceKind.OTHER.value)
    issued_on = models.DateField("Datum", null=True, blank=True)
    ends_on = models.DateField("letzter Tag", null=True, blank=True)
    renews = models.BooleanField("verlängert sich von selbst", default=False)
    hours = models.PositiveSmallIntegerField("Stunden", null=True, blank=True)
    criteria = models.ManyToManyField(Criterion, blank=True, related_name="+", verbose_name="Kriterien")
    file = models.FileField("Datei", upload_to=random_name, max_length=150)
    name = models.CharField("Dateiname", max_length=150)
    content_type = models.CharField("Dateiart", max_length=100, choices=[(t, t) for t in CONTENT_TYPES])
    size = models.PositiveIntegerField("Größe in Byte")
    sha256 = models.CharField("SHA-256", max_length=64)
    pages = models.PositiveSmallIntegerField("Seiten", null=True, blank=True)
    uploaded_at = models.DateTimeField("hochgeladen am")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="hochgeladen von")
    withdrawn_at = models.DateTimeField("entfernt am", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="entfernt von"
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "Nachweis"
        verbose_name_plural = "Nachweise"
        indexes = [models.Index("sha256", name="evidence_hash")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EvidenceKind]),
                name="evidence_kind_known",
                violation_error_message="Diese Art von Nachweis gibt es nicht.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(issued_on=None) | Q(ends_on__gte=F("issued_on")),
                name="evidence_days_in_order",
                violation_error_message="Der letzte Tag liegt vor dem Datum des Nachweises.",
            ),
            models.CheckConstraint(
                condition=Q(renews=False) | Q(kind=EvidenceKind.AGREEMENT.value),
                name="evidence_only_agreements_renew",
                violation_error_message="Von selbst verlängert sich nur eine Vereinbarung.",
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__gte=1, kind=EvidenceKind.TRAINING.value),
                name="evidence_hours_of_training",
                violation_error_message="Stunden hat nur ein Fortbildungsnachweis, mindestens eine.",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$", size__gte=1, content_type__in=list(CONTENT_TYPES)),
                name="evidence_file_known",
                violation_error_message="Ein Nachweis hat eine Datei bekannter Art mit Größe und Prüfsumme.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="evidence_withdrawn_whole",
                violation_error_message="Ein entfernter Nachweis nennt Person und Zeitpunkt.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="file_fixed", operation=pgtrigger.Update, condition=differs(*FIXED)),
            pgtrigger.Trigger(
                name="said_when_handed_in",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=differs(*FROZEN),
                func="""
                IF EXISTS (
                    SELECT 1 FROM certification_evidenceuse u
                    JOIN certification_case c ON c.id = u.case_id
                    LEFT JOIN certification_query q ON q.id = u.query_id
                    WHERE u.evidence_id = OLD.id AND c.submitted_at IS NOT NULL
                    AND (q.id IS NULL OR q.answered_at IS NOT NULL)
                ) THEN
                    RAISE EXCEPTION 'evidence % was handed in: what is said about it is fixed', OLD.id;
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def dated(self) -> Dated:
        return Dated(EvidenceKind(self.kind), self.issued_on, self.ends_on, self.renews)

    @property
    def is_picture(self) -> bool:
        return self.content_type in {JPEG, PNG}

    @property
    def shows_in_page(self) -> bool:
        """Whether a browser shows it by itself; anything else is only ever handed out as a download."""
        return self.content_type in SHOWN_IN_PAGE

    @property
    def extension(self) -> str:
        return CONTENT_TYPES[self.content_type]

    @property
    def type_in_words(self) -> str:
        return IN_WORDS[self.content_type]


class EvidenceUseQuerySet(models.QuerySet["EvidenceUse"]):
    def handed_in(self) -> Self:
        """What auditors read: the papers as they were handed in, and what came with answers to queries."""
        answered = Q(query=None) | Q(query__answered_at__isnull=False)
        return self.filter(answered, case__submitted_at__isnull=False)

    def changeable(self) -> Self:
        """What the centre may still take back: before the hand-in, or with a query that is not answered yet."""
        return self.filter(
            Q(case__submitted_at=None) | Q(query__isnull=False, query__answered_at=None, query__closed_at=None)
        )


@tracked()
class EvidenceUse(models.Model):
    """A piece of evidence shows something about a criterion in a case. `again`: it was in an earlier case as well."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence_uses", verbose_name="Fall")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="uses", verbose_name="Nachweis")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name="Kriterium")
    again = models.BooleanField("erneut eingereicht", default=False)
    query = models.ForeignKey(
        Query, models.PROTECT, null=True, blank=True, related_name="evidence_uses", verbose_name="zur Rückfrage"
    )
    added_at = models.DateTimeField("hinzugefügt am")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="hinzugefügt von")

    objects = EvidenceUseQuerySet.as_manager()

    class Meta:
        verbose_name = "Verwendung eines Nachweises"
        verbose_name_plural = "Verwendung von Nachweisen"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "criterion", "evidence"],
                name="evidence_use_once",
                violation_error_message="Dieser Nachweis liegt bei dem Kriterium schon vor.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="use_fixed", operation=pgtrigger.Update),
            # As handed in, so kept; what goes with an answer is fixed with the answer.
            pgtrigger.Trigger(
                name="use_handed_in",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                IF EXISTS (
                    SELECT 1 FROM certification_case c LEFT JOIN certification_query q ON q.id = OLD.query_id
                    WHERE c.id = OLD.case_id AND c.submitted_at IS NOT NULL
                    AND (q.id IS NULL OR q.answered_at IS NOT NULL)
                ) THEN
                    RAISE EXCEPTION 'evidence use % was handed in', OLD.id;
                END IF;
                RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} bei {self.criterion.code}"
