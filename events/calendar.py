"""What of the events stands in a person's calendar."""

from datetime import date, datetime

from django.db.models import Max, Q

from accounts.models import User
from centres.calendar import Entry
from centres.models import FamilyCentre
from events import letters
from events.models import InfoEvent, Registration
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
    since = dict(seats.order_by().values_list("event").annotate(Max("registered_at")))
    dated = InfoEvent.objects.filter(pk__in=pks).annotate(changed_at=Max("steps__at")).order_by("starts_at", "pk")
    return [letters.entry(event, changed_at=_latest(event.changed_at, since[event.pk]), link=True) for event in dated]


def _latest(*moments: datetime | None) -> datetime:
    return max(filter(None, moments))
