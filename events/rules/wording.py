"""How events are spoken of in letters and on pages. Plain Python; moments come in Berlin time."""

from __future__ import annotations

from datetime import date, datetime

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def day(moment: date) -> str:
    return f"{moment.day}. {MONTHS[moment.month - 1]} {moment.year}"


def at_clock(moment: datetime) -> str:
    """ "18. September 2026, 10:00 Uhr"."""
    return f"{day(moment)}, {moment:%H:%M} Uhr"


def span(begins: datetime, ends: datetime) -> str:
    """From when to when, with the day of the week; the second day only where it is another one."""
    until = f"{ends:%H:%M} Uhr" if begins.date() == ends.date() else at_clock(ends)
    return f"{DAYS[begins.weekday()]}, {day(begins)}, {begins:%H:%M} bis {until}"


def days_left(event_day: date, today: date) -> str:
    near = {0: "heute", 1: "morgen"}
    days = (event_day - today).days
    return near.get(days, f"in {days} Tagen")


def seats(free: int, waiting: int) -> str:
    """What is left for whoever registers now. Whoever waits comes first, so a free seat may be promised already."""
    if free > 0 and not waiting:
        return "Noch ein Platz frei." if free == 1 else f"Noch {free} Plätze frei."
    if waiting == 0:
        return "Zurzeit ausgebucht. Wer sich anmeldet, kommt auf die Warteliste."
    people = "steht eine Person" if waiting == 1 else f"stehen {waiting} Personen"
    return f"Zurzeit ausgebucht. Auf der Warteliste {people}."


def per_centre(limit: int | None) -> str:
    """The limit of one centre, and what happens beyond it; empty where there is none."""
    if limit is None:
        return ""
    seats_each = "einen Platz" if limit == 1 else f"höchstens {limit} Plätze"
    return f"Jedes Familienzentrum bekommt {seats_each}. Weitere Anmeldungen kommen auf die Warteliste."
