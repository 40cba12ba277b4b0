"""Dated rows: from a first day through a last day, the last day included; no last day means until further notice."""

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value


class BigIntRange(Func):
    """One number as a range, so that GiST compares it without the extension btree_gist."""

    function = "int8range"
    output_field = models.TextField()

    def __init__(self, number: str) -> None:
        super().__init__(F(number), F(number), Value("[]"))


class DatePeriod(Func):
    function = "daterange"
    output_field = DateRangeField()

    def __init__(self, first: Any = "starts_on", last: Any = "ends_on", bounds: str = "[]") -> None:
        super().__init__(*(F(day) if isinstance(day, str) else day for day in (first, last)), Value(bounds))


def never_overlapping(*numbers: str, name: str, message: str, **options: Any) -> ExclusionConstraint:
    """Rows equal in all `numbers` (columns with whole numbers) may not share a day."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((BigIntRange(number), RangeOperators.OVERLAPS) for number in numbers),
            (options.pop("period", DatePeriod()), RangeOperators.OVERLAPS),
        ],
        violation_error_message=message,
        **options,
    )


def in_order(*, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
        name=name,
        violation_error_message="Der letzte Tag liegt vor dem ersten. Bitte prüfen Sie beide Daten.",
    )


def on_day(day: date, prefix: str = "") -> Q:
    """The rows in force on this day; `prefix` reaches them over a relation, with its underscores."""
    starts, ends = f"{prefix}starts_on", f"{prefix}ends_on"
    return Q(**{f"{starts}__lte": day}) & (Q(**{ends: None}) | Q(**{f"{ends}__gte": day}))
