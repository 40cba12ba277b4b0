"""The private calendar address of a person: given, changed, taken back."""

from datetime import datetime

from accounts.models import User
from centres.models import CalendarFeed
from centres.models.calendar_feed import new_key


def give(user: User, *, at: datetime) -> CalendarFeed:
    """A new address; the one before it, if there was one, shows nothing any more."""
    feed, _ = CalendarFeed.objects.update_or_create(user=user, defaults={"key": new_key(), "made_at": at})
    return feed


def take_back(user: User) -> None:
    CalendarFeed.objects.filter(user=user).delete()
