"""What a quality profile says: plain data, frozen when it is ordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

FORMAT = "familienzentrum-nrw/qualitaetsprofil/1"
DATES = {"released_on", "previous_on"}


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """One area. `before` is its grade of the last time, empty where there was none."""

    number: int
    name: str
    group: str
    grade: str
    text: str = ""
    potential: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """Page and attached file read only this; `previous` names the round it is compared with, if any."""

    version: int
    centre: str
    certification_number: str
    form: str
    facilities: tuple[str, ...]
    provider: str
    youth_office: str
    procedure: str
    round: str
    edition: str
    eligible: bool
    released_on: date
    closing_text: str
    areas: tuple[AreaFacts, ...]
    written_by: str
    on_behalf_of: str
    sample: bool
    previous: str = ""
    previous_on: date | None = None
    previous_edition: str = ""
    correction: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From what `written` gave; what a later format adds is not looked at."""
        values = {field.name: stored[field.name] for field in fields(cls)}
        values |= {name: date.fromisoformat(values[name]) for name in DATES if values[name]}
        values["facilities"] = tuple(values["facilities"])
        values["areas"] = tuple(AreaFacts(**area) for area in values["areas"])
        return cls(**values)

    def written(self) -> dict[str, Any]:
        """For JSON, with days as ISO 8601 and the name of this format."""
        days = {name: day.isoformat() if (day := getattr(self, name)) else None for name in DATES}
        return {"format": FORMAT} | asdict(self) | days

    @property
    def other_edition(self) -> bool:
        """Whether the last time was judged by other criteria, so that grades compare only roughly."""
        return bool(self.previous) and self.previous_edition != self.edition

    @property
    def with_potential(self) -> tuple[AreaFacts, ...]:
        return tuple(area for area in self.areas if area.potential)
