"""What the reminders will write in the days to come, as far as is known today."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from certification import reminders
from certification.models import Chain, ReminderRule
from certification.reminders import Due
from certification.rules.reminders import Offset, in_words, schedule


@dataclass(frozen=True, slots=True)
class Expected:
    """How many letters one rule will write on one day, and what for."""

    day: date
    rule: str
    why: str
    letters: int


def upcoming(today: date, *, days: int) -> dict[date, list[Due]]:
    """What goes out from tomorrow on, each occasion on its first day.

    Only days on which some reminder falls due are looked at: between them nothing new can come into force.
    """
    seen: set[str] = set()
    found: dict[date, list[Due]] = {}
    for day in sorted(_days(today, days)):
        found[day] = [due for due in reminders.unwritten(day) if due.occasion.key not in seen]
        seen.update(due.occasion.key for due in found[day])
    return found


def counted(upcoming: dict[date, list[Due]]) -> list[Expected]:
    """The same by day and rule."""
    numbers = Counter((day, due.occasion.rule, due.why) for day, dues in upcoming.items() for due in dues)
    return [Expected(*place, letters) for place, letters in numbers.items()]


def find(key: str, *, on: date) -> Due | None:
    """The occasion as it is expected on a day."""
    return next((due for due in reminders.unwritten(on) if due.occasion.key == key), None)


def rule_in_words(name: str) -> str:
    """What the rule does, by the name its letters carry; empty where there is none."""
    chain, _, key = name.partition("/")
    rule = ReminderRule.objects.filter(chain=chain, key=key).first()
    return f"Alle Erinnerungen {in_words(rule.chain, rule.offset)}" if rule else ""


def _days(today: date, days: int) -> set[date]:
    tomorrow, last = today + timedelta(days=1), today + timedelta(days=days)
    due = (day for anchor, offsets in _anchors() for _, day in schedule(anchor, offsets))
    return {tomorrow} | {day for day in due if tomorrow <= day <= last}


def _anchors() -> Iterator[tuple[date, list[Offset]]]:
    """Each date some chain counts from, with the offsets of the chain."""
    for chain, offsets in ReminderRule.objects.by_chain().items():
        for day in reminders.anchors(Chain(chain)):
            yield day, offsets
