"""Reminders: which letters are due on a day, as the rules say and as no letter has yet told.

One pass per chain: what is due and has no letter with its key is selected by the database and streamed; the number
of queries does not depend on the number of letters.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, TruncDate

from centres import post
from centres.models import FamilyCentre, Hold, Letter
from centres.rules.subscriptions import is_mandatory
from certification import unanswered
from certification.models import Case, Chain, Query, ReminderRule, Round, Seal, SiteVisit
from certification.rules import reminders
from certification.rules.moves import State
from certification.rules.periods import in_words_left, long_date
from certification.rules.reminders import Offset

AT_ONCE = 2000  # rows fetched at a time


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder in force: to whom, under which key, and why today."""

    occasion: post.Occasion
    why: str

    @property
    def centre(self) -> FamilyCentre:
        assert self.occasion.centre  # noqa: S101 - every seal and case is one of a centre
        return self.occasion.centre


@transaction.atomic
def write_due(today: date, *, at: datetime) -> int:
    """Write every reminder that is due, not held and not yet written; the number of letters.

    Safe at any hour, after any outage and any number of times: the keys name the occasions.
    """
    held = Hold.objects.by_thing()
    due = (each.occasion for each in _due(today))
    return post.write_all((each for each in due if not held.get(rule=each.rule, occasion=each.key)), at=at)


def unwritten(today: date) -> list[Due]:
    """What `write_due` would write today, were nothing held."""
    return list(_due(today))


@dataclass(frozen=True, slots=True)
class InForce:
    """The one reminder of a chain in force today for all that ends on the same day, and what it says of itself."""

    chain: Chain
    day: date
    offset: Offset
    why: str
    comes_next: str

    @property
    def due(self) -> date:
        return reminders.due_day(self.day, self.offset)


def in_force(chain: Chain, offsets: list[Offset], today: date) -> dict[date, InForce]:
    """For each day something ends: the one reminder of the chain in force today, where there is one."""
    days = anchors(chain)
    found = {day: reminders.due(day, offsets, today=today, over_from=None) for day in days}
    return {
        day: InForce(
            chain, day, offset, reminders.why(chain, offset, day), reminders.comes_next(chain, offset, day, offsets)
        )
        for day, offset in found.items()
        if offset
    }


def anchors(chain: Chain) -> Iterable[date]:
    """Each day the chain counts from, for anything it speaks to."""
    if chain == Chain.SEAL:  # a seal gone silent has no reminder either way: leave it to the pass
        return Seal.objects.standing().order_by().values_list("valid_through", flat=True).distinct()
    return SOURCES[chain].rows().order_by().values_list("anchor", flat=True).distinct()


def _due(today: date) -> Iterator[Due]:
    offsets = ReminderRule.objects.by_chain()
    for chain, source in SOURCES.items():
        forces = in_force(chain, offsets.get(chain, []), today)
        for row in _unwritten_rows(source, forces, today) if forces else ():
            force = forces[row.anchor]
            yield _as_due(source, row, force, today)


def _unwritten_rows(source: "Source", forces: dict[date, InForce], today: date) -> Iterator[Any]:
    by_day = [When(anchor=day, then=Value(f"/{force.offset.key}")) for day, force in forces.items()]
    key = Concat("stem", models.Case(*by_day, output_field=models.TextField()))
    rows = source.rows().filter(source.useful(forces)).annotate(letter_key=key)
    new = rows.filter(~Exists(Letter.objects.filter(key=OuterRef("letter_key"))))
    people = post.recipients(f"{source.to_case}centre", on=today)
    found: Iterator[Any] = new.annotate(people=people).order_by("pk").iterator(chunk_size=AT_ONCE)
    return found


def _as_due(source: "Source", row: Any, force: InForce, today: date) -> Due:
    context = {"day": force.day, "left": in_words_left(force.day, today), **source.context(row)}
    occasion = post.Occasion(
        context.pop("centre"),
        source.template(force.day, today),
        row.letter_key,
        rule=f"{force.chain}/{force.offset.key}",
        why=force.why,
        comes_next=force.comes_next,
        mandatory=is_mandatory(f"{force.chain}/{force.offset.key}"),
        useful_through=reminders.useful_through(force.day, force.offset),
        context=context,
        recipients=row.people,
    )
    return Due(occasion, f"{force.chain.label} am {long_date(force.day)}, {context['left']}")


