"""When a case counts as missed by the clock: the consequence never overtakes its reminder (failures.md 3)."""

from __future__ import annotations

from datetime import date, timedelta


def told_by(today: date, wait_days: int) -> date:
    """The last day on which the final notice may have been sent for its consequence to follow today.

    Counted from the recorded delivery, not from the day the notice fell due: mail that was late, slowed down
    or refused gives the centre the same number of days. Assumption: the number; see ReminderRule.consequence_days.
    """
    return today - timedelta(days=wait_days)


def reason(until: date, sent_on: date) -> str:
    """What the step, and the letter about it, say."""
    return (
        f"Die Frist endete am {until:%d.%m.%Y}; auch auf die letzte Erinnerung vom {sent_on:%d.%m.%Y} "
        "kam keine Rückmeldung."
    )
