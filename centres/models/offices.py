from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from centres.rules.folding import fold


class RegionalYouthOffice(models.TextChoices):
    LVR = "LVR", "LVR-Landesjugendamt Rheinland"
    LWL = "LWL", "LWL-Landesjugendamt Westfalen"


class YouthOfficeQuerySet(models.QuerySet["YouthOffice"]):
    def named(self, name: str) -> "YouthOffice | None":
        """The office of this name, however it is spelt in a register: umlauts, dots and blanks do not matter."""
        return self.filter(name_folded=fold(name)).first()


@tracked()
class YouthOffice(models.Model):
    """One of the 186 youth offices, which is also its district (Jugendamtsbezirk)."""

    key = models.CharField(
        "Amtlicher Schlüssel",
        max_length=12,
        unique=True,
        help_text="Amtlicher Gemeinde- oder Kreisschlüssel, mit führenden Nullen.",
        error_messages={"unique": "Diesen Schlüssel hat schon ein anderes Jugendamt."},
    )
    name = models.CharField("Jugendamt", max_length=150)
    name_folded = models.TextField(editable=False, unique=True)  # folding lengthens: ä becomes ae
    regional = models.CharField("Landesjugendamt", max_length=3, choices=RegionalYouthOffice)
    inhabitants = models.PositiveIntegerField("Einwohner", null=True, blank=True)

    objects = YouthOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = "Jugendamt"
        verbose_name_plural = "Jugendämter"
        constraints = [
            models.CheckConstraint(
                condition=Q(regional__in=RegionalYouthOffice.values),
                name="youth_office_regional_known",
                violation_error_message="Das Landesjugendamt ist entweder LVR oder LWL.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.name_folded = fold(self.name)
        others = YouthOffice.objects.exclude(pk=self.pk).filter(name_folded=self.name_folded)
        if others.exists():
            raise ValidationError({"name": "Ein Jugendamt dieses Namens gibt es schon."})


class Provider(models.Model):
    """The legal body that runs facilities (Träger)."""

    name = models.CharField(
        "Träger",
        max_length=250,
        unique=True,
        error_messages={"unique": "Ein Träger dieses Namens ist schon angelegt."},
    )
    # As the registers write it: which groups are official is not known (domain.md § 1, Trägergruppe).
    group = models.CharField("Trägergruppe", max_length=80, blank=True)
    email = models.EmailField(
        "E-Mail-Adresse", blank=True, help_text="An diese Adresse geht die Bitte, eine neue Leitung zu bestätigen."
    )

    class Meta:
        verbose_name = "Träger"
        verbose_name_plural = "Träger"

    def __str__(self) -> str:
        return self.name
