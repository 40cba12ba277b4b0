"""In which order to visit several places: from the first on always to the nearest that is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from certification.rules.network import Place, distance_km


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to go to; where it lies on the map is not known of every one."""

    place: Place
    address: str
    phone: str = ""
    email: str = ""

    @property
    def name(self) -> str:
        return self.place.name


def in_route_order(stops: Sequence[Stop]) -> list[Stop]:
    """The first stays first; places that are not on the map come last, in the order given."""
    left, route = list(stops[1:]), list(stops[:1])
    while left:
        distances = [(distance_km(route[-1].place, stop.place), number) for number, stop in enumerate(left)]
        known = [(km, number) for km, number in distances if km is not None]
        route.append(left.pop(min(known)[1] if known else 0))
    return route


def legs(route: Sequence[Stop]) -> list[float | None]:
    """How far it is, as the crow flies, from each stop but the last to the next."""
    return [distance_km(one.place, other.place) for one, other in pairwise(route)]
