"""Days to try rules on: every award day there is, and what the calendar shows in Berlin."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2006, 1, 1), date(2060, 12, 31)
EVERY_DAY = tuple(FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
DAYS = st.dates(FIRST, LAST)


def berlin_day(instant: datetime) -> date:
    """What the edge does: an instant in UTC becomes a calendar day in Berlin."""
    assert instant.tzinfo is UTC
    return instant.astimezone(BERLIN).date()


def in_utc(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC)