@dataclass(frozen=True, slots=True)
class Source:
    """What a chain speaks to: rows with `anchor`, the day it counts from, and `stem`, the beginning of their keys."""

    rows: Callable[[], QuerySet[Any]]
    context: Callable[[Any], dict[str, Any]]
    template: Callable[[date, date], str]
    to_case: str = ""
    since: str = ""  # when somebody was first told: what falls due on that day or before would only say it again

    def useful(self, forces: dict[date, InForce]) -> Q:
        if not self.since:
            return Q(anchor__in=list(forces))
        return reduce(or_, (Q(anchor=day, **{f"{self.since}__date__lt": force.due}) for day, force in forces.items()))


def _stem(*parts: Any) -> Concat:
    return Concat(*parts, output_field=models.TextField())


_KEY = Cast("pk", models.TextField())
_DAY = Cast("anchor", models.TextField())  # in every key: what is put off or extended is reminded of again


def _seals() -> QuerySet[Seal]:
    """The seal that ends last decides about a centre: once a newer one is awarded, the older falls silent."""
    open_case = Case.objects.open().filter(centre=OuterRef("centre"))
    return (
        Seal.objects.latest_per_centre()
        .filter(centre__ended_on=None)
        .select_related("centre")
        .annotate(anchor=F("valid_through"))
        .annotate(stem=_stem(Value("seal-"), _KEY, Value("/"), _DAY))
        .annotate(open_case=open_case.values("pk")[:1], open_round=open_case.values("round__label")[:1])
    )


def _seal_context(seal: Any) -> dict[str, Any]:
    case = Case(pk=seal.open_case, centre=seal.centre, round=Round(label=seal.open_round)) if seal.open_case else None
    return {"centre": seal.centre, "seal": seal, "case": case}


def _cases(chain: Chain, state: State, anchor: str) -> QuerySet[Case]:
    return (
        Case.objects.filter(state=state, centre__ended_on=None)
        .select_related("centre", "round")
        .annotate(anchor=F(f"round__{anchor}"))
        .annotate(stem=_stem(Value("case-"), _KEY, Value(f"/{chain}/"), _DAY))
    )


def _queries() -> QuerySet[Query]:
    """One for all questions of a case that are due on the same day, and another when that day moves."""
    waiting = unanswered.waiting()
    earlier = waiting.filter(case=OuterRef("case"), due_on=OuterRef("due_on"), pk__lt=OuterRef("pk"))
    of_case = Cast("case_id", models.TextField())
    return (
        waiting.filter(~Exists(earlier))
        .select_related("case__centre", "case__round")
        .annotate(anchor=F("due_on"))
        .annotate(stem=_stem(Value("case-"), of_case, Value("/query/"), _DAY))
    )


def _visits() -> QuerySet[SiteVisit]:
    return (
        SiteVisit.objects.live()
        .filter(case__centre__ended_on=None, case__state=State.VISIT_AGREED)
        .select_related("case__centre", "case__round")
        .annotate(anchor=TruncDate("starts_at"))
        .annotate(stem=_stem(Value("visit-"), _KEY, Value("/"), _DAY))
    )


SOURCES = {
    Chain.SEAL: Source(
        _seals,
        _seal_context,
        lambda end, today: "reminder_seal_ended" if today > end else "reminder_seal",
    ),
    Chain.REGISTRATION: Source(
        lambda: _cases(Chain.REGISTRATION, State.INVITED, "registration_until"),
        lambda case: {"centre": case.centre, "case": case},
        lambda *_: "reminder_registration",
    ),
    Chain.SUBMISSION: Source(
        lambda: _cases(Chain.SUBMISSION, State.REGISTERED, "submission_until"),
        lambda case: {"centre": case.centre, "case": case},
        lambda *_: "reminder_submission",
    ),
    Chain.QUERY: Source(
        _queries,
        lambda query: {"centre": query.case.centre, "case": query.case, "query": query, "grace": unanswered.GRACE},
        lambda due_on, today: unanswered.OVERDUE if today > due_on else "reminder_query",
        to_case="case__",
        since="asked_at",
    ),
    Chain.VISIT: Source(
        _visits,
        lambda visit: {"centre": visit.case.centre, "case": visit.case, "visit": visit},
        lambda *_: "reminder_visit",
        to_case="case__",
        since="case__state_since",
    ),
}
