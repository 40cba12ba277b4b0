"""Acts on the facts of centres: one upper room states them, the other asks; neither imports the other."""

from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from centres.models import CentreFact, FactKind, FamilyCentre
from centres.models.centre import FamilyCentreQuerySet


def state(kind: FactKind, key: str, label: str, centre_ids: Iterable[int], *, on: date) -> None:
    """Let every room know it of these centres. Stating it again changes nothing."""
    CentreFact.objects.bulk_create(
        (CentreFact(centre_id=pk, kind=kind, key=key, label=label, since=on) for pk in centre_ids),
        ignore_conflicts=True,
    )


def retract(kind: FactKind, key: str, centre_id: int) -> None:
    """It never was so: somebody had written down what was not true. Stated again, it holds again."""
    CentreFact.objects.filter(kind=kind, key=key, centre=centre_id).delete()


def briefings(centre: FamilyCentre, *, on: date) -> list[str]:
    """The information events at which somebody of the centre was, title and day, the newest first. One query."""
    known = CentreFact.objects.briefings().in_force(on=on).filter(centre=centre)
    return list(known.order_by("-since", "-pk").values_list("label", flat=True))


def with_briefings(centres: FamilyCentreQuerySet, *, on: date) -> FamilyCentreQuerySet:
    """Adds `briefings` to each centre, as above, without a query of its own."""
    known = CentreFact.objects.briefings().in_force(on=on).filter(centre=OuterRef("pk"))
    return centres.annotate(briefings=ArraySubquery(known.order_by("-since", "-pk").values("label")))


def end(kind: FactKind, key: str, centre_id: int, *, on: date) -> None:
    """From the day `on` it no longer holds."""
    CentreFact.objects.filter(kind=kind, key=key, centre=centre_id, over_on=None).update(over_on=on)
