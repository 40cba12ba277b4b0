"""A year's bulk acts of the ministry: opening a round with 830 cases and awarding 830 seals."""

from datetime import datetime, timedelta

from accounts.models import User
from benchmarks import _stage, _table
from certification import awarding, opening, rounds
from certification.models import AwardBatch, Case, Outcome, Round, Seal
from certification.rules.moves import State

CASES = 830


def run() -> None:
    _stage.demo()
    _table.head()
    at = _stage.now()
    ministry = User.objects.get(email="ministerium@example.org")
    round_ = cohort(at)
    open_round(round_, ministry, at)
    award(round_, ministry, at)


def cohort(at: datetime) -> Round:
    """A round of its own for 830 seals that end on a day on which no other does, with no open case in the way."""
    end = at.date().replace(day=1) + timedelta(days=400)
    free = Seal.objects.latest_per_centre().filter(centre__ended_on=None, valid_from__lt=end)
    busy = Case.objects.open().values("centre")
    void = Seal.objects.exclude(void_from=None).values("centre")
    free = free.exclude(centre__in=busy).exclude(centre__in=void).order_by("pk")
    Seal.objects.filter(pk__in=list(free.values_list("pk", flat=True)[:CASES])).update(valid_through=end)
    return _stage.new_round(Round.objects.earliest("pk"), seal_end=end)


def open_round(round_: Round, ministry: User, at: datetime) -> None:
    rounds.confirm(round_, by=ministry, at=at, on=at.date())
    round_.refresh_from_db()
    with _stage.queries() as captured:
        seconds = _table.timed(lambda: opening.open_cases(round_, on=at.date(), at=at))
    assert round_.cases.count() == CASES
    _table.limit(f"opening a round with {CASES} cases", seconds, goal=15)
    _table.number("  queries for each hundred of them", round(len(captured) * 100 / CASES))


def award(round_: Round, ministry: User, at: datetime) -> None:
    batch = ready(round_, ministry, at)
    seconds = _table.timed(lambda: awarding.carry_out(batch, now=_stage.now))
    done = batch.items.exclude(done_at=None).filter(problem="").count()
    assert done == CASES, batch.items.exclude(problem="").values_list("problem", flat=True)[:1]
    _table.limit(f"awarding {CASES} seals, each in its own transaction", seconds)
    _table.limit("  each", seconds / CASES)


def ready(round_: Round, ministry: User, at: datetime) -> AwardBatch:
    """A confirmed batch of cases that two auditors are through with."""
    first, second = User.objects.filter(role="auditor").order_by("pk")[:2]
    round_.cases.update(state=State.RECOMMENDED)
    Outcome.objects.bulk_create(
        Outcome(
            case=case,
            eligible=True,
            computed=True,
            recommended_by=first,
            recommended_at=at,
            released_by=second,
            released_at=at,
        )
        for case in round_.cases.all()
    )
    batch = awarding.prepare(round_.cases.all(), by=ministry, at=at, on=at.date())
    awarding.confirm(batch, expected=CASES, by=ministry, at=at)
    batch.refresh_from_db()
    return batch
