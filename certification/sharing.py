"""Many cases to one person or several: first the plan with each effect, then case by case."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.http import QueryDict

from accounts.models import User
from certification import independence, workflow
from certification.models import AssignmentBatch, Case
from certification.rules.independence import share_out


@dataclass(frozen=True, slots=True)
class Line:
    """What would happen to one case. `to` is nobody where all who were chosen are barred; `why` says by what."""

    case: Case
    to: User | None
    why: str = ""

    @property
    def changes(self) -> bool:
        return self.to is not None and self.to.pk != self.case.auditor_id

    @property
    def stamp(self) -> str:
        """What the person who confirms has seen: who had the case, and who gets it."""
        return f"{self.case.pk}-{self.case.auditor_id or 0}-{self.to.pk if self.to else 0}"


@dataclass(frozen=True, slots=True)
class Result:
    line: Line
    done: bool
    sentence: str


def plan(cases: Sequence[Case], people: Sequence[User], *, on: date) -> list[Line]:
    """The people bring their number of open cases along; a case stays with whoever of them has it already."""
    barred = independence.standing(cases, people, on=on)
    by_pk = {person.pk: person for person in people}
    moving = [case.pk for case in cases if case.is_open and case.auditor_id not in by_pk]
    load = {person.pk: person.open_cases for person in people}  # type: ignore[attr-defined]
    shared = share_out(moving, list(by_pk), load, barred)
    return [_line(case, shared, by_pk, barred) for case in cases]


@dataclass(frozen=True, slots=True)
class Gain:
    """What one of the chosen people would get."""

    person: User
    more: int
    then: int


def gains(lines: Sequence[Line], people: Sequence[User]) -> list[Gain]:
    """The people bring their number of open cases along, as for the plan."""
    more = Counter(line.to for line in lines if line.changes)
    return [Gain(each, more[each], each.open_cases + more[each]) for each in people]  # type: ignore[attr-defined]


def is_current(lines: Sequence[Line], posted: QueryDict) -> bool:
    """Whether the plan is still the one that was shown."""
    return posted.getlist("stand") == [line.stamp for line in lines]


@transaction.atomic
def carry_out(lines: Sequence[Line], *, by: User, at: datetime, reason: str) -> list[Result]:
    """Each case by itself: what one is refused does not hold up the others. All that change belong to one batch."""
    number = sum(line.changes for line in lines)
    batch = AssignmentBatch.objects.create(by=by, at=at, number=number, reason=reason.strip())
    return [_result(line, batch) for line in lines]


def _line(case: Case, shared: dict[int, int | None], by_pk: dict[int, User], barred: independence.Obstacles) -> Line:
    if not case.is_open:
        return Line(case, None, "Dieser Fall ist abgeschlossen.")
    if case.pk not in shared:
        return Line(case, by_pk[case.auditor_id or 0], "hat den Fall schon")
    if chosen := shared[case.pk]:
        return Line(case, by_pk[chosen])
    reasons = (f"{person.name}: {workflow.sentences(barred[case.pk, pk])}" for pk, person in by_pk.items())
    return Line(case, None, ". ".join(reasons))


def _result(line: Line, batch: AssignmentBatch) -> Result:
    if not line.changes or line.to is None:
        return Result(line, False, line.why)
    try:
        holder = line.case.auditor_id
        workflow.assign(line.case, to=line.to, by=batch.by, at=batch.at, instead_of=holder, batch=batch)
    except workflow.NotAllowedError as error:
        return Result(line, False, str(error))
    return Result(line, True, f"Zuständig ist jetzt {line.to.name}.")
