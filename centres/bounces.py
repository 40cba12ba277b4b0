"""Acts on letters that came back: note them, stop writing to dead addresses, name other ways to the centre."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils import timezone

from centres import contacts
from centres.models import Bounce, Letter, LetterState
from centres.rules import bounces
from centres.rules.bounces import Failure, Report

LONGEST = 1000  # characters of a server's answer

logger = logging.getLogger(__name__)


def note_all(messages: Iterable[bytes], *, now: Callable[[], datetime]) -> int:
    """Note every report among the messages; the number that told something new."""
    return sum(note(message, at=now()) for message in messages)


@transaction.atomic
def note(message: bytes, *, at: datetime) -> bool:
    """Note what a message reports of our letters, once however often it is read; whether there was anything new.

    A letter is found by its Message-ID, else by the address it went to last. A letter that will not arrive any more
    becomes a work item.
    """
    report = _read(message)
    if report is None:
        return False
    digest = sha256(message).hexdigest()
    return sum(_note(failure, _letter(report, failure), digest, at) for failure in report.failures) > 0


def _read(message: bytes) -> Report | None:
    """A message that nobody can read must not keep the others from being read."""
    try:
        return bounces.read(message)
    except Exception:
        logger.exception("A message in the mailbox cannot be read")
        return None


@transaction.atomic
def stop_dead(*, at: datetime) -> int:
    """Letters that wait to go to a dead address become work items instead; the number of them."""
    dead = Bounce.objects.blocking().filter(address=Lower(OuterRef("to")))
    letters = list(Letter.objects.deliverable(at=at).filter(Exists(dead)).select_for_update(skip_locked=True))
    return _fail(letters, {bounce.address: bounce for bounce in _blocking(letters)}, at=at)


def _note(failure: Failure, letter: Letter | None, digest: str, at: datetime) -> bool:
    """The address noted is ours: where the person has it forwarded, the report names another."""
    if letter is None or Bounce.objects.filter(report=digest, address=letter.to.lower()).exists():
        return False
    bounce = Bounce(
        letter=letter,
        address=letter.to.lower(),
        kind=failure.kind,
        status=failure.status,
        diagnostic=failure.diagnostic[:LONGEST],
        received_at=at,
        report=digest,
    )
    Bounce.objects.bulk_create([bounce], ignore_conflicts=True)  # two readers at once: the key decides
    if failure.final and letter.state == LetterState.SENT:
        _fail([letter], {bounce.address: bounce}, at=at)
    return True


def _letter(report: Report, failure: Failure) -> Letter | None:
    named = Letter.objects.select_for_update().filter(message_id__in=report.message_ids)
    sent = Letter.objects.select_for_update().filter(to__iexact=failure.address, state=LetterState.SENT)
    return named.first() or sent.order_by("-sent_at").first()


def _blocking(letters: list[Letter]) -> Iterable[Bounce]:
    return Bounce.objects.blocking().filter(address__in={letter.to.lower() for letter in letters}).order_by("pk")


def _fail(letters: list[Letter], because: dict[str, Bounce], *, at: datetime) -> int:
    centres = {letter.centre_id for letter in letters if letter.centre_id}
    others = contacts.alternatives(centres, on=timezone.localdate(at)) if letters else {}
    for letter in letters:
        address = letter.to.lower()
        ways = {to: whose for to, whose in others.get(letter.centre_id or 0, {}).items() if to != address}
        letter.state, letter.sent_at, letter.retry_after = LetterState.FAILED, None, None
        letter.error = _sentences(because[address], ways)
    return Letter.objects.bulk_update(letters, ["state", "sent_at", "retry_after", "error"], batch_size=500)


def _sentences(bounce: Bounce, ways: dict[str, str]) -> str:
    day = timezone.localtime(bounce.received_at).strftime("%d.%m.%Y")
    said = f"{bounce.address} ist nicht erreichbar, gemeldet am {day}: {bounce.status} {bounce.diagnostic}".strip()
    listed = ", ".join(f"{to} ({whose})" for to, whose in ways.items()) or "keine bekannt"
    return f"{said}\nAndere Wege: {listed}."
