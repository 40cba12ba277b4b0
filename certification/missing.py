"""The consequence of a deadline nobody kept: "nicht teilgenommen", planned from what the reminders have on record.

Only a chain whose last reminder carries `consequence_days` has one; the ministry sets it, none is set from the start.
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from centres.models import Letter, LetterState
from centres.rules.bounces import Kind
from certification import workflow
from certification.models import Case, Chain, ReminderRule
from certification.rules.missing import reason, told_by
from certification.rules.moves import State

# Which cases a chain speaks to, and the date of the round that must have passed.
WAITING = {
    Chain.REGISTRATION: (State.INVITED, "registration_until"),
    Chain.SUBMISSION: (State.REGISTERED, "submission_until"),
}
ON_ITS_WAY = [LetterState.QUEUED, LetterState.IN_FLIGHT, LetterState.RETRYING]


def miss_due(today: date, *, at: datetime) -> int:
    """Record each case that is missed by the clock; safe at any hour, any number of times and in parallel."""
    return sum(_miss(case, until, at=at) for case, until in list(_due(today)))


def _miss(case: Case, until: date, *, at: datetime) -> bool:
    """False where somebody was quicker: the act locks the case and asks again."""
    told_on = timezone.localdate(case.told_at)  # type: ignore[attr-defined]
    try:
        workflow.miss(case, by=None, at=at, reason=reason(until, told_on))
    except workflow.NotAllowedError:
        return False
    return True


def _due(today: date) -> Iterator[tuple[Case, date]]:
    for rule in ReminderRule.objects.with_consequence():
        chain = Chain(rule.chain)
        _, until = WAITING[chain]
        told = (
            _notices(chain).filter(_DELIVERED, rule=rule.name).order_by().values("centre").annotate(at=Min("sent_at"))
        )
        cases = _late(chain, today).annotate(told_at=told.values("at"))
        in_time = cases.filter(told_at__date__lte=told_by(today, rule.consequence_days or 0))
        for case in in_time.select_related("centre", "round").order_by("pk"):
            yield case, getattr(case.round, until)


def unreached(today: date) -> Q:
    """Cases whose deadline has passed, but whose last reminder neither arrived nor is on its way: nobody was told."""
    found = Q(pk__in=[])
    for chain, (state, until) in WAITING.items():
        rule = ReminderRule.objects.with_consequence().filter(chain=chain)
        names = rule.values_list(Concat(Value(f"{chain}/"), "key", output_field=TextField()))
        reached = _notices(chain).filter(rule__in=names).filter(_DELIVERED | Q(state__in=ON_ITS_WAY))
        found |= Q(Exists(rule), ~Exists(reached), state=state, **{f"round__{until}__lt": today})
    return found


def _late(chain: Chain, today: date) -> QuerySet[Case]:
    state, until = WAITING[chain]
    return Case.objects.filter(state=state, centre__ended_on=None, **{f"round__{until}__lt": today})


def _notices(chain: Chain) -> QuerySet[Letter]:
    """Letters to the case about the date that stands now: one about an earlier date has no consequence."""
    _, until = WAITING[chain]
    day = Cast(OuterRef(f"round__{until}"), TextField())
    case = Cast(OuterRef("pk"), TextField())
    begins = Concat(Value("case-"), case, Value(f"/{chain}/"), day, Value("/"), output_field=TextField())
    return Letter.objects.filter(centre=OuterRef("centre"), key__startswith=begins)


_DELIVERED = Q(state=LetterState.SENT) & ~Q(bounces__kind=Kind.HARD)
