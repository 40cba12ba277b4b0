import secrets
from pathlib import PurePath

from django.db import models
from django.db.models import Q

from accounts.models import User
from centres.rules.file_types import ALL_TYPES, IN_WORDS, SHOWN_IN_PAGE
from events.models.event import InfoEvent, public_id
from events.rules.materials import AUDIENCES, Audience, When

WHEN = [(each.value, each.label) for each in When]


def random_name(material: "Material", filename: str) -> str:
    """Where a file lies says nothing about what it is."""
    return f"events/{secrets.token_hex(2)}/{secrets.token_urlsafe(24)}{PurePath(filename).suffix}"


class MaterialQuerySet(models.QuerySet["Material"]):
    def in_order(self) -> "MaterialQuerySet":
        """What prepares for the event first, then what came of it."""
        return self.order_by("event", "-when", "position", "pk")


class Material(models.Model):
    """A file or a link about an event, for the people it concerns. Written by `events.materials` alone.

    Nobody reaches a file but through a page that asks `events.rules.materials.may_read`.
    """

    event = models.ForeignKey(InfoEvent, models.PROTECT, related_name="materials", verbose_name="Veranstaltung")
    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    title = models.CharField("Titel", max_length=200)
    when = models.CharField("wofür", max_length=6, choices=WHEN, default=When.BEFORE.value)
    audience = models.CharField("für wen", max_length=10, choices=AUDIENCES, default=Audience.REGISTERED.value)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    link = models.URLField("Link", max_length=500, blank=True)
    file = models.FileField("Datei", upload_to=random_name, max_length=150, blank=True)
    name = models.CharField("Dateiname", max_length=150, blank=True)
    content_type = models.CharField("Dateiart", max_length=100, choices=[(t, t) for t in ALL_TYPES], blank=True)
    size = models.PositiveIntegerField("Größe in Byte", null=True, blank=True)
    added_at = models.DateTimeField("hinzugefügt")
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="hinzugefügt von")

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = "Material"
        verbose_name_plural = "Materialien"
        constraints = [
            models.CheckConstraint(
                condition=(~Q(link="") & Q(file="", name="", content_type="", size=None))
                | (Q(link="", content_type__in=list(ALL_TYPES), size__gte=1) & ~Q(file="") & ~Q(name="")),
                name="material_is_link_or_file",
                violation_error_message="Ein Material ist entweder ein Link oder eine Datei bekannter Art.",
            ),
            models.CheckConstraint(
                condition=Q(when__in=[each.value for each in When], audience__in=[each.value for each in Audience]),
                name="material_for_somebody",
                violation_error_message="Ein Material ist für eine der Gruppen und eine der Zeiten bestimmt.",
            ),
            models.CheckConstraint(
                condition=~Q(audience=Audience.ATTENDED.value) | Q(when=When.AFTER.value),
                name="material_attended_comes_after",
                violation_error_message="Wer da war, steht erst nach der Veranstaltung fest.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shows_in_page(self) -> bool:
        return self.content_type in SHOWN_IN_PAGE

    @property
    def type_in_words(self) -> str:
        return IN_WORDS.get(self.content_type, "Link")
