"""The rounds: closed, running, and one about to be opened."""

from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from accounts.models import User
from centres.rules.kindergarten_year import KindergartenYear
from certification.models import Edition, Procedure, Round
from certification.rules.rounds import RoundDates, initial_dates, renewal_dates
from config.demo.fates import Fate, Story
from config.demo.world import World


@dataclass(frozen=True, slots=True)
class Rounds:
    """`renewals` by the year in which the seals end; `initials` by the year in which the first seals are awarded."""

    renewals: dict[int, Round]
    initials: dict[int, Round]

    def of(self, fate: Fate, world: World) -> Round | None:
        """The round of the centre's latest case; none for seals that are older than this application."""
        year = world.year
        if fate.story == Story.NEW:
            return self.initials[year]
        if fate.story in {Story.FIRST, Story.FOUNDED}:
            return self.initials[year - 1]
        if fate.story == Story.MERGED or fate.seal_end is None:
            return None
        return self.renewals[fate.seal_end if fate.story in {Story.RENEWING, Story.LAPSED} else fate.seal_end - 4]


def make_rounds(world: World, fates: list[Fate], edition: Edition, ministry: User) -> Rounds:
    """Stored rounds for these fates, each with the number of cases it was opened for."""
    year = world.year
    planned = Rounds(
        {end: renewal(world, end, edition) for end in range(year - 3, year + 2)},
        {end: _initial(world, end, edition) for end in (year - 1, year)},
    )
    counts = Counter(id(planned.of(fate, world)) for fate in fates)
    rounds = [*planned.renewals.values(), *planned.initials.values()]
    for round_ in rounds:
        if round_.opened_at is not None:
            round_.confirmed_at, round_.confirmed_by = round_.opened_at - timedelta(minutes=4), ministry
            round_.expected = counts[id(round_)]
    Round.objects.bulk_create(rounds)
    return planned


def renewal(world: World, end: int, edition: Edition) -> Round:
    seal_end = date(end, 7, 31)
    dates = renewal_dates(seal_end)
    if end >= world.year:
        dates = _still_ahead(world, dates, registration=end > world.year)
    return Round(
        procedure=Procedure.RENEWAL,
        label=f"Re-Zertifizierung {KindergartenYear(end - 1)}",
        edition=edition,
        seal_end=seal_end,
        opened_at=world.moment(date(end - 2, 11, 2)) if end <= world.year else None,
        **asdict(dates),
    )


def _initial(world: World, end: int, edition: Edition) -> Round:
    opened = min(date(end - 1, 8, 20), world.on - timedelta(days=6))
    return Round(
        procedure=Procedure.INITIAL,
        label=f"Erst-Zertifizierung {KindergartenYear(end - 1)}",
        edition=edition,
        opened_at=world.moment(opened),
        **asdict(initial_dates(KindergartenYear(end - 1))),
    )


def _still_ahead(world: World, dates: RoundDates, *, registration: bool) -> RoundDates:
    """Moved where the day of loading has passed them: the round to be opened and its leads need time."""
    submission = max(dates.submission_until, world.on + timedelta(days=42))
    visits = max(dates.visits_until, submission + timedelta(days=30))
    results = max(dates.results_until, visits + timedelta(days=14))
    moved = replace(dates, submission_until=submission, visits_until=visits, results_until=results)
    if registration:
        last = max(dates.registration_until, world.on + timedelta(days=35))
        moved = replace(moved, registration_until=last)
    return moved
