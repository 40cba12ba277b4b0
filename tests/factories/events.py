from datetime import datetime, timedelta

import factory
from django.utils import timezone

from events.models import EventKind, EventMode, InfoEvent, Registration
from events.rules.bookings import Booking
from events.rules.opening import EventState
from tests.factories.centres import CentreSubFactory


def start(day: int = 18, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime(2026, 9, day, hour))  # noqa: DTZ001


class InfoEventFactory(factory.django.DjangoModelFactory[InfoEvent]):
    """Published, online, 18 September 2026 at 10, open for registration from 1 August to 15 September."""

    class Meta:
        model = InfoEvent

    title = factory.Sequence(lambda n: f"Informationsveranstaltung {n}")
    kind = EventKind.RENEWAL
    mode = EventMode.ONLINE
    starts_at = factory.LazyFunction(start)
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=2))
    join_link = "https://konferenz.example.org/raum"
    capacity = 100
    registration_from = factory.LazyAttribute(lambda event: event.starts_at.date() - timedelta(days=48))
    registration_until = factory.LazyAttribute(lambda event: event.starts_at.date() - timedelta(days=3))
    hosts = "Ministerium, Pädquis und ISA"
    state = EventState.PUBLISHED


class RegistrationFactory(factory.django.DjangoModelFactory[Registration]):
    """Someone of a centre with a seat."""

    class Meta:
        model = Registration

    event = factory.SubFactory(InfoEventFactory)
    scope = factory.LazyAttribute(lambda registration: registration.event.scope)
    centre = CentreSubFactory()
    name = factory.Sequence(lambda n: f"Gast {n}")
    email = factory.Sequence(lambda n: f"gast-{n}@example.org")
    attends = EventMode.ONLINE
    state = Booking.BOOKED
    registered_at = factory.LazyAttribute(lambda registration: registration.event.starts_at - timedelta(days=30))
