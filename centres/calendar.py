"""Calendar files (RFC 5545, RFC 5546): one entry or many, always with the time zone they are meant in.

Whoever keeps an appointment stores its `uid` once and raises `sequence` with each change: by the two a calendar knows
that a file brings news of an entry it has. The zone is written out because Outlook guesses without it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur, vText

BERLIN = ZoneInfo("Europe/Berlin")
PRODUCT = "-//Familienzentrum NRW//Zertifizierung//DE"


class Method(StrEnum):
    """What a file asks of a calendar: to show something, to enter or change it, to strike it out."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment. Days without a time are dates, and then `ends` is the last day, itself included.

    `changed_at` is the moment of the last change, stored like `sequence`: the same entry gives the same file.
    REQUEST and CANCEL need `organizer` and `attendees`.
    """

    uid: str
    sequence: int
    changed_at: datetime
    summary: str
    starts: date  # or a datetime, which is a date, too
    ends: date | None = None
    description: str = ""
    location: str = ""
    url: str = ""
    cancelled: bool = False
    remind_before: timedelta | None = None
    organizer: Person | None = None
    attendees: tuple[Person, ...] = ()


def calendar_file(entries: Iterable[Entry], *, method: Method = Method.PUBLISH, name: str = "") -> str:
    """The entries as the text of an .ics file."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    if name:
        calendar.add("x-wr-calname", name)
    calendar.add_component(_berlin())
    for entry in entries:
        calendar.add_component(_event(entry, method))
    text: bytes = calendar.to_ical()
    return text.decode()


def content_type(method: Method) -> str:
    """As mail and web name such a file; the method is part of the name (RFC 5546)."""
    return f"text/calendar; method={method.value}; charset=utf-8"


def _event(entry: Entry, method: Method) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    for key, moment in _span(entry):
        event.add(key, moment)
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if entry.cancelled or method == Method.CANCEL else "CONFIRMED")
    event.add("transp", "OPAQUE" if isinstance(entry.starts, datetime) else "TRANSPARENT")
    for key, words in (("description", entry.description), ("location", entry.location), ("url", entry.url)):
        if words:
            event.add(key, words)
    _add_people(event, entry)
    if entry.remind_before:
        event.add_component(_alarm(entry, entry.remind_before))
    return event


def _span(entry: Entry) -> list[tuple[str, date]]:
    """A file names the first day that is no longer meant, where we name the last one that is."""
    if not isinstance(entry.starts, datetime):
        return [("dtstart", entry.starts), ("dtend", (entry.ends or entry.starts) + timedelta(days=1))]
    moments = [("dtstart", entry.starts), ("dtend", entry.ends)]
    return [(key, moment.astimezone(BERLIN)) for key, moment in moments if isinstance(moment, datetime)]


def _add_people(event: Event, entry: Entry) -> None:
    """Nobody is asked to reply: the portal is where people answer."""
    if entry.organizer:
        event.add("organizer", _address(entry.organizer))
    for each in entry.attendees:
        attendee = _address(each)
        attendee.params.update({"role": "REQ-PARTICIPANT", "partstat": "ACCEPTED", "rsvp": "FALSE"})
        event.add("attendee", attendee)


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    if person.name:
        address.params["cn"] = vText(person.name)
    return address


def _alarm(entry: Entry, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.summary)
    alarm.add("trigger", -before)
    return alarm


def _berlin() -> Timezone:
    """Central European Time as the European Union has kept it since 1996 (Directive 2000/84/EC)."""
    zone = Timezone()
    zone.add("tzid", BERLIN.key)
    zone.add("x-lic-location", BERLIN.key)
    zone.add_component(_clock(TimezoneDaylight(), "CEST", 1, 2, month=3, since=datetime(1996, 3, 31, 2)))  # noqa: DTZ001
    zone.add_component(_clock(TimezoneStandard(), "CET", 2, 1, month=10, since=datetime(1996, 10, 27, 3)))  # noqa: DTZ001
    return zone


def _clock(
    clock: TimezoneDaylight | TimezoneStandard, name: str, before: int, after: int, *, month: int, since: datetime
) -> TimezoneDaylight | TimezoneStandard:
    clock.add("tzname", name)
    clock.add("tzoffsetfrom", timedelta(hours=before))
    clock.add("tzoffsetto", timedelta(hours=after))
    clock.add("dtstart", since)
    clock.add("rrule", vRecur({"freq": "yearly", "bymonth": month, "byday": "-1su"}))
    return clock
