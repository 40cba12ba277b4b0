"""Calendar files against files kept as gold, and as icalendar reads them again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from centres.calendar import BERLIN, Entry, Method, Person, calendar_file, content_type

GOLD = Path(__file__).parent / "calendars"
VISIT = Entry(
    uid="0b0f1c0e-3a52-4a4e-9d7a-0c8f5a3f1b11",
    sequence=0,
    changed_at=datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
    summary="Begehung: Familienzentrum Löwenzahn, Köln-Mülheim",
    starts=datetime(2026, 3, 24, 9, tzinfo=BERLIN),
    ends=datetime(2026, 3, 24, 13, tzinfo=BERLIN),
    description="Bitte halten Sie Ihre Unterlagen bereit; Räume und Material werden angesehen.\nMehr im Portal.",
    location="Kita Löwenzahn, Ringstraße 1, 51063 Köln",
    url="https://familienzentrum.example.org/portal/faelle/1/begehung/",
    organizer=Person("zertifizierung@example.org", "Zertifizierung Familienzentrum NRW"),
    attendees=(Person("leitung@example.org", "Sabine Hellweg"),),
)
MOVED = replace(
    VISIT,
    sequence=1,
    changed_at=datetime(2026, 3, 10, 8, tzinfo=UTC),
    starts=datetime(2026, 4, 14, 13, 30, tzinfo=BERLIN),
    ends=datetime(2026, 4, 14, 17, tzinfo=BERLIN),
)
CALLED_OFF = replace(MOVED, sequence=2, cancelled=True, changed_at=datetime(2026, 3, 12, 8, tzinfo=UTC))
DEADLINE = Entry(
    uid="frist-17",
    sequence=3,
    changed_at=datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
    summary="Antwort auf eine Rückfrage",
    starts=date(2026, 3, 31),
    remind_before=timedelta(days=2),
)
FILES = {
    "agreed": ([VISIT], Method.REQUEST),
    "moved": ([MOVED], Method.REQUEST),
    "cancelled": ([CALLED_OFF], Method.CANCEL),
    "feed": ([VISIT, DEADLINE], Method.PUBLISH),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_the_one_kept_as_gold(name: str) -> None:
    entries, method = FILES[name]

    assert calendar_file(entries, method=method) == (GOLD / f"{name}.ics").read_bytes().decode()


def event(entry: Entry, method: Method = Method.REQUEST) -> dict[str, object]:
    return dict(Calendar.from_ical(calendar_file([entry], method=method)).walk("VEVENT")[0])


def test_one_appointment_keeps_its_uid_and_counts_its_changes() -> None:
    seen = [event(entry) for entry in (VISIT, MOVED, CALLED_OFF)]

    assert [str(each["UID"]) for each in seen] == [VISIT.uid] * 3
    assert [each["SEQUENCE"] for each in seen] == [0, 1, 2]
    assert [str(each["STATUS"]) for each in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


@pytest.mark.parametrize(
    ("moment", "offset"),
    [
        (datetime(2026, 3, 28, 9, tzinfo=BERLIN), 1),
        (datetime(2026, 3, 30, 9, tzinfo=BERLIN), 2),
        (datetime(2026, 10, 24, 9, tzinfo=BERLIN), 2),
        (datetime(2026, 10, 26, 9, tzinfo=BERLIN), 1),
        (datetime(2024, 2, 29, 9, tzinfo=BERLIN), 1),
        (datetime(2026, 12, 31, 23, 30, tzinfo=BERLIN), 1),
    ],
)
def test_times_are_those_of_berlin_on_both_sides_of_a_clock_change(moment: datetime, offset: int) -> None:
    begins = event(replace(VISIT, starts=moment.astimezone(UTC), ends=moment + timedelta(hours=4)))["DTSTART"]

    assert begins.params["TZID"] == "Europe/Berlin"
    assert (begins.dt.replace(tzinfo=None), begins.dt.utcoffset()) == (
        moment.replace(tzinfo=None), timedelta(hours=offset),
    )  # fmt: skip


def test_the_zone_in_the_file_agrees_with_the_zone_of_the_system() -> None:
    """The rules written out, applied by icalendar, against the tz database, through both changes of ten years."""
    zone = Calendar.from_ical(calendar_file([VISIT])).walk("VTIMEZONE")[0].to_tz()
    noon = datetime(2024, 1, 1, 12)  # noqa: DTZ001 — each zone is asked about the same clock
    days = [noon + timedelta(days=n) for n in range(3653)]

    assert [zone.utcoffset(each) for each in days] == [BERLIN.utcoffset(each) for each in days]


@pytest.mark.parametrize("method", Method)
def test_the_zone_is_always_there(method: Method) -> None:
    calendar = Calendar.from_ical(calendar_file([DEADLINE], method=method))

    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert str(calendar["METHOD"]) == method


def test_a_day_is_a_day_and_ends_before_the_next() -> None:
    found = event(DEADLINE)

    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2026, 3, 31), date(2026, 4, 1))
    assert found["TRANSP"] == "TRANSPARENT"


def test_long_lines_are_folded_and_end_as_the_standard_asks() -> None:
    lines = calendar_file([VISIT]).split("\r\n")

    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in "".join(lines)


def test_the_name_of_the_type_says_the_method() -> None:
    assert content_type(Method.CANCEL) == "text/calendar; method=CANCEL; charset=utf-8"
