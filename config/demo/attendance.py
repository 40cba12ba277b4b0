"""Who was at the past events: one is concluded, with proofs; at the other a list of the video system waits."""

from collections.abc import Sequence
from datetime import timedelta

from config.demo.people import Staff
from events import attendance, participants
from events.models import InfoEvent, Registration
from events.registration import Attendee

ABSENT = 6  # every so many did not come
HEADER = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room"
LEAST = 30


def conclude(event: InfoEvent, registrations: Sequence[Registration], staff: Staff) -> None:
    """Ticked off during the event; one came without a registration."""
    office = staff.service_office
    for number, each in enumerate(registrations, start=1):
        if number % ABSENT:
            attendance.tick(each, by=office, at=event.starts_at + timedelta(minutes=number))
    who = Attendee("Beate Wolter", "beate.wolter@example.org")
    attendance.add_walk_in(event, who=who, by=office, at=event.starts_at + timedelta(minutes=40))
    attendance.conclude(event, by=office, at=event.ends_at + timedelta(hours=1))


def leave_a_list_waiting(event: InfoEvent, registrations: Sequence[Registration], staff: Staff) -> None:
    """Whoever is sure is taken over; two look alike, one is nobody registered, one left early."""
    at, office = event.ends_at + timedelta(hours=2), staff.service_office
    file = participants.add(
        event,
        name="participants_84512345678.csv",
        content=_exported(event, registrations),
        least=LEAST,
        by=office,
        at=at,
    )
    sure = participants.sorted_out(file).sure
    choices = {pair.participant.pk: str(pair.meant.pk) for pair in sure if pair.meant}
    participants.take_over(file, choices, by=office, at=at + timedelta(minutes=5))


def _exported(event: InfoEvent, registrations: Sequence[Registration]) -> bytes:
    """As Zoom writes it."""
    first, second, hasty, *others = registrations
    rows = [
        _row(event, "Servicestelle ISA", "servicestelle@example.org", 128),
        _row(event, first.name.split()[-1], "", 116),
        _row(event, _misspelt(second.name), "privat@example.com", 119),
        _row(event, hasty.name, hasty.email, 9),
        *(_row(event, each.name, each.email, 100 + number) for number, each in enumerate(others[:-2])),
    ]
    return "\n".join([HEADER, *rows]).encode("utf-8-sig")


def _row(event: InfoEvent, name: str, email: str, minutes: int) -> str:
    joined = event.starts_at
    left = joined + timedelta(minutes=minutes)
    return f'"{name}",{email},{joined:%m/%d/%Y %I:%M:%S %p},{left:%m/%d/%Y %I:%M:%S %p},{minutes},Yes,No'


def _misspelt(name: str) -> str:
    """As somebody in a hurry types it."""
    return f"{name[:-1]}{name[-1] * 2}"
