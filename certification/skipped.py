"""Reminders that fell due, were not written and would no longer help: what an outage or a hold has cost.

Nothing is stored. The schedule of the last days is held against the letters there are, for everything that stood on
the day in question; what has been done since then is listed as well, with that as the reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate

from centres import post, subscriptions
from centres.models import FamilyCentre, Hold, Letter
from centres.models.hold import Held
from centres.rules.subscriptions import is_mandatory, kind_of
from certification.models import Case, Chain, LedgerKind, Query, ReminderRule, Seal, SealEntry, SiteVisit, Step
from certification.rules import reminders
from certification.rules.moves import State
from certification.rules.reminders import Offset

LOOK_BACK = timedelta(days=60)
DATED = [LedgerKind.AWARDED, LedgerKind.EXTENDED, LedgerKind.CORRECTED]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A reminder nobody got, and why it is not written any more."""

    centre: FamilyCentre
    due: date
    rule: str
    words: str
    reason: str


def lately(today: date) -> list[Skipped]:
    """Those of the last weeks, the newest first."""
    held = Hold.objects.by_thing()
    offsets, changed = ReminderRule.objects.by_chain(), ReminderRule.objects.changed()
    found = (each for chain in offsets for each in _of_chain(Chain(chain), offsets[chain], changed, held, today))
    return sorted(found, key=lambda each: (-each.due.toordinal(), each.rule, each.centre.name_folded))


def _of_chain(
    chain: Chain, offsets: list[Offset], changed: dict[str, date], held: Held, today: date
) -> Iterator[Skipped]:
    rows, centre = ONCE[chain]
    days = list(rows().order_by().values_list("anchor", flat=True).distinct())
    for offset in offsets:
        due = {day: reminders.due_day(day, offset) for day in days}
        since = max(today - LOOK_BACK, changed.get(f"{chain}/{offset.key}", date.min))
        due = {day: on for day, on in due.items() if since < on <= today}
        for row in _unwritten(rows(), centre, offset, due, today) if due else ():
            in_force = None if row.over else reminders.due(row.anchor, offsets, today=today, over_from=None)
            if in_force != offset and not _ended(chain, offset, row):
                yield _as_skipped(chain, offset, row, in_force, held)


def _unwritten(rows: QuerySet[Any], centre: str, offset: Offset, due: dict[date, date], today: date) -> QuerySet[Any]:
    """Those that stood when the reminder fell due, from the day before to the day after."""
    key = Concat("stem", Value(f"/{offset.key}"), output_field=models.TextField())
    copies = Concat(OuterRef("letter_key"), Value("/"), output_field=models.TextField())
    letters = Letter.objects.filter(centre=OuterRef(centre))
    days = models.Case(
        *(When(anchor=day, then=Value(on)) for day, on in due.items()), output_field=models.DateField()
    )
    found: QuerySet[Any] = (
        rows.filter(anchor__in=list(due))
        .annotate(due=days, letter_key=key)
        .filter(Q(over=None) | Q(over__gt=F("due")), since__lt=F("due"))
        .exclude(Exists(letters.filter(Q(key=OuterRef("letter_key")) | Q(key__startswith=copies))))
        .annotate(people=post.recipients(centre, on=today))
        .order_by("pk")
    )
    return found


def _ended(chain: Chain, offset: Offset, row: Any) -> bool:
    """Whether everybody has ended letters of this kind: then nothing was skipped."""
    rule = f"{chain}/{offset.key}"
    if is_mandatory(rule):
        return False
    addresses = [each["email"].lower() for each in row.people] or [_centre_of(row).email.lower()]
    ended = subscriptions.ended_by(addresses)
    return all((address, kind_of(rule)) in ended for address in addresses)


def _as_skipped(chain: Chain, offset: Offset, row: Any, in_force: Offset | None, held: Held) -> Skipped:
    rule = f"{chain}/{offset.key}"
    hold = held.get(rule=rule, occasion=row.letter_key)
    reason = f"Angehalten: {hold.reason}" if hold else _reason(chain, offset, row, in_force)
    return Skipped(_centre_of(row), row.due, rule, reminders.in_words(chain, offset), reason)


def _reason(chain: Chain, offset: Offset, row: Any, in_force: Offset | None) -> str:
    if row.over:
        return f"Erledigt am {row.over:%d.%m.%Y}: {DONE[chain]}."
    if in_force:
        return f"Überholt: Seit {reminders.due_day(row.anchor, in_force):%d.%m.%Y} gilt die nächste Erinnerung."
    return f"Vorbei: Nützlich war sie bis {reminders.useful_through(row.anchor, offset):%d.%m.%Y}."


