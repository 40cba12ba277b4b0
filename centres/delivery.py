"""Delivery of letters. Writing is exactly once, sending at least once.

A worker claims letters in one short transaction, hands them to the mail server over one connection, and records
the answer to each. If it dies between the server's acceptance and the record, the letter goes out again under
the same Message-ID, so that a receiver can drop the repeat.

A letter loses a try only by what the server says to it. A server that is away, or closes the house (421), is nobody's
fault: what was not tried goes back to the queue as it came.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database
from django.db import transaction
from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from centres import bounces, holds, message
from centres.models import FamilyCentre, Letter, LetterState
from centres.models.letter import LetterQuerySet

BATCH = 100
ROUND = timedelta(minutes=4)  # shorter than the beat's five minutes, far shorter than STUCK_AFTER
STUCK_AFTER = timedelta(minutes=15)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)]
PATIENCE = 3  # letters in a row to which the server says nothing at all
CLOSING = 421
OVER = "Nicht mehr versandt, denn der Anlass ist vorbei. "
SENT = "UPDATE centres_letter SET state = 'sent', error = %s, sent_at = %s WHERE id = %s AND claimed_at = %s"

logger = logging.getLogger(__name__)


class ServerAwayError(Exception):
    """The mail server is of no use at present, whichever letter it is given."""


class Pace:
    """At most LETTERS_PER_MINUTE from this process, evenly; 0 is as fast as the server takes them."""

    def __init__(self) -> None:
        self._next = 0.0

    def wait(self) -> None:
        if settings.LETTERS_PER_MINUTE:
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + 60 / settings.LETTERS_PER_MINUTE


pace = Pace()


def deliver_waiting(*, now: Callable[[], datetime]) -> int:
    """Send the letters that are due, for as long as a round lasts; the number sent.

    The clock is asked anew for each letter's record.
    """
    free_stuck(at=now())
    bounces.stop_dead(at=now())
    stop_over(at=now())
    this = Round(now, ends=now() + ROUND)
    while this.goes_on() and (letters := claim(at=now())):
        this.deliver(letters)
    return this.sent


@dataclass
class Round:
    """One worker with the post: until nothing waits, the time is up, or the server is away."""

    now: Callable[[], datetime]
    ends: datetime
    sent: int = 0
    silences: int = 0
    obstacle: str = ""

    def goes_on(self) -> bool:
        return not self.obstacle and self.now() < self.ends

    def deliver(self, letters: list[Letter]) -> None:
        """All over one connection; what is left when the round ends goes back."""
        left = deque(letters)
        connection = get_connection()
        try:
            while left and self.goes_on():
                reach(connection)
                self.send(left.popleft(), connection)
        except ServerAwayError as error:
            self.obstacle = str(error)
        finally:
            connection.close()
            give_back(left, at=self.now(), error=self.obstacle)

    def send(self, letter: Letter, connection: BaseEmailBackend) -> None:
        """Hand one letter to the mail server and record its answer; no letter's trouble stops the others."""
        pace.wait()
        try:
            message.of(letter, connection).send()
        except (SMTPException, OSError) as error:
            connection.close()
            _record_refusal(letter, error, at=self.now())
            self._mind(error)
        except Exception as error:  # an address or header that cannot be written: trying again will not help
            logger.exception("Letter %s cannot be put into words", letter.pk)
            _record(letter, LetterState.FAILED, answer=str(error))
        else:
            _record_sent(letter, answer=getattr(connection, "answer", ""), at=self.now())
            self.sent, self.silences = self.sent + 1, 0

    def _mind(self, error: Exception) -> None:
        codes = answered(error)
        self.silences = 0 if codes else self.silences + 1
        if CLOSING in codes or self.silences == PATIENCE:
            raise ServerAwayError(str(error)) from error


def reach(connection: BaseEmailBackend) -> None:
    """Open the connection where it is not; a refused log-in, too, is no letter's fault."""
    try:
        connection.open()
    except (SMTPException, OSError) as error:
        raise ServerAwayError(str(error)) from error


