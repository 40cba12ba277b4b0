from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

from certification.rules.periods import long_date

FORMAT = "familienzentrum-nrw/urkunde/1"
DATES = {"awarded_on", "valid_from", "valid_through"}
NETWORK = "network"
ROWS = (
    "Familienzentrum",
    "Form",
    "Einrichtungen",
    "Träger",
    "Jugendamt",
    "Zertifizierungsnummer",
    "Verliehen am",
    "Gültig",
    "Urkundennummer",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A facility as a certificate names it."""

    name: str
    town: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate says, frozen when it is ordered: paper, page and attached file read only this."""

    number: str
    address: str
    centre: str
    kind: str
    form: str
    certification_number: str
    facilities: tuple[Place, ...]
    provider: str
    youth_office: str
    awarded_on: date
    valid_from: date
    valid_through: date
    awarded_by: str
    on_behalf_of: str
    sample: bool
    replaces: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From what `written` gave; what a later format adds is not looked at."""
        values = {field.name: stored[field.name] for field in fields(cls)}
        values |= {name: date.fromisoformat(values[name]) for name in DATES}
        values["facilities"] = tuple(Place(**place) for place in values["facilities"])
        return cls(**values)

    def written(self) -> dict[str, Any]:
        """For JSON, with days as ISO 8601 and the name of this format."""
        return {"format": FORMAT} | asdict(self) | {name: getattr(self, name).isoformat() for name in DATES}

    @property
    def is_network(self) -> bool:
        return self.kind == NETWORK

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What to compare on paper, word by word, in the order of ROWS."""
        places = "; ".join(f"{place.name}, {place.town}" for place in self.facilities)
        validity = f"{long_date(self.valid_from)} bis einschließlich {long_date(self.valid_through)}"
        values = (
            self.centre,
            self.form,
            places,
            self.provider or "–",
            self.youth_office,
            self.certification_number,
            long_date(self.awarded_on),
            validity,
            self.number,
        )
        return list(zip(ROWS, values, strict=True))