def _centre_of(row: Any) -> FamilyCentre:
    centre: FamilyCentre = (
        row.case.centre if hasattr(row, "case_id") and not hasattr(row, "centre_id") else row.centre
    )
    return centre


_KEY = Cast("pk", models.TextField())
_DAY = Cast("anchor", models.TextField())


def _stem(*parts: Any) -> Concat:
    return Concat(*parts, Value("/"), _DAY, output_field=models.TextField())


def _seals() -> QuerySet[Seal]:
    dated = SealEntry.objects.filter(seal=OuterRef("pk"), kind__in=DATED).order_by("-at").values("at__date")
    newer = Seal.objects.standing().filter(centre=OuterRef("centre"), valid_through__gt=OuterRef("valid_through"))
    return (
        Seal.objects.filter(centre__ended_on=None)
        .select_related("centre")
        .annotate(anchor=F("valid_through"), since=Coalesce(Subquery(dated[:1]), "awarded_on"))
        .annotate(over=Coalesce("void_from", Subquery(newer.order_by("awarded_on").values("awarded_on")[:1])))
        .annotate(stem=_stem(Value("seal-"), _KEY))
    )


def _in_state(rows: QuerySet[Any], state: State, path: str = "") -> QuerySet[Any]:
    """Whatever is, or was, in a state: since when, and until when where it has moved on."""
    steps = Step.objects.filter(case=OuterRef("case" if path else "pk")).order_by("-at")
    came, went = (steps.filter(**{name: state}).values("at__date")[:1] for name in ("new", "old"))
    there = Q(**{f"{path}state": state})
    found: QuerySet[Any] = rows.annotate(
        since=Coalesce(Subquery(came), TruncDate(f"{path}state_since")),
        over=models.Case(When(there, then=None), default=Subquery(went), output_field=models.DateField()),
    ).filter(there | Q(over__isnull=False))
    return found


def _cases(chain: Chain, state: State, anchor: str) -> QuerySet[Case]:
    cases = Case.objects.filter(centre__ended_on=None).select_related("centre")
    dated = cases.annotate(anchor=F(f"round__{anchor}"))
    return _in_state(dated.annotate(stem=_stem(Value("case-"), _KEY, Value(f"/{chain}"))), state)


def _queries() -> QuerySet[Query]:
    """One for all questions of a case that are due on the same day, as their reminders are."""
    moved_on = models.Case(When(~Q(case__in=Case.objects.open()), then=TruncDate("case__state_since")))
    counted = Query.objects.filter(paused_on=None)
    earlier = counted.filter(case=OuterRef("case"), due_on=OuterRef("due_on"), pk__lt=OuterRef("pk"))
    return (
        counted.filter(~Exists(earlier), case__centre__ended_on=None)
        .select_related("case__centre")
        .annotate(anchor=F("due_on"), since=TruncDate("asked_at"))
        .annotate(over=Coalesce(TruncDate("answered_at"), TruncDate("closed_at"), moved_on))
        .annotate(stem=_stem(Value("case-"), Cast("case_id", models.TextField()), Value("/query")))
    )


def _visits() -> QuerySet[SiteVisit]:
    visits = SiteVisit.objects.standing().filter(case__centre__ended_on=None).select_related("case__centre")
    dated = visits.annotate(anchor=TruncDate("starts_at"))
    return _in_state(dated.annotate(stem=_stem(Value("visit-"), _KEY)), State.VISIT_AGREED, "case__")


Rows = Callable[[], QuerySet[Any]]
ONCE: dict[Chain, tuple[Rows, str]] = {
    Chain.SEAL: (_seals, "centre"),
    Chain.REGISTRATION: (lambda: _cases(Chain.REGISTRATION, State.INVITED, "registration_until"), "centre"),
    Chain.SUBMISSION: (lambda: _cases(Chain.SUBMISSION, State.REGISTERED, "submission_until"), "centre"),
    Chain.QUERY: (_queries, "case__centre"),
    Chain.VISIT: (_visits, "case__centre"),
}
DONE = {
    Chain.SEAL: "neues Gütesiegel verliehen oder dieses entzogen",
    Chain.REGISTRATION: "Teilnahme bestätigt oder Fall beendet",
    Chain.SUBMISSION: "Unterlagen eingereicht oder Fall beendet",
    Chain.QUERY: "Rückfrage beantwortet oder Fall beendet",
    Chain.VISIT: "Begehung gehalten oder Fall beendet",
}