@transaction.atomic
def claim(*, at: datetime) -> list[Letter]:
    """Take up to BATCH waiting letters that neither another worker nor the ministry holds."""
    holds.withhold_waiting()
    waiting = Letter.objects.deliverable(at=at).select_for_update(skip_locked=True)
    claimed = Letter.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)[:BATCH]))
    claimed.filter(message_id="").update(message_id=message_id())
    claimed.update(state=LetterState.IN_FLIGHT, claimed_at=at, attempts=F("attempts") + 1)
    return list(claimed.order_by("pk"))


@transaction.atomic
def stop_over(*, at: datetime) -> int:
    """Nothing goes out after what it announces: what could not be sent until then becomes a work item."""
    waiting = Letter.objects.waiting().over(on=timezone.localdate(at)).select_for_update(skip_locked=True)
    late = Letter.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)))
    return late.update(state=LetterState.FAILED, retry_after=None, error=Concat(Value(OVER), "error"))


def free_stuck(*, at: datetime) -> int:
    """Letters whose worker died go back to the queue."""
    stuck = Letter.objects.filter(state=LetterState.IN_FLIGHT, claimed_at__lt=at - STUCK_AFTER)
    return stuck.update(state=LetterState.RETRYING, retry_after=at)


def give_back(letters: Collection[Letter], *, at: datetime, error: str) -> None:
    """Letters that were claimed and not tried keep their tries; where an error is to blame they say so, and wait."""
    because = {"state": LetterState.RETRYING, "retry_after": at + PAUSES[0], "error": error}
    back = because if error else {"state": LetterState.QUEUED}
    for claimed_at in {letter.claimed_at for letter in letters}:
        mine = Letter.objects.filter(pk__in=[letter.pk for letter in letters], claimed_at=claimed_at)
        mine.filter(state=LetterState.IN_FLIGHT).update(attempts=F("attempts") - 1, **back)


def retry(letters: LetterQuerySet, *, at: datetime) -> int:
    """Give letters that did not arrive all their tries again, from now on; the number of them.

    A letter without address goes to the one its centre has by now; where there is still none, it stays as it is,
    and so does a letter whose day is over.
    """
    address = FamilyCentre.objects.filter(pk=OuterRef("centre")).values("email")
    letters.undelivered().filter(to="", centre__isnull=False).update(to=Subquery(address))
    addressed = letters.undelivered().exclude(to="").exclude(useful_through__lt=timezone.localdate(at))
    return addressed.update(state=LetterState.RETRYING, retry_after=at, attempts=0)


def message_id() -> Concat:
    """Made from the row, and kept from the first claim on."""
    return Concat(Value("<letter-"), Cast("pk", CharField()), Value(f"@{urlsplit(settings.SITE_URL).hostname}>"))


def _record_refusal(letter: Letter, error: Exception, *, at: datetime) -> None:
    """A lasting refusal (5xx) or the last pause used up makes a work item; anything else is tried again."""
    if is_lasting(error) or letter.attempts > len(PAUSES):
        _record(letter, LetterState.FAILED, answer=str(error))
    else:
        _record(letter, LetterState.RETRYING, answer=str(error), retry_after=at + PAUSES[letter.attempts - 1])


def is_lasting(error: Exception) -> bool:
    codes = answered(error)
    return bool(codes) and min(codes) >= 500


def answered(error: Exception) -> set[int]:
    """The server's codes in a refusal; none where it fell silent or was never reached."""
    if isinstance(error, SMTPRecipientsRefused):
        return {code for code, _ in error.recipients.values()}
    return {error.smtp_code} if isinstance(error, SMTPResponseException) else set()


def _record(letter: Letter, state: LetterState, *, answer: str, **fields: datetime) -> None:
    """Only under our own claim: another worker may have taken over what we held for too long."""
    mine = Letter.objects.filter(pk=letter.pk, claimed_at=letter.claimed_at)
    mine.update(state=state, error=answer, **fields)


def _record_sent(letter: Letter, *, answer: str, at: datetime) -> None:
    """The same for the usual case. The ORM would think about the statement for longer than the database does."""
    with database.cursor() as cursor:
        cursor.execute(SENT, [answer, at, letter.pk, letter.claimed_at])
