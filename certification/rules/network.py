from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

from certification.rules.periods import long_date

FEWEST_FACILITIES = 2
MOST_FACILITIES = 5
FARTHEST_KM = 3.0
EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Place:
    """A facility of a network; without both coordinates it is left out of distances."""

    name: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 — the word of the profession; the built-in is not used here
    """Something unusual that may be right: it asks for a reason and forbids nothing."""

    code: str
    sentence: str


def warnings(places: Sequence[Place]) -> list[Warning]:
    """What is unusual about a network of these facilities.

    Source: DVO KiBiz § 10 (3): normally at most five facilities within three kilometres; the
    ministry may approve more, local planning may allow more distance in rural areas;
    domain.md § 3.5.

    Assumption: the three kilometres hold between any two facilities, as the crow flies.
    """
    found = [_too_many(len(places))] if len(places) > MOST_FACILITIES else []
    pairs = [(km, a, b) for a, b in combinations(places, 2) if (km := distance_km(a, b)) is not None]
    farthest = max(pairs, key=lambda pair: pair[0], default=None)
    if farthest is not None and farthest[0] > FARTHEST_KM:
        found.append(_too_far(*farthest))
    return found


def distance_km(a: Place, b: Place) -> float | None:
    """Great-circle distance, or None where a coordinate is unknown."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.longitude - a.longitude) / 2
    chord = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))


def keeps_seal(certified: int, remaining: int) -> bool:
    """Whether a network keeps its seal after some left: more than half of those certified remain.

    `remaining` counts those of the certified facilities that are still members; facilities
    that joined later carry the seal but do not count.

    Source: DVO KiBiz § 11 (4); domain.md § 3.5.
    Assumption: facilities that joined later (§ 11 (3)) do not count.
    """
    return 2 * remaining > certified


def explain_leaving(certified: int, remaining: int) -> str:
    """The German sentence on what leaving does to the seal of the network."""
    facts = f"Zertifiziert waren {certified} Einrichtungen; davon gehören weiter zum Verbund: {remaining}."
    if keeps_seal(certified, remaining):
        verdict = "Das ist mehr als die Hälfte; der Verbund behält das Gütesiegel mit unverändertem Ende."
    else:
        verdict = "Das ist nicht mehr als die Hälfte; der Verbund verliert das Gütesiegel."
    leavers = "Ausgeschiedene Einrichtungen dürfen es nicht mehr führen (§ 11 Absatz 4 DVO KiBiz)."
    return f"{facts} {verdict} {leavers}"


def explain_joining(name: str) -> str:
    """The German sentence on what joining does to the seal of the network (DVO KiBiz § 11 (3))."""
    return (
        f"{name} darf als Teil des Verbundes das Gütesiegel führen; "
        "dessen Ende ändert sich dadurch nicht (§ 11 Absatz 3 DVO KiBiz)."
    )


def explain_leaver(name: str, last_day: date, remaining: int, tasks: Sequence[str]) -> list[str]:
    """What leaving means apart from the seal: the last day, who is left, and what nobody does any more."""
    found = [f"Der letzte Tag von {name} im Verbund ist der {long_date(last_day)}."]
    if remaining < FEWEST_FACILITIES:
        found.append(
            "Danach wäre nur noch eine Einrichtung übrig. Ein Einzel-Familienzentrum ist eine andere Form: "
            "Es braucht eine neue Zertifizierung und eine neue Zertifizierungsnummer."
        )
    else:
        found.append(f"Danach hat der Verbund {remaining} Einrichtungen.")
    found += [f"Danach fehlt dem Verbund: {task}. Bitte schlagen Sie auch vor, wer es wird." for task in tasks]
    return found


def explain_newcomer(name: str, first_day: date, total: int) -> str:
    return f"{name} gehört ab dem {long_date(first_day)} dazu. Der Verbund hat dann {total} Einrichtungen."


def explain_task(task: str, name: str, on: date, before: str) -> list[str]:
    """What it means when a facility becomes grant recipient or contact."""
    found = [f"{task} ist ab dem {long_date(on)}: {name}."]
    if before:
        found.append(f"Bis zum Tag davor ist es: {before}.")
    return [*found, "Am Gütesiegel ändert das nichts."]


def explain_end(valid_through: date) -> str:
    return f"Der letzte gültige Tag des Gütesiegels ist der {long_date(valid_through)}."


def explain_without_seal(day: date) -> str:
    return f"Am {long_date(day)} hat der Verbund kein gültiges Gütesiegel. Es kann also auch keines verloren gehen."


def explain_late_comer(name: str) -> str:
    return f"{name} kam nach der Verleihung hinzu und zählt deshalb bei der Hälfte nicht mit."


def _too_many(count: int) -> Warning:
    return Warning(
        "too-many-facilities",
        f"Der Verbund hat {count} Einrichtungen; in der Regel sind es höchstens {MOST_FACILITIES} "
        "(§ 10 Absatz 3 DVO KiBiz). Bitte geben Sie den Grund an, "
        "zum Beispiel die Zustimmung des Ministeriums.",
    )


def _too_far(km: float, a: Place, b: Place) -> Warning:
    distance = f"{km:.2f}".replace(".", ",")
    return Warning(
        "too-far-apart",
        f"{a.name} und {b.name} liegen {distance} km auseinander; in der Regel sind es höchstens 3 km "
        "(§ 10 Absatz 3 DVO KiBiz). Bitte geben Sie den Grund an, "
        "zum Beispiel die örtliche Jugendhilfeplanung im ländlichen Raum.",
    )
