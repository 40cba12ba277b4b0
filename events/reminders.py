"""Reminders of events: written when their day has come and they have not been written, never after the start."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, TruncDate
from django.utils import timezone

from centres.models import Hold, Letter
from events import letters
from events.letters import Note, about
from events.models import InfoEvent, Registration
from events.notices import LAST_REMINDER
from events.rules import wording
from events.rules.bookings import Booking
from events.rules.opening import EventState
from events.rules.reminders import REMINDERS, WEEK_BEFORE, Reminder

WHY = "Sie sind zu dieser Veranstaltung angemeldet."


@transaction.atomic
def write_due(*, at: datetime) -> int:
    """Write every reminder that is due, not held and not yet written; the number of letters.

    Safe at any hour, after any outage and any number of times: the keys name event day and reminder, so an event that
    moved is reminded of again. `at` is a moment in Berlin time.
    """
    held = Hold.objects.by_thing()
    due = (note for reminder in REMINDERS for note in _due(reminder, at))
    return letters.write_all((note for note in due if not held.get(rule=note.rule, occasion=note.key)), at=at)


def _due(reminder: Reminder, at: datetime) -> Iterator[Note]:
    """People who knew before its day. Whoever registered or heard of a change later has the same in that letter."""
    first, last = reminder.event_days(at.date())
    coming = Registration.objects.filter(
        state=Booking.BOOKED,
        event__state=EventState.PUBLISHED,
        event__starts_at__gt=at,
        event__starts_at__date__range=(first, last),
    )
    told = Greatest(_booked_at(), Coalesce(_changed_at(), _booked_at()))
    rows = coming.annotate(day=TruncDate("event__starts_at"), told_at=told).annotate(letter_key=_key(reminder))
    knew = Q(told_at__date__lt=F("day") - timedelta(days=reminder.days))
    new = rows.filter(knew, ~Exists(Letter.objects.filter(key=OuterRef("letter_key"))))
    for row in new.select_related("event", "centre").order_by("pk"):
        yield _note(row, reminder, at.date())


def _booked_at() -> Coalesce:
    """When the seat was: at registration, or when an offered one was accepted."""
    return Coalesce(Max("steps__at", filter=Q(steps__new=Booking.BOOKED)), F("registered_at"))


def _changed_at() -> models.Subquery:
    changes = InfoEvent.objects.filter(pk=OuterRef("event"), steps__act="change").values("pk")
    return models.Subquery(changes.annotate(last=Max("steps__at")).values("last"))


def _key(reminder: Reminder) -> Concat:
    parts = [Cast("pk", models.TextField()), Value("/"), Cast("day", models.TextField()), Value(f"/{reminder.name}")]
    return Concat(Value("registration-"), *parts, output_field=models.TextField())


def _note(row: Any, reminder: Reminder, today: date) -> Note:
    left = wording.days_left(timezone.localdate(row.event.starts_at), today)
    return about(
        row,
        "event_reminder",
        key=row.letter_key,
        why=WHY,
        comes_next=LAST_REMINDER if reminder == WEEK_BEFORE else "",
        mandatory=False,
        context={"left": left[0].upper() + left[1:]},
    )
