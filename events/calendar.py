"""What of the events stands in a person's calendar."""

from datetime import date

from django.db.models import Q

from accounts.models import User
from centres.calendar import Entry
from centres.models import FamilyCentre
from events.models import InfoEvent, Registration


def calendar_entries(user: User, on: date) -> list[Entry]:
    """Each event that somebody of the person's centres of this day, or the person alone, has a seat at; once."""
    centres = FamilyCentre.objects.visible_to(user, on=on).values("pk")
    seats = Registration.objects.taken().filter(Q(centre__in=centres) | Q(centre=None, user=user))
    events = InfoEvent.objects.public().filter(registrations__in=seats, ends_at__date__gte=on).distinct()
    since = dict(seats.order_by("-registered_at").values_list("event", "registered_at"))
    return [
        Entry(
            uid=f"event-{event.public_id}@familienzentrum-nrw",
            sequence=event.sequence,
            changed_at=since[event.pk],
            summary=event.title,
            starts=event.starts_at,
            ends=event.ends_at,
            location=event.place,
            cancelled=event.state == "cancelled",
        )
        for event in events.order_by("starts_at", "pk")
    ]
