"""What of the events stands in a person's calendar."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from accounts.models import User
from centres.calendar import Entry
from centres.models import FamilyCentre
from events import letters
from events.models import EventMode, InfoEvent, Registration
from events.rules.bookings import Booking


def calendar_entries(user: User, on: date) -> list[Entry]:
    """Each event that somebody of the person's centres of this day, or the person alone, has a seat at; once.

    The very entries of the letters: a calendar that has both shows one.
    """
    centres = FamilyCentre.objects.visible_to(user, on=on).values("pk")
    seats = Registration.objects.filter(state=Booking.BOOKED).filter(
        Q(centre__in=centres) | Q(centre=None, user=user)
    )
    events = InfoEvent.objects.public().filter(registrations__in=seats, ends_at__date__gte=on)
    pks = list(events.order_by().values_list("pk", flat=True).distinct())
    booked: dict[int, list[Registration]] = defaultdict(list)
    for seat in seats.filter(event__in=pks).order_by("pk"):
        booked[seat.event_id].append(seat)
    dated = InfoEvent.objects.filter(pk__in=pks).annotate(changed_at=Max("steps__at")).order_by("starts_at", "pk")
    return [_entry(event, booked[event.pk], user) for event in dated]


def _entry(event: Any, seats: list[Registration], user: User) -> Entry:
    """As the person takes part; where only others of the centre do, as they do."""
    mine = [each for each in seats if each.user_id == user.pk] or seats
    ways = {each.attends for each in mine}
    changed_at = _latest(event.changed_at, *(each.registered_at for each in seats))
    return letters.entry(event, changed_at=changed_at, attends=ways.pop() if len(ways) == 1 else EventMode.BOTH)


def _latest(*moments: datetime | None) -> datetime:
    return max(filter(None, moments))
