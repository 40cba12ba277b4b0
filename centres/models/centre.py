from collections import defaultdict
from datetime import date
from functools import reduce
from operator import and_
from typing import Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connections, models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import Role, User
from centres.models.offices import Provider, YouthOffice
from centres.models.periods import in_order, never_overlapping, on_day
from centres.rules.folding import fold

SEARCHED = [
    "certification_number",
    "name",
    "youth_office__name",
    "facility_memberships__facility__number",
    "facility_memberships__facility__name",
    "facility_memberships__facility__provider__name",
    "facility_memberships__facility__postcode",
    "facility_memberships__facility__town",
    "facility_memberships__facility__district",
]
WRITE_SEARCH = """
    UPDATE centres_familycentre SET search = fresh.search
    FROM unnest(%s::bigint[], %s::text[]) AS fresh(id, search)
    WHERE centres_familycentre.id = fresh.id AND centres_familycentre.search <> fresh.search
"""


class CentreKind(models.TextChoices):
    SINGLE = "single", "Einzel-Familienzentrum"
    NETWORK = "network", "Verbund"


class FamilyCentreQuerySet(models.QuerySet["FamilyCentre"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Staff see every centre; a lead or deputy those whose membership covers the day; nobody else any."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role in {Role.MINISTRY, Role.AUDITOR, Role.SERVICE_OFFICE}:
            return self.all()
        return self.filter(Q(memberships__user=user) & on_day(on, "memberships__")).distinct()

    def running(self) -> Self:
        return self.filter(ended_on=None)

    def found_by(self, text: str) -> Self:
        """Every word of `text` begins a word of number, name, provider or place; ä = ae, ß = ss.

        Raw prefix queries are safe here: folding leaves letters and digits only.
        """
        words = [SearchQuery(f"{word}:*", search_type="raw", config="simple") for word in fold(text).split()]
        if not words:
            return self
        return self.annotate(words=SearchVector("search", config="simple")).filter(words=reduce(and_, words))

    def by_name(self) -> Self:
        return self.order_by("name_folded", "pk")

    def refresh_search(self) -> None:
        """Write anew what these centres are found by, in a number of queries that does not grow with them.

        Whoever changes a number, a name or an address calls it. Former facilities still find their centre.
        """
        fresh = self._fresh_search()
        with connections[self.db].cursor() as cursor:
            cursor.execute(WRITE_SEARCH, [list(fresh), list(fresh.values())])

    def search_out_of_date(self) -> list["FamilyCentre"]:
        """The centres somebody changed without refreshing what they are found by."""
        fresh = self._fresh_search()
        return [centre for centre in self if centre.search != fresh[centre.pk]]

    def _fresh_search(self) -> dict[int, str]:
        words: dict[int, set[str]] = defaultdict(set)
        for pk, *texts in self.order_by().values_list("pk", *SEARCHED):
            words[pk].update(fold(" ".join(filter(None, texts))).split())
        return {pk: " ".join(sorted(each)) for pk, each in words.items()}


@tracked(exclude=["search"])
class FamilyCentre(models.Model):
    certification_number = models.CharField(
        "Zertifizierungsnummer",
        max_length=20,
        unique=True,
        help_text="Mit führenden Nullen. Eine neue Form bedeutet eine neue Nummer.",
        error_messages={"unique": "Diese Zertifizierungsnummer ist schon vergeben."},
    )
    name = models.CharField("Name", max_length=250)
    kind = models.CharField("Form", max_length=10, choices=CentreKind)
    youth_office = models.ForeignKey(YouthOffice, models.PROTECT, related_name="centres", verbose_name="Jugendamt")
    email = models.EmailField("E-Mail-Adresse", blank=True)
    phone = models.CharField("Telefon", max_length=50, blank=True)
    lead_name = models.CharField(
        "Leitung laut Register",
        max_length=150,
        blank=True,
        help_text="Gilt, bis eine Leitung angemeldet ist.",
    )
    network_exception = models.TextField(
        "Begründung der Ausnahme",
        blank=True,
        help_text="Warum ein Verbund mehr als fünf Einrichtungen hat oder weiter reicht als drei Kilometer "
        "(§ 10 Absatz 3 DVO KiBiz).",
    )
    ended_on = models.DateField("beendet zum", null=True, blank=True, help_text="Letzter Tag als Familienzentrum.")
    end_reason = models.CharField("Grund der Beendigung", max_length=250, blank=True)

    name_folded = models.TextField(editable=False, db_index=True)  # folding lengthens: ä becomes ae
    search = models.TextField(editable=False, default="")

    objects = FamilyCentreQuerySet.as_manager()

    class Meta:
        verbose_name = "Familienzentrum"
        verbose_name_plural = "Familienzentren"
        indexes = [
            GinIndex(SearchVector("search", config="simple"), name="centre_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="centre_ended_with_reason",
                violation_error_message="Ein beendetes Familienzentrum braucht Tag und Grund der Beendigung.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CentreKind.values),
                name="centre_kind_known",
                violation_error_message="Die Form ist entweder Einzel-Familienzentrum oder Verbund.",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(certification_number=""),
                name="centre_named_and_numbered",
                violation_error_message="Ein Familienzentrum braucht Namen und Zertifizierungsnummer.",
            ),
        ]
        triggers = [
            # At the end of the transaction, so that a centre and its facility can be written one after the other.
            pgtrigger.Trigger(
                name="single_has_one_facility",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("kind", "ended_on"),  # type: ignore[no-untyped-call]
                timing=pgtrigger.Deferred,
                func="PERFORM centres_check_single(NEW.id); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.certification_number})"

    def save(self, *args: object, **kwargs: object) -> None:
        self.name_folded = fold(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_network(self) -> bool:
        return self.kind == CentreKind.NETWORK


@tracked()
class Facility(models.Model):
    """One physical day-care facility (Einrichtung)."""

    number = models.CharField(
        "Einrichtungsnummer",
        max_length=20,
        unique=True,
        error_messages={"unique": "Diese Einrichtungsnummer ist schon vergeben."},
    )
    name = models.CharField("Name", max_length=250)
    provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="facilities", verbose_name="Träger", null=True, blank=True
    )
    street = models.CharField("Straße", max_length=200, blank=True)
    postcode = models.CharField("PLZ", max_length=5, blank=True)
    town = models.CharField("Ort", max_length=100, blank=True)
    district = models.CharField("Ortsteil", max_length=100, blank=True)
    places = models.PositiveSmallIntegerField("Plätze", null=True, blank=True)
    email = models.EmailField("E-Mail-Adresse", blank=True)
    phone = models.CharField("Telefon", max_length=50, blank=True)
    latitude = models.DecimalField("Breite", max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("Länge", max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        verbose_name = "Einrichtung"
        verbose_name_plural = "Einrichtungen"
        constraints = [
            models.CheckConstraint(
                condition=Q(postcode="") | Q(postcode__regex=r"^\d{5}$"),
                name="facility_postcode_of_five_digits",
                violation_error_message="Eine Postleitzahl hat fünf Ziffern.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def address(self) -> str:
        return ", ".join(filter(None, [self.street, f"{self.postcode} {self.town}".strip()]))


class NetworkMembershipQuerySet(models.QuerySet["NetworkMembership"]):
    def on_day(self, day: date) -> Self:
        return self.filter(on_day(day))


@tracked()
class NetworkMembership(models.Model):
    """A facility belongs to a centre, from a first day through a last day; a single centre has just one."""

    centre = models.ForeignKey(
        FamilyCentre, models.PROTECT, related_name="facility_memberships", verbose_name="Familienzentrum"
    )
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="centre_memberships", verbose_name="Einrichtung"
    )
    starts_on = models.DateField("gehört dazu ab")
    ends_on = models.DateField("letzter Tag", null=True, blank=True)
    grant_recipient = models.BooleanField("Zuschussempfänger", default=False)
    contact = models.BooleanField("Kontakteinrichtung", default=False)

    objects = NetworkMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "Zugehörigkeit einer Einrichtung"
        verbose_name_plural = "Zugehörigkeiten von Einrichtungen"
        constraints = [
            in_order(name="network_membership_in_order"),
            never_overlapping(
                "facility_id",
                name="facility_in_one_centre",
                message="Diese Einrichtung gehört in dieser Zeit schon zu einem Familienzentrum. "
                "Beenden Sie zuerst die andere Zugehörigkeit.",
            ),
            never_overlapping(
                "centre_id",
                name="one_grant_recipient",
                condition=Q(grant_recipient=True),
                message="Ein Verbund hat zu jeder Zeit nur einen Zuschussempfänger.",
            ),
            never_overlapping(
                "centre_id",
                name="one_contact_facility",
                condition=Q(contact=True),
                message="Ein Verbund hat zu jeder Zeit nur eine Kontakteinrichtung.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="single_has_one_facility",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func="""
                    IF TG_OP <> 'DELETE' THEN PERFORM centres_check_single(NEW.centre_id); END IF;
                    IF TG_OP <> 'INSERT' THEN PERFORM centres_check_single(OLD.centre_id); END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility} in {self.centre}"
