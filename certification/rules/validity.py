from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from centres.rules.kindergarten_year import KindergartenYear
from certification.rules.periods import long_date, plus_years

RULE_VERSION = "DVO KiBiz § 11 (1), 2020"
YEARS = 4


class AlreadyCoveredError(ValueError):
    """An earlier seal runs as long as the new one would; the text may be shown to the user."""


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last valid calendar day of a seal, and why: German sentences for page, letter and file."""

    awarded_on: date
    valid_from: date
    valid_through: date
    sentences: tuple[str, ...]

    @property
    def supposed(self) -> tuple[str, ...]:
        """The sentences for an award that has not happened."""
        return (f"Angenommen, das Gütesiegel wird am {long_date(self.awarded_on)} vergeben.", *self.sentences[1:])


def validity(awarded_on: date, *, previous_through: date | None = None) -> Validity:
    """Four years from the award, then to the end of the kindergarten year in which they run out.

    Source: DVO KiBiz § 11 (1); domain.md § 0 no. 1 and § 5.

    Assumption: the four years run out on the anniversary of the award, not on the day before
    (BGB §§ 187 (1), 188 (2): the day of the event does not count). It matters for awards on
    1 August only, and their sentences say so.

    Assumption: while an earlier seal still runs on the award day, the new one begins on the day
    after it ends; its end is computed from the award day all the same.

    Raises AlreadyCoveredError when nothing would be left between the two.
    """
    through = _ends_on(awarded_on)
    start = awarded_on
    if previous_through is not None and previous_through >= awarded_on:
        if previous_through >= through:
            raise AlreadyCoveredError(_covered(awarded_on, previous_through, through))
        start = previous_through + timedelta(days=1)
    return Validity(awarded_on, start, through, _explain(awarded_on, start, through))


def check_given_end(awarded_on: date, given: date) -> str | None:
    """What is wrong with an end that someone else gives, or None where it agrees with the rule.

    A contradiction may be right: DVO KiBiz § 11 (1a) extended seals in the pandemic. It needs a reason.
    """
    through = _ends_on(awarded_on)
    if given == through:
        return None
    return (
        f"Angegeben ist eine Gültigkeit bis {long_date(given)}; aus der Vergabe am {long_date(awarded_on)} "
        f"folgt nach § 11 DVO KiBiz der {long_date(through)}. "
        "Bitte das Datum prüfen oder die Abweichung begründen."
    )


def _ends_on(awarded_on: date) -> date:
    return KindergartenYear.of(plus_years(awarded_on, YEARS)).last_day


def _explain(awarded_on: date, start: date, through: date) -> tuple[str, ...]:
    anniversary = plus_years(awarded_on, YEARS)
    year = KindergartenYear.of(anniversary)
    awarded = f"Das Gütesiegel wurde am {long_date(awarded_on)} vergeben."
    four_years = (
        f"Vier Jahre danach ist der {long_date(anniversary)}; dieser Tag liegt im Kindergartenjahr {year} "
        f"({long_date(year.first_day)} bis {long_date(year.last_day)})."
    )
    end = (
        "Nach § 11 Absatz 1 DVO KiBiz gilt das Gütesiegel bis zum Ende dieses Kindergartenjahres: "
        f"letzter gültiger Tag ist der {long_date(through)}."
    )
    return (awarded, four_years, end, *_assume_anniversary(anniversary), *_assume_start(awarded_on, start))


def _assume_anniversary(anniversary: date) -> tuple[str, ...]:
    assumed = (
        "Annahme: Die vier Jahre enden am Jahrestag der Vergabe und nicht am Tag davor; "
        "deshalb zählt das Kindergartenjahr, das an diesem Tag beginnt."
    )
    return (assumed,) if anniversary == KindergartenYear.of(anniversary).first_day else ()


def _assume_start(awarded_on: date, start: date) -> tuple[str, ...]:
    earlier = f"Das bisherige Gütesiegel gilt noch bis {long_date(start - timedelta(days=1))}."
    assumed = (
        f"Annahme: Das neue beginnt am Tag danach, dem {long_date(start)}; "
        "sein Ende richtet sich weiter nach dem Tag der Vergabe."
    )
    return (earlier, assumed) if start != awarded_on else ()


def _covered(awarded_on: date, previous_through: date, through: date) -> str:
    return (
        f"Das bisherige Gütesiegel gilt bis {long_date(previous_through)}; ein am {long_date(awarded_on)} "
        f"vergebenes neues würde nur bis {long_date(through)} gelten und hätte keinen einzigen Tag."
    )
