"""Acts on the list of participants of a video system: read it, look at it, take it over. Nothing counts unseen."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from events import attendance
from events.attendance import NotPossibleError
from events.models import AttendanceStep, InfoEvent, Participant, ParticipantFile, Registration
from events.registration import Attendee
from events.rules.bookings import Booking
from events.rules.matching import Known, Match, match
from events.rules.participants import Seen, read

Outcome = Participant.Outcome
IGNORE, WALK_IN = "nein", "neu"
FOREIGN = "Diese Anmeldung gehört nicht zu dieser Veranstaltung."
FIRST = (
    Booking.BOOKED, Booking.OFFERED, Booking.PENDING, Booking.WALK_IN, Booking.WAITING, Booking.LAPSED,
    Booking.EXPIRED, Booking.CANCELLED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """One person of the list beside whoever it may be."""

    participant: Participant
    meant: Registration | None
    alike: list[Registration]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a list says. `sure` are taken over as they stand; each of `doubtful` and `unknown` needs a decision."""

    sure: list[Pair]
    doubtful: list[Pair]
    unknown: list[Pair]
    short: list[Participant]
    done: list[Participant]

    @property
    def is_open(self) -> bool:
        return bool(self.sure or self.doubtful or self.unknown)


@transaction.atomic
def add(event: InfoEvent, *, name: str, content: bytes, least: int, by: User, at: datetime) -> ParticipantFile:
    """Keep what a list says; nothing counts yet. The same file again is the one that is there already.

    Raises UnreadableError or NotPossibleError.
    """
    attendance.require_open(event, by=by, at=at)
    seen, sha256 = read(content), hashlib.sha256(content).hexdigest()
    try:
        with transaction.atomic():
            file = ParticipantFile.objects.create(
                event=event, name=name[-200:], sha256=sha256, least=least, added_at=at, added_by=by
            )
    except IntegrityError:
        return ParticipantFile.objects.get(event=event, sha256=sha256)
    Participant.objects.bulk_create(
        Participant(file=file, position=position, name=each.name, email=each.email, minutes=each.minutes)
        for position, each in enumerate(seen, start=1)
    )
    return file


@transaction.atomic
def discard(file: ParticipantFile, *, by: User, at: datetime) -> None:
    """Forget the list and the people it names. What was taken over from it stays."""
    attendance.require_open(file.event, by=by, at=at)
    file.delete()


def sorted_out(file: ParticipantFile) -> Sorted:
    """In a number of queries that does not grow with the list."""
    people = list(file.participants.select_related("registration").order_by("position"))
    open_ones = [each for each in people if not each.outcome and each.minutes >= file.least]
    registered = {each.pk: each for each in known(file.event)}
    matched = _matched(open_ones, registered)
    pairs = [_pair(each, found, registered) for each, found in zip(open_ones, matched, strict=True)]
    return Sorted(
        sure=[pair for pair in pairs if pair.meant],
        doubtful=[pair for pair in pairs if not pair.meant and pair.alike],
        unknown=[pair for pair in pairs if not pair.meant and not pair.alike],
        short=[each for each in people if not each.outcome and each.minutes < file.least],
        done=[each for each in people if each.outcome],
    )


@transaction.atomic
def take_over(file: ParticipantFile, choices: Mapping[int, str], *, by: User, at: datetime) -> int:
    """Carry out what was decided of each participant: the number of a registration, `neu` or `nein`.

    What somebody else decided meanwhile stays; how many were carried out. Raises NotPossibleError.
    """
    attendance.lock(file.event)
    open_ones = file.participants.undecided().select_related("file__event").in_bulk(list(choices))
    meant = Registration.objects.filter(event=file.event).select_related("event", "centre")
    registrations = meant.in_bulk([int(each) for each in choices.values() if each.isdecimal()])
    for pk, participant in open_ones.items():
        choice = choices[pk]
        if choice == IGNORE:
            _decide(participant, Outcome.IGNORED, None, by=by, at=at)
        elif choice == WALK_IN:
            _walk_in(participant, Attendee(str(participant), participant.email), by=by, at=at)
        elif registration := registrations.get(int(choice) if choice.isdecimal() else 0):
            _there(participant, registration, by=by, at=at)
        else:
            raise NotPossibleError(FOREIGN)
    return len(open_ones)


@transaction.atomic
def tie(participant: Participant, registration: Registration, *, by: User, at: datetime) -> None:
    """Somebody is registered under another name; a person says who. Raises NotPossibleError."""
    participant = _undecided(participant)
    if registration.event_id != participant.file.event_id:
        raise NotPossibleError(FOREIGN)
    reason = f"{_reason(participant)}, von Hand zugeordnet"
    attendance.seen(registration, minutes=participant.minutes, reason=reason, by=by, at=at)
    _decide(participant, Outcome.CHOSEN, registration, by=by, at=at)


@transaction.atomic
def add_guest(participant: Participant, *, who: Attendee, by: User, at: datetime) -> Registration:
    """Somebody nobody had registered, by a better name or of a centre. Raises NotPossibleError."""
    return _walk_in(_undecided(participant), who, by=by, at=at)


def known(event: InfoEvent) -> list[Registration]:
    """Whom somebody of the list may be. Each address once: whoever signed off and came again is meant by the seat."""
    rank = {state: place for place, state in enumerate(FIRST)}
    rows = list(event.registrations.select_related("centre").order_by("-pk"))
    rows.sort(key=lambda each: rank[Booking(each.state)])
    once: dict[str, Registration] = {}
    for each in rows:
        once.setdefault(each.email.lower() or str(each.pk), each)
    return list(once.values())


def _there(participant: Participant, registration: Registration, *, by: User, at: datetime) -> None:
    attendance.seen(registration, minutes=participant.minutes, reason=_reason(participant), by=by, at=at)
    _decide(participant, Outcome.MATCHED, registration, by=by, at=at)


def _undecided(participant: Participant) -> Participant:
    attendance.lock(participant.file.event)
    fresh = Participant.objects.undecided().select_related("file__event").filter(pk=participant.pk).first()
    if fresh is None:
        raise NotPossibleError("Über diese Person ist inzwischen schon entschieden.")
    return fresh


def _walk_in(participant: Participant, who: Attendee, *, by: User, at: datetime) -> Registration:
    registration = attendance.add_walk_in(
        participant.file.event,
        who=who,
        by=by,
        at=at,
        how=AttendanceStep.How.FILE,
        minutes=participant.minutes,
        reason=_reason(participant),
    )
    _decide(participant, Outcome.WALK_IN, registration, by=by, at=at)
    return registration


def _reason(participant: Participant) -> str:
    return f"aus der Datei „{participant.file.name}“"


def _decide(
    participant: Participant, outcome: Outcome, registration: Registration | None, *, by: User, at: datetime
) -> None:
    participant.outcome, participant.registration = outcome, registration
    participant.decided_by, participant.decided_at = by, at
    participant.save(update_fields=["outcome", "registration", "decided_by", "decided_at"])


def _matched(people: Sequence[Participant], registered: Mapping[int, Registration]) -> list[Match]:
    seen = [Seen(each.name, each.email, each.minutes) for each in people]
    return match(seen, [Known(pk, each.name, each.email) for pk, each in registered.items()])


def _pair(participant: Participant, found: Match, registered: Mapping[int, Registration]) -> Pair:
    meant = registered[found.sure] if found.sure is not None else None
    return Pair(participant, meant, [registered[key] for key in found.alike])
