"""Reminders: which letters are due on a day, as the rules say and as no letter has yet told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Prefetch

from centres import post
from centres.models import FamilyCentre, Letter
from certification.models import Case, Chain, ReminderRule, Seal
from certification.rules import reminders
from certification.rules.moves import State
from certification.rules.periods import in_words_left, long_date
from certification.rules.reminders import Offset


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder in force: to whom, under which key, and why today."""

    occasion: post.Occasion
    why: str


@transaction.atomic
def write_due(today: date, *, at: datetime) -> int:
    """Write every reminder that is due and not yet written; the number of letters.

    Safe at any hour, after any outage and any number of times: the keys name the occasions.
    """
    return post.write_all([due.occasion for due in unwritten(today)], at=at)


def unwritten(today: date) -> list[Due]:
    """What `write_due` would write today."""
    due = [*_seals(today), *_cases(today, Chain.REGISTRATION), *_cases(today, Chain.SUBMISSION)]
    written = set(Letter.objects.filter(key__in=[d.occasion.key for d in due]).values_list("key", flat=True))
    return [d for d in due if d.occasion.key not in written]


def _seals(today: date) -> Iterator[Due]:
    """The seal that ends last decides about a centre: once a newer one is awarded, the older falls silent."""
    seals = Seal.objects.latest_per_centre().filter(centre__ended_on=None)
    in_force = _in_force(seals.values_list("valid_through", flat=True).distinct(), Chain.SEAL, today)
    open_cases = Prefetch("centre__cases", Case.objects.open().select_related("round"), to_attr="open_cases")
    for seal in seals.filter(valid_through__in=in_force).select_related("centre").prefetch_related(open_cases):
        force = in_force[seal.valid_through]
        case = next(iter(seal.centre.open_cases), None)  # type: ignore[attr-defined]
        template = "reminder_seal_ended" if today > seal.valid_through else "reminder_seal"
        yield _due(seal.centre, template, f"seal-{seal.pk}", force, today, seal=seal, case=case)


# Which cases a chain speaks to, and the date of the round it counts from.
CASE_CHAINS = {
    Chain.REGISTRATION: (State.INVITED, "registration_until"),
    Chain.SUBMISSION: (State.REGISTERED, "submission_until"),
}


def _cases(today: date, chain: Chain) -> Iterator[Due]:
    state, anchor = CASE_CHAINS[chain]
    cases = Case.objects.filter(state=state, centre__ended_on=None)
    in_force = _in_force(cases.values_list(f"round__{anchor}", flat=True).distinct(), chain, today)
    for case in cases.filter(**{f"round__{anchor}__in": in_force}).select_related("centre", "round"):
        force = in_force[getattr(case.round, anchor)]
        yield _due(case.centre, f"reminder_{chain}", f"case-{case.pk}/{chain}", force, today, case=case)


@dataclass(frozen=True, slots=True)
class InForce:
    """The one reminder of a chain in force today for all that ends on the same day, and what it says of itself."""

    chain: Chain
    day: date
    offset: Offset
    why: str
    comes_next: str


def _in_force(anchors: Iterable[date], chain: Chain, today: date) -> dict[date, InForce]:
    """For each day something ends: the one reminder of the chain in force today, where there is one."""
    offsets = ReminderRule.objects.offsets(chain)
    found = {anchor: reminders.due(anchor, offsets, today=today, over_from=None) for anchor in anchors}
    return {
        day: InForce(
            chain, day, offset, reminders.why(chain, offset, day), reminders.comes_next(chain, offset, day, offsets)
        )
        for day, offset in found.items()
        if offset
    }


def _due(centre: FamilyCentre, template: str, key: str, force: InForce, today: date, **context: object) -> Due:
    words = {"day": force.day, "left": in_words_left(force.day, today)}
    occasion = post.Occasion(
        centre,
        template,
        f"{key}/{force.offset.key}",
        rule=f"{force.chain}/{force.offset.key}",
        why=force.why,
        comes_next=force.comes_next,
        context={**words, **context},
    )
    return Due(occasion, f"{force.chain.label} am {long_date(force.day)}, {words['left']}")
