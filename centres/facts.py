"""Acts on the facts of centres: one upper room states them, the other asks; neither imports the other."""

from collections.abc import Iterable
from datetime import date

from centres.models import CentreFact, FactKind


def state(kind: FactKind, key: str, label: str, centre_ids: Iterable[int], *, on: date) -> None:
    """Let every room know it of these centres. Stating it again changes nothing."""
    CentreFact.objects.bulk_create(
        (CentreFact(centre_id=pk, kind=kind, key=key, label=label, since=on) for pk in centre_ids),
        ignore_conflicts=True,
    )


def end(kind: FactKind, key: str, centre_id: int, *, on: date) -> None:
    """From the day `on` it no longer holds."""
    CentreFact.objects.filter(kind=kind, key=key, centre=centre_id, over_on=None).update(over_on=on)
