"""What the room of events learns of rounds, without knowing this room."""

from datetime import date

import pytest
from django.utils import timezone

from centres import facts
from centres.models import CentreFact, FactKind
from certification import opening
from certification.models import Case
from certification.rules.moves import FINAL, MOVES, Move
from tests.certification.moves import AT, case_in, person_for, try_act
from tests.factories.certification import RoundFactory, SealFactory

pytestmark = pytest.mark.django_db
TODAY = date(2024, 10, 15)


def round_fact(case: Case) -> CentreFact:
    facts.state(FactKind.ROUND, case.round.fact_key, case.round.label, [case.centre_id], on=date(2020, 1, 1))
    return CentreFact.objects.get(centre=case.centre_id)


def test_opening_a_round_states_it_of_its_centres() -> None:
    seal = SealFactory.create(awarded_on=date(2022, 5, 5))
    round_ = RoundFactory.create(confirmed_at=AT)

    opening.open_cases(round_, on=TODAY, at=AT)

    fact = CentreFact.objects.rounds().get()
    assert (fact.centre, fact.key, fact.label, fact.since) == (seal.centre, round_.fact_key, round_.label, TODAY)


@pytest.mark.parametrize("move", [move for move in MOVES if move.target in FINAL], ids=lambda move: move.act)
def test_a_case_that_ends_ends_the_fact(move: Move) -> None:
    case = case_in(min(move.sources), act=move.act)
    fact = round_fact(case)

    try_act(move.act, case, by=person_for(move.act, case))

    fact.refresh_from_db()
    assert fact.over_on == timezone.localdate(AT)


def test_a_case_that_goes_on_leaves_the_fact_in_force() -> None:
    case = case_in("submitted", act="start_review")
    fact = round_fact(case)

    try_act("start_review", case, by=person_for("start_review", case))

    fact.refresh_from_db()
    assert fact.over_on is None
