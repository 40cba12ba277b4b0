"""Acts of the ministry on post that has not left yet: hold it, and let it go.

What is held is not written; what was written and still waits is withheld. Lifting a hold gives it back: a reminder
that is still in force is written by the next pass, a letter goes out unless what it announces is over.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres.models import Hold, Letter, LetterState

OVER = "Nicht mehr versandt: Der Anlass ist vorbei."


@transaction.atomic
def hold(*, by: User, at: datetime, reason: str, about: str, rule: str = "", occasion: str = "") -> Hold:
    """Hold every letter of a rule, or the letters of one occasion, until somebody lifts it."""
    thing = {"rule": rule, "occasion": occasion, "about": about}
    held = Hold.objects.create(**thing, reason=reason, held_at=at, held_by=by)
    withhold_waiting()
    return held


@transaction.atomic
def lift(hold: Hold, *, by: User, at: datetime) -> int:
    """Give back what the hold kept and no other hold keeps; the number of letters that go out now."""
    mine = Hold.objects.in_force().select_for_update().filter(pk=hold.pk)
    if not mine.update(lifted_at=at, lifted_by=by):
        return 0
    kept = Letter.objects.filter(hold=hold)
    numbers = list(kept.values_list("pk", flat=True))
    kept.over(on=timezone.localdate(at)).update(hold=None, error=OVER)
    kept.update(hold=None, state=LetterState.QUEUED)
    withhold_waiting()
    return Letter.objects.filter(pk__in=numbers, state=LetterState.QUEUED).count()


def withhold_waiting() -> int:
    """Withhold the waiting letters of every hold in force; the number of them. Asked before each claim."""
    return sum(_withhold(each) for each in Hold.objects.in_force().order_by("pk"))


def _withhold(hold: Hold) -> int:
    letters = Letter.objects.waiting()
    waiting = letters.filter(rule=hold.rule) if hold.rule else letters.of_occasion(hold.occasion)
    waiting = waiting.select_for_update(skip_locked=True)
    found = Letter.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)))
    return found.update(state=LetterState.WITHHELD, hold=hold, retry_after=None)
