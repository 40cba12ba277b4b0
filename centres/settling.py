"""The act of the ministry on post that did not arrive and will not be sent again: say what was done instead."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from centres.models import Letter, LetterState, Settlement
from centres.models.letter import LetterQuerySet


@transaction.atomic
def settle(letters: LetterQuerySet, *, how: str, by: User, at: datetime) -> int:
    """Take those off the list that failed for good; their number. What is still tried stays with the delivery."""
    failed = letters.order_by("pk").filter(state=LetterState.FAILED).select_for_update()
    numbers = list(failed.values_list("pk", flat=True))
    Settlement.objects.bulk_create(Settlement(letter_id=number, how=how, by=by, at=at) for number in numbers)
    return Letter.objects.filter(pk__in=numbers).update(state=LetterState.SETTLED)
