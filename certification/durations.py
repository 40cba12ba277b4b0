"""How long a case usually stands in each state: counted from the steps of closed rounds."""

from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Aggregate, Count, DurationField, F, Min, OuterRef, QuerySet, Subquery

from certification.models import Step
from certification.next_step import Situation
from certification.rules.durations import Usual, by_key, promise
from certification.rules.moves import LABELS, OPEN, State

WHOLE_REVIEW = "review"
DECIDED = [State.AWARDED, State.NOT_AWARDED]
KEPT_SECONDS = 3600
DAY = timedelta(days=1)


class Percentile(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, expression: object, *, share: float) -> None:
        super().__init__(expression, share=share)


def usual_durations(today: date) -> list[Usual]:
    """Each open state in the order of the table, then the review as a whole, from its start to the decision."""
    states = {row["new"]: row for row in _measured(_with_next(_closed(today)))}
    found = [_usual(state, LABELS[state], states[state]) for state in State if state in OPEN and state in states]
    whole = _measured(_with_decision(_closed(today)))
    return found + [_usual(WHOLE_REVIEW, "Prüfung im Ganzen", row) for row in whole]


def promise_to_centre(now: Situation, today: date) -> str:
    """What a centre whose case waits may be told. It reads the same wherever the review stands inside the house."""
    if now.state != State.SUBMITTED and not now.under_review:
        return ""
    usual = by_key(cache.get_or_set(f"usual-durations-{today}", lambda: usual_durations(today), KEPT_SECONDS) or [])
    if now.state == State.SUBMITTED:
        return promise(usual.get(State.SUBMITTED), "Bis die Prüfung beginnt,")
    return promise(usual.get(WHOLE_REVIEW), "Vom Beginn der Prüfung bis zur Entscheidung")


def _closed(today: date) -> QuerySet[Step]:
    return Step.objects.filter(case__round__results_until__lt=today)


def _with_next(steps: QuerySet[Step]) -> QuerySet[Step]:
    later = Step.objects.filter(case=OuterRef("case"), at__gt=OuterRef("at")).order_by("at")
    return steps.annotate(until=Subquery(later.values("at")[:1]))


def _with_decision(steps: QuerySet[Step]) -> QuerySet[Step]:
    decided = Step.objects.filter(case=OuterRef("case"), new__in=DECIDED).values("case").annotate(at=Min("at"))
    return steps.filter(act="start_review").annotate(until=Subquery(decided.values("at")[:1]))


def _measured(steps: QuerySet[Any]) -> list[dict[str, Any]]:
    """By state, of the steps that have an end `until`."""
    took = F("until") - F("at")
    known = steps.filter(until__isnull=False).values("new")
    measured = known.annotate(count=Count("pk"), half=Percentile(took, share=0.5), most=Percentile(took, share=0.8))
    return list(measured.order_by())


def _usual(key: str, label: str, row: dict[str, Any]) -> Usual:
    return Usual(key, label, row["count"], row["half"] / DAY, row["most"] / DAY)
