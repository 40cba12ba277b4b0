"""Delivery of letters. Writing is exactly once, sending at least once.

A worker claims letters in one short transaction, hands them to the mail server over one connection, and records
the answer to each. If it dies between the server's acceptance and the record, the letter goes out again under
the same Message-ID, so that a receiver can drop the repeat.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import OuterRef, Subquery

from centres.models import FamilyCentre, Letter, LetterState
from centres.models.letter import LetterQuerySet

BATCH = 100
STUCK_AFTER = timedelta(minutes=15)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)]
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def deliver_waiting(*, now: Callable[[], datetime]) -> int:
    """Send every letter that is due; the number sent. The clock is asked anew for each letter's record."""
    free_stuck(at=now())
    sent = 0
    while letters := claim(at=now()):
        connection = get_connection()
        try:
            connection.open()
        except (SMTPException, OSError) as error:  # no server: the rest of the queue waits for the next run
            for letter in letters:
                _record_refusal(letter, error, at=now())
            break
        sent += _send_batch(letters, connection, now)
    return sent


def _send_batch(letters: list[Letter], connection: BaseEmailBackend, now: Callable[[], datetime]) -> int:
    try:
        return sum(send(letter, connection=connection, now=now) for letter in letters)
    finally:
        connection.close()


@transaction.atomic
def claim(*, at: datetime) -> list[Letter]:
    """Take up to BATCH waiting letters that no other worker holds."""
    letters = list(Letter.objects.deliverable(at=at).select_for_update(skip_locked=True)[:BATCH])
    for letter in letters:
        letter.state, letter.claimed_at, letter.attempts = LetterState.IN_FLIGHT, at, letter.attempts + 1
        letter.message_id = letter.message_id or message_id(letter)
    Letter.objects.bulk_update(letters, ["state", "claimed_at", "attempts", "message_id"])
    return letters


def free_stuck(*, at: datetime) -> int:
    """Letters whose worker died go back to the queue."""
    stuck = Letter.objects.filter(state=LetterState.IN_FLIGHT, claimed_at__lt=at - STUCK_AFTER)
    return stuck.update(state=LetterState.RETRYING, retry_after=at)


def retry(letters: LetterQuerySet, *, at: datetime) -> int:
    """Give letters that did not arrive all their tries again, from now on; the number of them.

    A letter without address goes to the one its centre has by now; where there is still none, it stays as it is.
    """
    address = FamilyCentre.objects.filter(pk=OuterRef("centre")).values("email")
    letters.undelivered().filter(to="", centre__isnull=False).update(to=Subquery(address))
    addressed = letters.undelivered().exclude(to="")
    return addressed.update(state=LetterState.RETRYING, retry_after=at, attempts=0)


def send(letter: Letter, *, connection: BaseEmailBackend, now: Callable[[], datetime]) -> bool:
    """Hand one letter to the mail server and record its answer; no letter's trouble stops the others."""
    try:
        connection.open()  # anew after a refusal closed it
        message(letter, connection).send()
    except (SMTPException, OSError) as error:
        connection.close()
        _record_refusal(letter, error, at=now())
        return False
    except ValueError as error:  # a header or address that cannot be written: trying again will not help
        _record(letter, LetterState.FAILED, error=str(error))
        return False
    _record(letter, LetterState.SENT, sent_at=now())
    return True


def message(letter: Letter, connection: BaseEmailBackend) -> EmailMessage:
    return EmailMessage(
        letter.subject,
        letter.body,
        to=[letter.to],
        headers={**HEADERS, "Message-ID": letter.message_id},
        connection=connection,
    )


def message_id(letter: Letter) -> str:
    return f"<letter-{letter.pk}@{urlsplit(settings.SITE_URL).hostname}>"


def _record_refusal(letter: Letter, error: Exception, *, at: datetime) -> None:
    """A lasting refusal (5xx) or the last pause used up makes a work item; anything else is tried again."""
    if is_lasting(error) or letter.attempts > len(PAUSES):
        _record(letter, LetterState.FAILED, error=str(error))
    else:
        _record(letter, LetterState.RETRYING, error=str(error), retry_after=at + PAUSES[letter.attempts - 1])


def is_lasting(error: Exception) -> bool:
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= 500


def _record(letter: Letter, state: LetterState, *, error: str = "", **fields: datetime) -> None:
    Letter.objects.filter(pk=letter.pk, state=LetterState.IN_FLIGHT).update(state=state, error=error, **fields)
