"""What an event asks afterwards, and what the answers amount to. Plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

# Assumption: nobody has said what is asked; the service office changes it for each event.
QUESTIONS = (
    ("Die Veranstaltung war insgesamt hilfreich für mich.", True),
    ("Ich weiß jetzt, was als Nächstes zu tun ist.", True),
    ("Die Beispiele aus der Praxis waren nützlich.", True),
    ("Technik, Ort und Ablauf waren gut organisiert.", True),
    ("Was sollen wir beim nächsten Mal anders machen?", False),
)
SCALE = {1: "stimmt gar nicht", 2: "", 3: "teils, teils", 4: "", 5: "stimmt genau"}


@dataclass(frozen=True, slots=True)
class Spread:
    """How often each score was given to a question."""

    counts: tuple[int, ...]  # of 1 to 5

    @property
    def answers(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        total = sum(score * count for score, count in enumerate(self.counts, start=1))
        return total / self.answers if self.answers else None


def spread(scores: Iterable[int]) -> Spread:
    counted = Counter(scores)
    return Spread(tuple(counted[score] for score in range(1, 6)))


def written(mean: float | None) -> str:
    """As people here write it: "4,3"; a dash where nobody has answered."""
    return "–" if mean is None else f"{mean:.1f}".replace(".", ",")
