"""From the list of participants that a video system wrote to people and their minutes. Plain Python.

Zoom, Teams, Webex and BigBlueButton each write another table, in English or German, and change it now and then; so
the header is found by the words of its columns. Sources: their own files, 2020 to 2025; see the samples of the tests.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from itertools import pairwise

from centres.rules.folding import fold, one_line

BYTES_AT_MOST = 2 * 1024 * 1024
PEOPLE_AT_MOST = 2000
SAVE_AS = "Bitte laden Sie die Teilnehmerliste so hoch, wie das Videosystem sie als CSV-Datei anbietet."
FOREIGN = {
    b"PK": f"Das ist eine Excel-Datei. {SAVE_AS}",
    b"\xd0\xcf\x11\xe0": f"Das ist eine alte Excel-Datei. {SAVE_AS}",
    b"%PDF": f"Das ist eine PDF-Datei. {SAVE_AS}",
    b"<": f"Das ist eine Internetseite und keine Tabelle. {SAVE_AS}",
}
SEPARATORS = "\t;,"
COLUMNS = {
    "name": {"name", "name original name", "name originalname", "user name original name",
             "benutzername originalname", "full name", "vollstaendiger name", "display name",
             "anzeigename", "attendee name", "participant name", "teilnehmername", "name des teilnehmers"},
    "first": {"first name", "vorname"},
    "last": {"last name", "nachname", "family name"},
    "email": {"email", "e mail", "user email", "benutzer e mail", "e mail adresse", "email address", "attendee email",
              "e mail adresse des teilnehmers", "e mail des teilnehmers"},
    "account": {"participant id upn", "teilnehmer id upn"},
    "join": {"join time", "beitrittszeit", "first join", "erster beitritt", "join", "joined", "beitritt",
             "beigetreten", "zeitpunkt des beitritts"},
    "leave": {"leave time", "zeit des verlassens", "last leave", "letztes verlassen", "left", "leave", "verlassen",
              "zeitpunkt des verlassens", "austritt", "austrittszeit"},
    "duration": {"duration", "dauer", "duration minutes", "dauer minuten", "total duration minutes",
                 "gesamtdauer minuten", "in meeting duration", "dauer in der besprechung", "dauer der besprechung",
                 "besprechungsdauer", "attendance duration", "teilnahmedauer", "anwesenheitsdauer",
                 "time in session minutes", "zeit in sitzung minuten"},
    "waiting": {"in waiting room", "im warteraum"},
    "attended": {"attended", "teilgenommen"},
    "action": {"user action", "benutzeraktion"},
    "moment": {"timestamp", "zeitstempel"},
}  # fmt: skip
NO_TABLE = (
    "In der Datei steht keine Teilnehmerliste: Es fehlt eine Kopfzeile mit dem Namen und mit der Dauer oder mit "
    "Beitritt und Verlassen. Erwartet wird die Liste von Zoom, Teams, BigBlueButton oder Webex."
)
DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)\.(\d\d?)\.(\d{2,4})|(\d\d?)/(\d\d?)/(\d{2,4})")
CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?\s*([ap])?\.?m?", re.IGNORECASE)
AMOUNT = re.compile(r"(\d+)\s*([a-zA-Z]+)")
UNITS = {"h": 3600, "st": 3600, "m": 60, "s": 1}  # by how their names begin: Stunde and Std. before Sekunde
SECTION = re.compile(r"\d+\. ")
YES = {"yes", "ja"}
NOBODY = {"anonymous", "anonym"}  # the last line of BigBlueButton: votes in polls nobody put a name to
COMES = ("joined", "beigetreten")  # Teams also writes that somebody had joined before
Header = Mapping[str, int]
Line = tuple[Header, Sequence[str]]


class UnreadableError(Exception):
    """The file is no list of participants; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One person of the list, and how many minutes in all."""

    name: str
    email: str
    minutes: int


@dataclass(slots=True)
class _Person:
    name: str = ""
    email: str = ""
    seconds: float = 0
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    spans_whole: bool = True

    def take_in(self, other: _Person) -> None:
        self.name, self.email = self.name or other.name, self.email or other.email
        self.seconds += other.seconds
        self.spans += other.spans
        self.spans_whole &= other.spans_whole

    @property
    def minutes(self) -> int:
        """Someone with two devices at once was not there twice."""
        together = _covered(self.spans) if self.spans_whole else self.seconds
        return int(min(self.seconds, together) // 60)


def read(data: bytes) -> list[Seen]:
    """The people in the order of the file. Raises UnreadableError."""
    lines = [line for line in _lines(_decoded(data)) if _was_inside(*line)]
    logged = bool(lines) and "action" in lines[0][0]
    people = _merged(_from_log(lines) if logged else (_person(*line) for line in lines))
    if not people:
        raise UnreadableError("In der Teilnehmerliste steht niemand. Bitte prüfen Sie, ob es die richtige Datei ist.")
    if len(people) > PEOPLE_AT_MOST:
        raise UnreadableError(
            f"Die Datei nennt mehr als {PEOPLE_AT_MOST} Personen. Bitte prüfen Sie, ob es die richtige Datei ist."
        )
    return [Seen(each.name[:200], each.email[:254], each.minutes) for each in people]


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise UnreadableError(f"Die Datei ist leer. {SAVE_AS}")
    if len(data) > BYTES_AT_MOST:
        raise UnreadableError(f"Die Datei ist größer als {BYTES_AT_MOST // 1024**2} MB. {SAVE_AS}")
    for beginning, sentence in FOREIGN.items():
        if data.startswith(beginning):
            raise UnreadableError(sentence)
    for encoding in (*_sixteen(data), "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError(f"Die Datei ist keine Textdatei. {SAVE_AS}")


def _sixteen(data: bytes) -> list[str]:
    """UTF-16 where its mark says so, or where every other byte of the beginning is nought."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return ["utf-16"]
    head = data[:200]
    if head[1::2].count(0) > len(head) // 3:
        return ["utf-16-le"]
    return ["utf-16-be"] if head[::2].count(0) > len(head) // 3 else []


