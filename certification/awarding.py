"""Awarding many seals at once: put together, looked at, confirmed, then carried out one by one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import pghistory
from celery import shared_task
from django.db import transaction
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from certification import workflow
from certification.models import AwardBatch, AwardItem, Case, Outcome, Seal
from certification.rules.moves import BY_ACT, State
from certification.rules.validity import AlreadyCoveredError, Validity, validity


class NotPossibleError(Exception):
    """The batch cannot be confirmed like this; the text may be shown to the person."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the award would mean for one item: first and last day, or else why there will be no seal."""

    item: AwardItem
    validity: Validity | None
    obstacle: str = ""


@transaction.atomic
def prepare(cases: Iterable[Case], *, by: User, at: datetime, on: date) -> AwardBatch:
    """Put a batch together; nothing is awarded by this."""
    batch = AwardBatch.objects.create(awarded_on=on, created_by=by, created_at=at)
    AwardItem.objects.bulk_create((AwardItem(batch=batch, case=case) for case in cases), batch_size=500)
    return batch


def reschedule(batch: AwardBatch, *, on: date) -> None:
    """Move a batch that is not yet confirmed to another award day."""
    AwardBatch.objects.filter(pk=batch.pk, confirmed_at=None).update(awarded_on=on)


def plans(batch: AwardBatch) -> list[Plan]:
    """What confirming would do, as `sealing.planned` says it; the number of queries does not grow with the cases."""
    return [_plan(item, batch.awarded_on) for item in _items_with_facts(batch)]


@transaction.atomic
def confirm(batch: AwardBatch, *, expected: int, by: User, at: datetime) -> None:
    """Confirm what was shown: `expected` awards. They follow in the background. Raises NotPossibleError."""
    batch = AwardBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.confirmed_at:
        raise NotPossibleError("Diese Verleihung ist schon bestätigt.")
    found = plans(batch)
    hindered = [plan for plan in found if plan.obstacle]
    if not len(found) - len(hindered) == expected > 0:
        raise NotPossibleError("Inzwischen hat sich etwas geändert. Bitte prüfen Sie die Vorschau noch einmal.")
    for plan in hindered:
        plan.item.done_at, plan.item.problem = at, plan.obstacle
    AwardItem.objects.bulk_update((plan.item for plan in hindered), ["done_at", "problem"], batch_size=500)
    batch.confirmed_at, batch.confirmed_by = at, by
    batch.save(update_fields=["confirmed_at", "confirmed_by"])
    start(batch)


def start(batch: AwardBatch) -> None:
    """Let a worker carry the batch out, or go on with it where an earlier one was stopped."""
    transaction.on_commit(partial(award_batch.delay, batch.pk), robust=True)


@shared_task
def award_batch(batch_id: int) -> None:
    carry_out(AwardBatch.objects.get(pk=batch_id), now=timezone.now)


def carry_out(batch: AwardBatch, *, now: Callable[[], datetime]) -> None:
    """Award item by item, each in its own transaction: a kill leaves no half award, and another run goes on.

    May run twice at once, since each item is locked by one of them.
    """
    if batch.confirmed_by is None:
        return
    with pghistory.context(user=batch.confirmed_by_id):
        while _carry_out_next(batch, by=batch.confirmed_by, at=now()):
            pass
    through = AwardBatch.objects.filter(pk=batch.pk, finished_at=None).exclude(items__done_at=None)
    through.update(finished_at=now())


@transaction.atomic
def _carry_out_next(batch: AwardBatch, *, by: User, at: datetime) -> bool:
    waiting = batch.items.filter(done_at=None).select_for_update(skip_locked=True, of=("self",))
    item = waiting.select_related("case").order_by("pk").first()
    if item is None:
        return False
    item.problem = _award(item.case, by=by, at=at, on=batch.awarded_on)
    item.done_at = at
    item.save(update_fields=["done_at", "problem"])
    return True


def _award(case: Case, *, by: User, at: datetime, on: date) -> str:
    """Why there is no seal; empty where there is one now."""
    try:
        workflow.award(case, by=by, at=at, on=on)
    except workflow.NotAllowedError as error:
        return str(error)
    return ""


def _items_with_facts(batch: AwardBatch) -> QuerySet[AwardItem]:
    earlier = Seal.objects.filter(centre=OuterRef("case__centre")).last_days(reaching=batch.awarded_on)
    return (
        batch.items.select_related("case__centre__youth_office", "case__round")
        .prefetch_related(Prefetch("case__outcomes", Outcome.objects.standing(), to_attr="standing_outcomes"))
        .annotate(previous_through=Subquery(earlier[:1]))
        .order_by(F("case__centre__name_folded"), "pk")
    )


def _plan(item: AwardItem, on: date) -> Plan:
    if obstacle := _obstacle(item.case):
        return Plan(item, None, obstacle)
    try:
        return Plan(item, validity(on, previous_through=item.previous_through))  # type: ignore[attr-defined]
    except AlreadyCoveredError as error:
        return Plan(item, None, str(error))


def _obstacle(case: Case) -> str:
    """The guards of `workflow.award`, asked before."""
    state = State(case.state)
    if state not in BY_ACT["award"].sources:
        return f"Der Fall ist „{state.label}“."
    outcome = next(iter(case.standing_outcomes), None)  # type: ignore[attr-defined]
    if outcome is None or outcome.released_at is None:
        return "Das Ergebnis ist noch nicht von einer zweiten Person freigegeben."
    return "" if outcome.eligible else "Das freigegebene Ergebnis lautet: nicht gütesiegelfähig."
