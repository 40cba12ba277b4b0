"""When a visit may be: what speaks against a time, and whether it can be overruled.

Sources: domain.md § 3.3: three to four hours, holidays respected, two facilities in a network. Assumptions: a visit
falls between 7 and 19 o'clock; school holidays and days outside the round's weeks of visits may be chosen with a
reason, because not every Kita closes then. What both sides have agreed by telephone may with a reason be on a weekend
or a public holiday too, or be shorter or longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from certification.rules.periods import long_date
from certification.rules.working_days import WorkCalendar

SHORTEST, LONGEST = timedelta(hours=3), timedelta(hours=4)
EARLIEST, LATEST = time(7), time(19)
WEEKEND = {5: "Samstag", 6: "Sonntag"}


@dataclass(frozen=True, slots=True)
class Span:
    """From and until, in the time of Berlin."""

    starts: datetime
    ends: datetime

    def overlaps(self, other: Span) -> bool:
        return self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True)
class Vacation:
    name: str
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a time for a visit is held against. `vacations` are those known; nothing is known of other years."""

    calendar: WorkCalendar
    vacations: Sequence[Vacation]
    busy: Sequence[Span]
    visits_from: date
    visits_until: date


@dataclass(frozen=True, slots=True)
class Objection:
    """A sentence for the auditor; the centre never reads any of them.

    A `final` one cannot be overruled where a time is offered; with `if_agreed` it can where both sides want it.
    """

    sentence: str
    final: bool = True
    if_agreed: bool = False

    def is_final(self, *, agreed: bool) -> bool:
        return self.final and not (agreed and self.if_agreed)


def objections(span: Span, around: Surroundings, *, now: datetime) -> list[Objection]:
    """What speaks against this time, the final ones first."""
    day = span.starts.date()
    found = [*_of_the_day(day, around), *_of_the_hours(span, now), *_of_the_auditor(span, around)]
    found += [Objection(sentence, final=False) for sentence in _doubts(day, around)]
    return found


def is_known(vacations: Sequence[Vacation], day: date) -> bool:
    """Whether the school holidays around this day are entered: it lies between the first and the last of them."""
    first, last = (min(v.first for v in vacations), max(v.last for v in vacations)) if vacations else (day, date.min)
    return first <= day <= last


def _of_the_day(day: date, around: Surroundings) -> list[Objection]:
    if name := WEEKEND.get(day.weekday()):
        return [Objection(f"Der {long_date(day)} ist ein {name}.", if_agreed=True)]
    if name := around.calendar.holiday(day):
        return [Objection(f"Der {long_date(day)} ist ein Feiertag: {name}.", if_agreed=True)]
    return []


def _of_the_hours(span: Span, now: datetime) -> list[Objection]:
    found = []
    if span.starts <= now:
        found.append(Objection("Der Termin liegt in der Vergangenheit."))
    if not SHORTEST <= span.ends - span.starts <= LONGEST:
        found.append(Objection("Eine Begehung dauert drei bis vier Stunden.", if_agreed=True))
    elif span.starts.time() < EARLIEST or span.ends.time() > LATEST or span.starts.date() != span.ends.date():
        found.append(Objection("Eine Begehung liegt zwischen 7 und 19 Uhr.", if_agreed=True))
    return found


def _of_the_auditor(span: Span, around: Surroundings) -> list[Objection]:
    for other in around.busy:
        if span.overlaps(other):
            when = f"{long_date(other.starts.date())}, {other.starts:%H:%M} bis {other.ends:%H:%M} Uhr"
            return [Objection(f"Sie haben in dieser Zeit schon eine andere Begehung: {when}.")]
    return []


def _doubts(day: date, around: Surroundings) -> list[str]:
    found = [f"Der {long_date(day)} liegt in den {each.name}." for each in around.vacations if day in each]
    if not is_known(around.vacations, day):
        found.append(f"Für den {long_date(day)} sind keine Schulferien eingetragen; bitte fragen Sie das Zentrum.")
    if not around.visits_from <= day <= around.visits_until:
        weeks = f"{long_date(around.visits_from)} bis {long_date(around.visits_until)}"
        found.append(f"Der {long_date(day)} liegt außerhalb der Begehungen dieser Runde ({weeks}).")
    return found