def _lines(text: str) -> list[Line]:
    """The lines of the first table that names people and their time, whatever stands above it.

    Teams tells the same again in the tables below; the report of a Zoom webinar has one for hosts, one for panelists
    and one for attendees, each with a header of its own.
    """
    for separator in SEPARATORS:
        if tables := _tables(_rows(text, separator)):
            several = "attended" in tables[0][0]
            return [(header, row) for header, rows in (tables if several else tables[:1]) for row in rows]
    raise UnreadableError(NO_TABLE)


def _tables(rows: Sequence[list[str]]) -> list[tuple[Header, list[list[str]]]]:
    """Each ends with an empty line or where the next begins."""
    begins = [number for number, row in enumerate(rows) if _tells_time(_header(row))]
    spans = pairwise([*begins, len(rows)])
    return [(_header(rows[begin]), list(_until_gap(rows[begin + 1 : end]))) for begin, end in spans]


def _rows(text: str, separator: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(StringIO(text.replace("\0", ""), newline=""), delimiter=separator))
    except csv.Error:
        return []
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(text: str) -> str:
    """Webex writes ="…" so that spreadsheets leave its times alone."""
    return one_line(text.strip().removeprefix("=").strip('"'))


def _header(row: Sequence[str]) -> Header:
    """The last column of a name counts: Zoom repeats the meeting, with its host, in the columns before."""
    words = [fold(cell) for cell in row]
    return {key: place for place, word in enumerate(words) for key, known in COLUMNS.items() if word in known}


def _tells_time(header: Header) -> bool:
    """Of people, that is."""
    named = "name" in header or {"first", "last"} <= header.keys()
    timed = "duration" in header or {"join", "leave"} <= header.keys() or {"action", "moment"} <= header.keys()
    return named and timed


