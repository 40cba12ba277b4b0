"""Criteria are data: edition → area → criterion → parts; a case is scored by the edition of its round."""

from django.db import models
from django.db.models import Q

from centres.models import CentreKind
from certification.models.procedure import Procedure
from certification.rules.scoring import Per


class Tier(models.TextChoices):
    BASIC = "basic", "Basis"
    ADVANCED = "advanced", "Aufbau"


class Group(models.TextChoices):
    PERFORMANCE = "performance", "Leistung"
    STRUCTURE = "structure", "Struktur"


class Frequency(models.TextChoices):
    """How the thresholds of rules.scoring read on a form."""

    WEEK = Per.WEEK.value, "je Woche"
    MONTH = Per.MONTH.value, "je Monat"
    HALF_YEAR = Per.HALF_YEAR.value, "je Halbjahr"
    YEAR = Per.YEAR.value, "je Jahr"


class Edition(models.Model):
    """An edition of the criteria, for example the brochure of 2020."""

    key = models.SlugField("Kürzel", unique=True)
    label = models.CharField("Ausgabe", max_length=150)
    official = models.BooleanField(
        "amtlicher Text", default=False, help_text="Ohne diesen Haken steht überall „Muster, nicht amtlich“."
    )

    class Meta:
        verbose_name = "Ausgabe der Kriterien"
        verbose_name_plural = "Ausgaben der Kriterien"

    def __str__(self) -> str:
        return self.label if self.official else f"{self.label} (Muster, nicht amtlich)"


class Area(models.Model):
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="areas", verbose_name="Ausgabe")
    number = models.PositiveSmallIntegerField("Nummer")
    name = models.CharField("Bereich", max_length=150)
    group = models.CharField("Art", max_length=12, choices=Group)

    class Meta:
        verbose_name = "Bereich"
        verbose_name_plural = "Bereiche"
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"],
                name="area_number_once",
                violation_error_message="Diese Nummer hat in der Ausgabe schon ein anderer Bereich.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Criterion(models.Model):
    area = models.ForeignKey(Area, models.PROTECT, related_name="criteria", verbose_name="Bereich")
    code = models.CharField("Nummer", max_length=12)
    position = models.PositiveSmallIntegerField("Reihenfolge")
    tier = models.CharField("Stufe", max_length=10, choices=Tier)
    title = models.CharField("Kriterium", max_length=250)
    help = models.TextField("Erläuterung", blank=True)

    class Meta:
        verbose_name = "Kriterium"
        verbose_name_plural = "Kriterien"
        constraints = [
            models.UniqueConstraint(
                fields=["area", "code"],
                name="criterion_code_once",
                violation_error_message="Diese Nummer hat in dem Bereich schon ein anderes Kriterium.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Part(models.Model):
    """What a criterion asks for. Parts of one `alternative` are joined by ODER, the alternatives by UND."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="parts", verbose_name="Kriterium")
    code = models.CharField("Nummer", max_length=16)
    alternative = models.PositiveSmallIntegerField("ODER-Gruppe", default=1)
    text = models.TextField("Text")
    times = models.PositiveSmallIntegerField("mindestens", null=True, blank=True)
    per = models.CharField("je", max_length=10, choices=Frequency, blank=True)
    partly_counts = models.BooleanField(
        "„teilweise“ genügt", default=False, help_text="Ohne diesen Haken zählt der Teil nur mit „ja“ als erfüllt."
    )

    class Meta:
        verbose_name = "Teil eines Kriteriums"
        verbose_name_plural = "Teile von Kriterien"
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "code"],
                name="part_code_once",
                violation_error_message="Diese Nummer hat in dem Kriterium schon ein anderer Teil.",
            ),
            models.CheckConstraint(
                condition=Q(times=None, per="") | (Q(times__gte=1) & ~Q(per="")),
                name="part_frequency_whole",
                violation_error_message="Eine Häufigkeit braucht beides: wie oft und je welchem Zeitraum.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def counted(self) -> bool:
        """Whether the offers of each half-year are counted; weekly and monthly ones are only affirmed."""
        return self.per in {Frequency.HALF_YEAR, Frequency.YEAR}


class PassRule(models.Model):
    """The least to fulfil. Minimums are data: those of 2020 are known from a secondary source (domain.md § 4.1)."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="pass_rules", verbose_name="Ausgabe")
    procedure = models.CharField("Verfahren", max_length=10, choices=Procedure, blank=True)
    kind = models.CharField("Form", max_length=10, choices=CentreKind, blank=True)
    tier = models.CharField("Stufe", max_length=10, choices=Tier)
    group = models.CharField("Art", max_length=12, choices=Group)
    at_least = models.PositiveSmallIntegerField("mindestens")

    class Meta:
        verbose_name = "Mindestanforderung"
        verbose_name_plural = "Mindestanforderungen"
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "procedure", "kind", "tier", "group"],
                name="pass_rule_once",
                violation_error_message="Diese Mindestanforderung gibt es in der Ausgabe schon.",
            ),
        ]

    def __str__(self) -> str:
        return f"mindestens {self.at_least} {self.get_tier_display()}, {self.get_group_display()}"
