"""What has become of each centre: which seal it has, which round it is in, and how far its case has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from centres.models import CentreKind
from certification.rules.moves import State
from config.demo.register import Home
from config.demo.world import World

LEAST = 60  # centres, so that every state and status is there


class Story(StrEnum):
    RENEWING = "renewing"  # the seal ends on the next 31 July, the case is in the running round
    RESTING = "resting"  # renewed in a round that is closed by now
    FIRST = "first"  # certified for the first time last year
    NEW = "new"  # no seal yet, in the running round of first certifications
    LAPSED = "lapsed"  # the seal ended last 31 July and was not renewed
    REVOKED = "revoked"  # the seal was withdrawn
    MERGED = "merged"  # once a single centre, now part of a network
    FOUNDED = "founded"  # the network that took it in


@dataclass(slots=True)
class Fate:
    """`seal_end` is the year on whose 31 July the seal ends or ended; `pinned` cases belong to our first auditor."""

    home: Home
    story: Story
    state: State | None = None
    seal_end: int | None = None
    pinned: bool = False
    joins: Home | None = None


ENDED_WITHOUT = (State.MISSED, State.NOT_AWARDED, State.WITHDRAWN)
# Among the registered: the account for trying out, the centre whose lead has left, and two that move on by acts.
ALWAYS_THERE = (*State, *[State.SUBMITTED] * 2, State.IN_REVIEW, *[State.REGISTERED] * 4)
COLLECTING = {
    State.INVITED: 0.3,
    State.REGISTERED: 81,
    State.SUBMITTED: 6,
    State.IN_REVIEW: 4,
    State.QUERIED: 1.5,
    State.VISIT_AGREED: 1.5,
    State.VISITED: 0.8,
    State.RECOMMENDED: 0.8,
    State.AWARDED: 0.5,
    State.NOT_AWARDED: 0.1,
    State.WITHDRAWN: 1.2,
    State.MISSED: 0.8,
    State.SUPERSEDED: 0.3,
}
REVIEWING = {
    State.INVITED: 0.2,
    State.REGISTERED: 6,
    State.SUBMITTED: 18,
    State.IN_REVIEW: 22,
    State.QUERIED: 8,
    State.VISIT_AGREED: 12,
    State.VISITED: 8,
    State.RECOMMENDED: 7,
    State.AWARDED: 15,
    State.NOT_AWARDED: 0.5,
    State.WITHDRAWN: 1.5,
    State.MISSED: 1.3,
    State.SUPERSEDED: 0.5,
}
STARTING = {State.INVITED: 30, State.REGISTERED: 70}


def decide(world: World, homes: list[Home]) -> list[Fate]:
    """A fate for every home, in the order of the homes."""
    singles = iter([home for home in homes if home.centre.kind == CentreKind.SINGLE])
    networks = iter([home for home in homes if home.centre.kind == CentreKind.NETWORK])
    chosen = {id(fate.home): fate for fate in _special(world, singles, networks, len(homes))}
    others = [home for home in homes if id(home) not in chosen]
    states = iter(_states(world, max(len(others) // 4, len(ALWAYS_THERE))))
    for number, home in enumerate(world.rng.sample(others, len(others))):
        chosen[id(home)] = _ordinary(world, home, next(states, None), number)
    return [chosen[id(home)] for home in homes]


def _special(world: World, singles: Iterator[Home], networks: Iterator[Home], count: int) -> Iterator[Fate]:
    """The few with an unusual story, in shares of them all and at least one of each."""

    def share(of_all: float, least: int) -> range:
        return range(max(round(of_all * count), least))

    for number in share(0.0105, 4):
        states = list(State) if _is_reviewing(world, first=True) else list(STARTING)
        yield Fate(next(singles), Story.NEW, states[number % len(states)] if number < 4 else _new_state(world))
    for number in share(0.008, 3):
        yield Fate(next(singles), Story.LAPSED, ENDED_WITHOUT[number % 3], world.year - 1)
    for _ in share(0.003, 1):
        yield Fate(next(singles), Story.REVOKED, State.AWARDED, world.year + world.rng.randint(1, 2))
    for _ in share(0.011, 1):
        yield Fate(next(singles), Story.FIRST, State.AWARDED, world.year + 3)
    for _ in share(0.003, 1):
        network = next(networks)
        yield Fate(next(singles), Story.MERGED, None, world.year, joins=network)
        yield Fate(network, Story.FOUNDED, State.AWARDED, world.year + 3)


def _ordinary(world: World, home: Home, state: State | None, number: int) -> Fate:
    if state is not None:
        return Fate(home, Story.RENEWING, state, world.year, pinned=number < len(ALWAYS_THERE))
    return Fate(home, Story.RESTING, State.AWARDED, world.year + 1 + number % 3)


def _states(world: World, count: int) -> list[State]:
    weights = REVIEWING if _is_reviewing(world, first=False) else COLLECTING
    rest = world.rng.choices(list(weights), list(weights.values()), k=count - len(ALWAYS_THERE))
    return [*ALWAYS_THERE, *rest]


def _new_state(world: World) -> State:
    weights = REVIEWING if _is_reviewing(world, first=True) else STARTING
    return world.rng.choices(list(weights), list(weights.values()))[0]


def _is_reviewing(world: World, *, first: bool) -> bool:
    """Whether papers are coming in by now: from mid-February in renewals, from March in first certifications."""
    begins = (3, 1) if first else (2, 15)
    return world.on.year == world.year and (world.on.month, world.on.day) >= begins
