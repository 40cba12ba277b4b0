"""The round before, of the lead's busy centre: its result, and papers that are offered again now."""

from dataclasses import replace
from datetime import date, timedelta

from centres.models import CentreFact
from certification import receipts
from certification.models import Answer, AreaResult, Edition, Evidence, EvidenceUse, Outcome, Round, Seal, Step
from certification.rules.moves import State
from config.demo import reviews
from config.demo.diary import Diary
from config.demo.fates import Fate
from config.demo.journeys import Journey, fact_of, journey_of, steps_of
from config.demo.people import Staff
from config.demo.reviews import Questions
from config.demo.rounds import renewal
from config.demo.world import World


def make_earlier_round(world: World, fate: Fate, questions: Questions, staff: Staff) -> None:
    """A case four years ago that led to the seal of today, with what it handed in and what was found."""
    end = (fate.seal_end or world.year) - 4
    round_ = _round(world, end, questions.areas[0].edition, staff)
    journey = journey_of(world, replace(fate, state=State.AWARDED, pinned=False), round_, staff, Diary(world))
    journey.case.save()
    steps = Step.objects.bulk_create(steps_of(world, journey, staff))
    CentreFact.objects.bulk_create([fact_of(journey)])
    today = Seal.objects.filter(centre=fate.home.centre, valid_through=date(end + 4, 7, 31))
    today.update(case=journey.case)
    AreaResult.objects.bulk_create(reviews.grades(world, journey, questions))
    Outcome.objects.bulk_create(reviews.outcomes(world, journey, staff))
    _hand_in(world, journey, questions)
    receipts.write(next(step for step in steps if step.act == "submit"))


def _round(world: World, end: int, edition: Edition, staff: Staff) -> Round:
    """The one for seals that end in this year, as it was opened then: for this centre alone."""
    round_ = Round.objects.filter(seal_end=date(end, 7, 31)).first() or renewal(world, end, edition)
    opened = round_.opened_at or world.moment(date(end - 2, 11, 2))
    round_.confirmed_at, round_.confirmed_by = opened - timedelta(minutes=4), staff.ministry
    round_.expected = (round_.expected or 0) + 1
    round_.save()
    return round_


def _hand_in(world: World, journey: Journey, questions: Questions) -> None:
    """Every answer, and all papers of the centre that were there by then."""
    case, at = journey.case, journey.acts["submit"] - timedelta(days=2)
    Answer.objects.bulk_create(reviews.answer(world, journey, part, at) for part in questions.parts)
    old = Evidence.objects.filter(centre=case.centre, uploaded_at__lt=at)
    EvidenceUse.objects.bulk_create(
        EvidenceUse(case=case, evidence=piece, criterion=criterion, added_at=at, added_by=journey.lead)
        for piece in old.prefetch_related("criteria")
        for criterion in piece.criteria.all()
    )
