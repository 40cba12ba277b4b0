"""What all demo data is made of: one source of chance, one day, names and texts."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from django.utils import timezone

from centres.rules.kindergarten_year import KindergartenYear

FOLDER = Path(__file__).parent
Thing = TypeVar("Thing")


def read(name: str) -> dict[str, list[str]]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@dataclass
class World:
    """`year` is that of the next 31 July: the seals that run out then are being renewed."""

    rng: Random
    on: date
    names: dict[str, list[str]] = field(default_factory=lambda: read("names.toml"))
    texts: dict[str, list[str]] = field(default_factory=lambda: read("texts.toml"))

    @property
    def year(self) -> int:
        return KindergartenYear.of(self.on).last_day.year

    def one_of(self, things: Sequence[Thing]) -> Thing:
        return self.rng.choice(things)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.rng.randint(0, max((last - first).days, 0)))

    def moment(self, day: date) -> datetime:
        """A working hour of that day; on a weekend, of the Friday before."""
        weekday = day - timedelta(days=max(day.weekday() - 4, 0))
        clock = time(self.rng.randint(8, 16), self.rng.randint(0, 59))
        return timezone.make_aware(datetime.combine(weekday, clock))

    def person(self) -> str:
        return f"{self.one_of(self.names['first_names'])} {self.one_of(self.names['last_names'])}"
