"""Who may have a part in a case: plain Python, over what is known of ties and of earlier rounds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why somebody should have no part in a case. The key names the ground; an exemption is for these keys."""

    key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Bond:
    """A tie in force, in words."""

    key: str
    to: str
    reason: str


def obstacles(bonds: Iterable[Bond], earlier: Sequence[int | None], person: int, *, most: int) -> list[Obstacle]:
    """What stands against this person.

    `earlier` says who looked after the centre's earlier cases, the newest first. Assumption: withdrawn and missed
    cases neither count nor interrupt; the number `most` is the ministry's, see IndependenceRule.
    """
    found = [Obstacle(bond.key, f"Bindung zu {bond.to}: {bond.reason.rstrip('.')}") for bond in bonds]
    times = in_a_row(earlier, person)
    if times >= most:
        before = "im letzten Verfahren" if times == 1 else f"in den letzten {times} Verfahren"
        found.append(Obstacle(f"row-{times}", f"war schon {before} dieses Familienzentrums zuständig"))
    return found


def in_a_row(earlier: Sequence[int | None], person: int) -> int:
    count = 0
    for each in earlier:
        if each != person:
            break
        count += 1
    return count


def share_out(
    cases: Iterable[int], to: Sequence[int], load: Mapping[int, int], barred: Mapping[tuple[int, int], object]
) -> dict[int, int | None]:
    """Who gets which case: of those who may, whoever has the fewest; nobody where none may."""
    have = {person: load.get(person, 0) for person in to}
    shared: dict[int, int | None] = {}
    for case in cases:
        free = [person for person in to if (case, person) not in barred]
        shared[case] = chosen = min(free, key=lambda person: (have[person], to.index(person)), default=None)
        if chosen is not None:
            have[chosen] += 1
    return shared