def _until_gap(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for row in rows:
        filled = [cell for cell in row if cell]
        if not filled or (len(filled) == 1 and SECTION.match(filled[0])):
            return
        yield row


def _get(header: Header, row: Sequence[str], key: str) -> str:
    place = header.get(key, len(row))
    return row[place] if place < len(row) else ""


def _was_inside(header: Header, row: Sequence[str]) -> bool:
    """Not in the waiting room, not only registered, and somebody."""
    if "attended" in header:
        return fold(_get(header, row, "attended")) in YES
    nobody = fold(_get(header, row, "name")) in NOBODY and not _get(header, row, "duration")
    return not nobody and fold(_get(header, row, "waiting")) not in YES


def _from_log(lines: Sequence[Line]) -> Iterator[_Person]:
    """What Teams wrote before 2021 and during a meeting: who came and went when. The last line ends what is open."""
    since: dict[str, datetime] = {}
    marks = [(_get(*line, "name"), fold(_get(*line, "action")), _moment(_get(*line, "moment"))) for line in lines]
    known = [(name, action, at) for name, action, at in marks if at]
    for name, action, at in sorted(known, key=lambda mark: mark[2]):
        if action.startswith(COMES):
            since.setdefault(name, at)
        else:
            yield _stay(name, since.pop(name, at), at)
    latest = max((at for *_, at in known), default=None)
    for name, at in since.items():
        yield _stay(name, at, latest or at)


def _stay(name: str, begins: datetime, ends: datetime) -> _Person:
    return _Person(name, "", (ends - begins).total_seconds(), [(begins, ends)])


def _person(header: Header, row: Sequence[str]) -> _Person:
    both = f"{_get(header, row, 'first')} {_get(header, row, 'last')}".strip()
    addresses = (_get(header, row, "email"), _get(header, row, "account"))
    join, leave = (_moment(_get(header, row, key)) for key in ("join", "leave"))
    spans = [(join, leave)] if join and leave and join <= leave else []
    seconds = _seconds(_get(header, row, "duration"))
    return _Person(
        name=_get(header, row, "name") or both,
        email=next((each.lower() for each in addresses if "@" in each), ""),
        seconds=_covered(spans) if seconds is None else seconds,
        spans=spans,
        spans_whole=bool(spans),
    )


def _merged(rows: Iterable[_Person]) -> list[_Person]:
    """Several rows of one address, or else of one name, are one person who came and went."""
    people: dict[str, _Person] = {}
    for row in rows:
        if key := row.email or fold(row.name):
            people.setdefault(key, _Person()).take_in(row)
    named = defaultdict(list)
    for person in people.values():
        if person.email:
            named[fold(person.name)].append(person)
    for key, person in list(people.items()):
        if not person.email and len(named[key]) == 1:  # signed in the first time, as a guest the second
            named[key][0].take_in(people.pop(key))
    return list(people.values())


def _seconds(text: str) -> float | None:
    """A duration as each of them writes it: 127, 02:07:00, 2h 7m 0s, 127 mins, 2 Std. 7 Min."""
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        return float(text.replace(",", ".")) * 60
    if clock := re.fullmatch(r"(\d+):(\d\d)(?::(\d\d))?", text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds
    amounts = [(int(number), _unit(word)) for number, word in AMOUNT.findall(text)]
    return float(sum(number * unit for number, unit in amounts)) if amounts else None


def _unit(word: str) -> int:
    return next((seconds for begins, seconds in UNITS.items() if word.lower().startswith(begins)), 0)


def _moment(text: str) -> datetime | None:
    """Only differences count, so a day that could be read in two ways does no harm."""
    day, clock = DAY.search(text), CLOCK.search(text)
    if day is None or clock is None:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3])
    if half := (clock[4] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime(*_day(day), hour, minute, second)  # noqa: DTZ001 - of whatever place; see above
    except ValueError:
        return None


def _day(found: re.Match[str]) -> tuple[int, int, int]:
    iso, german, slashed = (found.groups()[place : place + 3] for place in (0, 3, 6))
    if iso[0]:
        year, month, day = map(int, iso)
    elif german[0]:
        day, month, year = map(int, german)
    else:
        month, day, year = map(int, slashed)
        if month > 12:
            day, month = month, day
    return (year + 2000 if year < 100 else year), month, day


def _covered(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """How long at least one of the spans lasted, in seconds."""
    total, until = timedelta(), None
    for begins, ends in sorted(spans):
        if until is None or ends > until:
            total += ends - (begins if until is None else max(begins, until))
            until = ends
    return total.total_seconds()
