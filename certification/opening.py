"""Opening a round: who is in it and why, and one case for each of them, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pghistory
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from centres import facts, post
from centres.models import FactKind, FamilyCentre
from certification import letters
from certification.models import Case, Round, Seal, Step
from certification.rules.moves import Actor, State
from certification.rules.periods import long_date

CHUNK = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would get a case, and who would have been expected but does not, each group with its reason."""

    included: QuerySet[FamilyCentre]
    why: str
    left_out: list[tuple[str, QuerySet[FamilyCentre]]]


def preview(round_: Round, *, on: date) -> Preview:
    concerned = _concerned(round_, on=on)
    busy = Exists(Case.objects.open().filter(centre=OuterRef("pk")))
    done = Exists(round_.cases.filter(centre=OuterRef("pk")))
    if round_.seal_end:
        why = f"Das Gütesiegel endet am {long_date(round_.seal_end)}, und es gibt keinen offenen Fall."
    else:
        why = "Das Familienzentrum hat kein Gütesiegel, und es gibt keinen offenen Fall."
    return Preview(
        concerned.exclude(busy | done),
        why,
        [
            ("Es gibt schon einen offenen Fall in einer anderen Runde.", concerned.filter(busy).exclude(done)),
            ("Es gibt in dieser Runde schon einen Fall.", concerned.filter(done)),
        ],
    )


def _concerned(round_: Round, *, on: date) -> QuerySet[FamilyCentre]:
    running = FamilyCentre.objects.running().select_related("youth_office").by_name()
    if round_.seal_end:
        ending = Seal.objects.latest_per_centre().filter(valid_through=round_.seal_end, centre=OuterRef("pk"))
        return running.filter(Exists(ending))
    sealed = Seal.objects.standing().filter(Q(valid_through__gte=on), centre=OuterRef("pk"))
    return running.exclude(Exists(sealed))


def open_cases(round_: Round, *, on: date, at: datetime, progress: Callable[[int], object] = int) -> int:
    """Create the cases of a confirmed round, chunk by chunk; the number of new ones.

    May be run again after a crash, also twice at once: whoever has a case is no longer in the preview, and the
    lock on the round lets one run at a time write a chunk.
    """
    created = 0
    with pghistory.context(user=round_.confirmed_by_id):
        while chunk := _open_chunk(round_, on=on, at=at):
            created += chunk
            progress(created)
    Round.objects.filter(pk=round_.pk, opened_at=None).update(opened_at=at)
    return created


@transaction.atomic
def _open_chunk(round_: Round, *, on: date, at: datetime) -> int:
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    centres = list(preview(round_, on=on).included.order_by("pk")[:CHUNK])
    cases = Case.objects.bulk_create(
        Case(round=round_, centre=centre, state=State.INVITED, state_since=at) for centre in centres
    )
    facts.state(FactKind.ROUND, round_.fact_key, round_.label, [case.centre_id for case in cases], on=on)
    steps = Step.objects.bulk_create(_invitation(case, round_, at) for case in cases)
    post.write_all(filter(None, map(letters.of_step, steps)), at=at)
    return len(cases)


def _invitation(case: Case, round_: Round, at: datetime) -> Step:
    return Step(case=case, act="invite", new=State.INVITED, actor=Actor.MINISTRY, by=round_.confirmed_by, at=at)
