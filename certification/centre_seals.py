"""What the seals of a centre make of it on a day, asked of the database for lists of centres."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from centres.models import FamilyCentre
from certification.models import Seal
from certification.rules.periods import plus_years
from certification.rules.status import SealStatus, running_out_from

NONE = "none"
NONE_LABEL = "kein Gütesiegel"
CHOICES = [*((status.value, status.label) for status in SealStatus), (NONE, NONE_LABEL)]
LABELS = dict(CHOICES)


def with_seal(centres: QuerySet[FamilyCentre], *, today: date) -> QuerySet[Any]:
    """Adds `seal_status` (a `SealStatus` or `NONE`) and `seal_through`, the last day of the last seal that stands.

    The same answer as `rules.status.status_on` for a centre with one seal. Of several, the one in force decides;
    it is not running out while another follows it. Without one in force the latest decides.
    """
    return centres.annotate(seal_through=seal_through(today), seal_status=seal_status(today))


def seal_through(today: date) -> Subquery:
    return Subquery(_alive(today).order_by("-valid_through").values("valid_through")[:1])


def seal_status(today: date) -> Case:
    in_force = Exists(_seals().valid_on(today))
    lasting = Exists(_alive(today).filter(valid_through__gt=last_end_running_out(today)))
    coming = Exists(_alive(today).filter(valid_from__gt=today))
    return Case(
        When(in_force & lasting, then=Value(SealStatus.VALID.value)),
        When(in_force, then=Value(SealStatus.RUNNING_OUT.value)),
        When(coming, then=Value(SealStatus.NOT_YET_VALID.value)),
        default=Subquery(_seals().order_by("-valid_through", "-pk").values(fate=_fate())[:1]),
        output_field=CharField(),
    )


def last_end_running_out(today: date) -> date:
    """The latest end of a seal that is running out today."""
    about = plus_years(today, 1)
    near = (about + timedelta(days=days) for days in range(3, -4, -1))
    return next(end for end in near if running_out_from(end) <= today)


def _fate() -> Case:
    """A seal that had already ended cannot be withdrawn any more."""
    ended = Q(void_from=None) | Q(void_from__gt=F("valid_through"))
    return Case(When(ended, then=Value(SealStatus.ENDED.value)), default=F("void_kind"), output_field=CharField())


def _alive(today: date) -> Any:
    """Neither withdrawn nor superseded by today."""
    return _seals().filter(Q(void_from=None) | Q(void_from__gt=today))


def _seals() -> Any:
    return Seal.objects.filter(centre=OuterRef("pk"))
