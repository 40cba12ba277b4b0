"""Acts on rounds."""

from datetime import date, datetime
from functools import partial

from django.db import transaction

from accounts.models import User
from certification import opening, tasks
from certification.models import Round
from certification.rules.rounds import problems


class NotPossibleError(Exception):
    """The round cannot be opened like this; the text may be shown to the person."""


@transaction.atomic
def confirm(round_: Round, *, by: User | None, at: datetime, on: date, in_background: bool = True) -> Round:
    """Confirm the preview; a worker then creates the cases, or else the caller does. Raises NotPossibleError."""
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.confirmed_at:
        raise NotPossibleError("Diese Runde ist schon eröffnet.")
    if found := problems(round_.dates):
        raise NotPossibleError(" ".join(found))
    round_.expected = opening.preview(round_, on=on).included.count()
    round_.confirmed_at, round_.confirmed_by = at, by
    round_.save(update_fields=["expected", "confirmed_at", "confirmed_by"])
    if in_background:
        transaction.on_commit(partial(tasks.open_round.delay, round_.pk), robust=True)
    return round_
