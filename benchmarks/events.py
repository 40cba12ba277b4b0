"""Inviting a cohort: who it is, the rows of the invitations, and their letters; and lists of who is registered.

Anchor: reading the same centres with their youth office and the people in charge of them.
"""

from datetime import datetime, timedelta

from accounts.models import User
from benchmarks import _stage, _table
from centres.models import FamilyCentre, Letter, Membership
from events import inviting, planning
from events.audience import Person, audience
from events.models import EventKind, EventMode, InfoEvent

PEOPLE = 830
CHUNKS = -(-PEOPLE // inviting.CHUNK) + 1  # the last one finds nothing


def run() -> None:
    _stage.demo()
    _table.head()
    at = _stage.now()
    office = User.objects.get(email="servicestelle@example.org")
    event = planned(at, office)
    people = to_invite(event, at)
    invite(event, people, office, at)
    write(event, at)


def planned(at: datetime, office: User) -> InfoEvent:
    begins = at.replace(hour=10, minute=0) + timedelta(days=40)
    event = InfoEvent(
        title="Messung",
        kind=EventKind.RENEWAL,
        mode=EventMode.ONLINE,
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        capacity=PEOPLE,
        registration_from=at.date(),
        registration_until=begins.date() - timedelta(days=3),
        hosts="Messung",
    )
    planning.draft(event, by=office, at=at)
    planning.publish(event, by=office, at=at)
    event.refresh_from_db()
    return event


def to_invite(event: InfoEvent, at: datetime) -> list[Person]:
    """The page that shows whom the invitation reaches does the same."""
    chosen = FamilyCentre.objects.running().order_by("pk")
    centres = FamilyCentre.objects.filter(pk__in=chosen.values("pk")[: 2 * PEOPLE])
    ours, anchor = _table.fastest(lambda: audience(event, centres, on=at.date()), lambda: read(centres, at), times=5)
    _table.ratio(f"who of {2 * PEOPLE:,} centres is to be invited / reading them", ours, anchor, goal=2)
    with _stage.queries() as captured:
        people = audience(event, centres, on=at.date()).new[:PEOPLE]
    _table.number("  queries", len(captured), goal=10)
    assert len(people) == PEOPLE, len(people)
    return people


def invite(event: InfoEvent, people: list[Person], office: User, at: datetime) -> None:
    with _stage.queries() as captured:
        seconds = _table.timed(
            lambda: inviting.invite(event, lambda: people, confirmed=PEOPLE, chosen="Messung", by=office, at=at)
        )
    _table.limit(f"confirming {PEOPLE} invitations", seconds, goal=1)
    _table.number("  queries", len(captured), goal=10)


def write(event: InfoEvent, at: datetime) -> None:
    centres = FamilyCentre.objects.filter(event_invitations__event=event)
    (anchor,) = _table.fastest(lambda: read(centres, at), times=5)
    before = Letter.objects.count()
    with _stage.queries() as captured:
        seconds = _table.timed(lambda: inviting.write_letters(now=lambda: at))
    assert Letter.objects.count() - before == PEOPLE
    _table.limit(f"writing the letters of {PEOPLE} invitations", seconds, goal=3)
    _table.ratio("  the same / reading the same centres", seconds, anchor, goal=40)
    _table.number(f"  queries for each chunk of {inviting.CHUNK}", round(len(captured) / CHUNKS, 1), goal=10)


def read(centres: object, at: datetime) -> int:
    found = list(centres.select_related("youth_office"))  # type: ignore[attr-defined]
    in_charge = Membership.objects.on_day(at.date()).filter(centre__in=[centre.pk for centre in found])
    return len(found) + len(in_charge.select_related("user"))
