"""The lists of the four video systems as they write them: encodings, separators, languages, stays summed up."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.participants import BYTES_AT_MOST, PEOPLE_AT_MOST, Seen, UnreadableError, read

FILES = Path(__file__).parent / "participants"
AYSE, JOERG = "ayse.yilmaz@example.org", "Jörg Müller-Lüdenscheidt"
EXPECTED = {
    "zoom.csv": [
        Seen("Servicestelle ISA", "servicestelle@example.org", 141),
        Seen("Ayşe Yılmaz", AYSE, 122),
        Seen(f"Kita Sonnenschein ({JOERG})", "", 124),
        Seen("Schmidt, Anna", "", 5),
    ],
    "zoom_eindeutig.csv": [Seen("Ayşe Yılmaz", AYSE, 122), Seen(JOERG, "", 124)],
    "teams.csv": [
        Seen("Yılmaz, Ayşe", AYSE, 122),
        Seen(f"{JOERG} (Gast)", "", 124),
        Seen("Anna Schmidt", "anna.schmidt@example.org", 5),
    ],
    # Two devices at once from 10:30 to 10:40 are not ten minutes more.
    "webex.csv": [Seen("Ayşe Yılmaz", AYSE, 127), Seen(JOERG, "", 124)],
    "bigbluebutton.csv": [Seen("Servicestelle ISA", "", 141), Seen(JOERG, "", 124), Seen("Anna", "", 65)],
}


WEBINAR = """\
Attendee Report,
Report Generated:,"09/18/2026 02:15:00 PM",
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,# Cancelled
"Informationsveranstaltung",845 1234 5678,"09/18/2026 09:45:12 AM",142,3,0
Host Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Yes,"Servicestelle ISA",servicestelle@example.org,"09/18/2026 09:45:12 AM","09/18/2026 12:06:44 PM",142,No,"Germany",
Attendee Details,
Attended,User Name (Original Name),First Name,Last Name,Email,Registration Time,Approval Status,Join Time,Leave Time,\
Time in Session (minutes),Is Guest,Country/Region Name,
Yes,"Ayşe",Ayşe,Yılmaz,ayse.yilmaz@example.org,"09/01/2026 08:00:00 AM",approved,"09/18/2026 09:58:10 AM",\
"09/18/2026 10:40:10 AM",42,Yes,"Germany",
Yes,"Ayşe",Ayşe,Yılmaz,ayse.yilmaz@example.org,"09/01/2026 08:00:00 AM",approved,"09/18/2026 10:45:10 AM",\
"09/18/2026 12:05:10 PM",80,Yes,"Germany",
No,"Anna Schmidt",Anna,Schmidt,anna@example.org,"09/01/2026 08:00:00 AM",approved,--,--,--,--,--,
"""
LOG = """\
Vollständiger Name\tBenutzeraktion\tZeitstempel
Servicestelle ISA\tBeigetreten\t18.9.2026, 09:45:00
Anna Schmidt\tBeigetreten vor\t18.9.2026, 10:00:00
Jörg Müller\tBeigetreten\t18.9.2026, 10:10:00
Anna Schmidt\tVerlassen\t18.9.2026, 10:40:00
Anna Schmidt\tBeigetreten\t18.9.2026, 11:00:00
Servicestelle ISA\tVerlassen\t18.9.2026, 12:00:00
"""


def table(*rows: str, header: str = "Name,Email,Join Time,Leave Time,Duration") -> bytes:
    return "\n".join([header, *rows]).encode()


@pytest.mark.parametrize("name", EXPECTED)
def test_each_system_is_read_as_it_writes(name: str) -> None:
    assert read((FILES / name).read_bytes()) == EXPECTED[name]


def test_the_report_of_a_zoom_webinar_counts_whoever_attended_in_all_its_tables() -> None:
    """Tables and columns as public programs expect them that read such a report ("Attended" to "Source Name")."""
    hosts_first = [Seen("Servicestelle ISA", "servicestelle@example.org", 141), Seen("Ayşe", AYSE, 122)]

    assert read(WEBINAR.encode("utf-8-sig")) == hosts_first


@pytest.mark.parametrize("before", [LOG, LOG.replace("Beigetreten vor", "Joined before")])
def test_the_list_teams_wrote_before_2021_is_a_log_of_coming_and_going(before: str) -> None:
    """`Full Name, User Action, Timestamp`, UTF-16 with tabs, as public programs expect it; the report itself:
    MicrosoftDocs/OfficeDocs-SkypeForBusiness.de-DE, Teams/teams-analytics-and-reports/meeting-attendance-report.md.

    Whoever never left was there until the last line.
    """
    expected = [("Servicestelle ISA", 135), ("Anna Schmidt", 100), ("Jörg Müller", 110)]

    assert sorted((each.name, each.minutes) for each in read(before.encode("utf-16"))) == sorted(expected)


def test_a_log_without_moments_names_nobody() -> None:
    with pytest.raises(UnreadableError, match="steht niemand"):
        read("Full Name\tUser Action\tTimestamp\nAnna Schmidt\tJoined\tgestern\n".encode("utf-16"))


def test_teams_in_english_tells_each_stay_again_and_counts_once() -> None:
    """Sections and columns as in the exports public programs are tested with; the report: see above."""
    stay = "Anna Schmidt\t9/18/26, 10:00:00 AM\t9/18/26, 11:30:00 AM\t1h 30m\tanna@example.org"
    header = "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"
    text = (
        "1. Summary\nMeeting title\tX\nAttended participants\t1\n\n2. Participants\n"
        f"{header}\n{stay}\t\tAttendee\n\n"
        f"3. In-Meeting Activities\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n{stay}\tAttendee\n"
    )

    assert read(text.encode("utf-16")) == [Seen("Anna Schmidt", "anna@example.org", 90)]


def test_votes_without_a_name_are_nobody() -> None:
    """The last line of a session with polls: bigbluebutton, bbb-learning-dashboard/src/services/UserService.js."""
    header = "Name,Moderator,Join,Left,Duration,Welche Werkstatt?"
    rows = ('"Anna","FALSE","9/18/2026, 10:00:00 AM","-","01:05:00","A"', '"Anonymous","","","","","A\r\nB"')

    assert read(table(*rows, header=header)) == [Seen("Anna", "", 65)]


def test_webex_calls_people_by_their_display_name() -> None:
    """Columns as public programs expect them: Display Name, Attendee Email, Attendance Duration."""
    header = "Meeting Number\tMeeting Name\tDisplay Name\tAttendee Email\tJoin Time\tLeave Time\tAttendance Duration"
    row = '123\tX\tAnna Schmidt\tanna@example.org\t="2026-09-18 10:00:00"\t="2026-09-18 11:30:00"\t90 mins'

    assert read(f"{header}\n{row}\n".encode("utf-16")) == [Seen("Anna Schmidt", "anna@example.org", 90)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_encoding_and_separator_says_the_same(encoding: str, separator: str) -> None:
    text = separator.join(["Name", "Dauer (Minuten)"]) + "\n" + separator.join([JOERG, "90"]) + "\n"

    assert read(text.encode(encoding)) == [Seen(JOERG, "", 90)]


@pytest.mark.parametrize(
    ("duration", "minutes"),
    [("90", 90), ("90,5", 90), ("01:30:00", 90), ("1:30", 90), ("1h 30m 10s", 90), ("90 mins", 90),
     ("1 Std. 30 Min.", 90), ("5400s", 90), ("1 hour 30 minutes", 90), ("", 0), ("unbekannt", 0), ("3 Tage", 0)],
)  # fmt: skip
def test_each_way_to_write_a_duration(duration: str, minutes: int) -> None:
    assert read(table(f'Anna Schmidt,,,,"{duration}"'))[0].minutes == minutes


@pytest.mark.parametrize(
    ("join", "leave"),
    [
        ("2026-09-18 11:45:00", "2026-09-18T13:15:00"),
        ("18.09.26, 11:45", "18.09.26, 13:15"),
        ("9/18/26, 11:45:00 AM", "9/18/26, 1:15:00 PM"),
        ("18/09/2026 11:45", "18/09/2026 13:15"),
        ("09/18/2026 11:45:00 pm", "09/19/2026 01:15:00 am"),
    ],
)
def test_without_a_duration_join_and_leave_tell_it(join: str, leave: str) -> None:
    assert read(table(f'Anna Schmidt,,"{join}","{leave}",'))[0].minutes == 90


@pytest.mark.parametrize("moment", ["gestern", "2026-13-45 10:00:00", "2026-09-18"])
def test_a_moment_that_is_none_counts_for_nothing(moment: str) -> None:
    assert read(table(f"Anna Schmidt,,{moment},2026-09-18 10:00:00,"))[0].minutes == 0


def test_a_second_device_for_a_while_is_not_a_second_person() -> None:
    rows = (
        "Anna Schmidt,,2026-09-18 10:00,2026-09-18 11:00,60",
        "Anna Schmidt,,2026-09-18 10:10,2026-09-18 10:40,30",
    )

    assert read(table(*rows)) == [Seen("Anna Schmidt", "", 60)]


def test_first_and_last_name_in_two_columns() -> None:
    assert read(table("Anna,Schmidt,60", header="First Name,Last Name,Duration")) == [Seen("Anna Schmidt", "", 60)]


def test_someone_who_came_back_as_a_guest_is_one_person() -> None:
    rows = ("Anna Schmidt,anna@example.org,,,40", "Anna Schmidt,,,,20", "Anna,,,,5")

    assert read(table(*rows)) == [Seen("Anna Schmidt", "anna@example.org", 60), Seen("Anna", "", 5)]


def test_a_guest_whose_name_two_others_have_stays_alone() -> None:
    rows = ("Anna Schmidt,a@example.org,,,40", "Anna Schmidt,b@example.org,,,40", "Anna Schmidt,,,,20")

    assert len(read(table(*rows))) == 3


def test_short_rows_and_nameless_ones_do_no_harm() -> None:
    assert read(table("Anna Schmidt", ",,,,30")) == [Seen("Anna Schmidt", "", 0)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"  \n", "leer"),
        (b"PK\x03\x04...", "Excel-Datei"),
        (b"\xd0\xcf\x11\xe0...", "alte Excel-Datei"),
        (b"%PDF-1.7", "PDF-Datei"),
        (b"<html>", "Internetseite"),
        (b"\x81\x8d\x8f", "keine Textdatei"),
        (b"x" * (BYTES_AT_MOST + 1), "größer als 2 MB"),
        (b"Vorname;Telefon\nAnna;0211", "keine Teilnehmerliste"),
        (b"Name,E-Mail\nAnna,a@example.org", "keine Teilnehmerliste"),
        (b"a" * 200_000, "keine Teilnehmerliste"),
        (b"Name,Duration\n", "steht niemand"),
        (table(*(f"Person {n},,,,60" for n in range(PEOPLE_AT_MOST + 1))), "mehr als 2000"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence):
        read(data)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with suppress(UnreadableError):
        assert read(data)


@given(st.permutations(["Anna Schmidt,,,,40", "Anna Schmidt,,,,20", "Jörg Müller,j@example.org,,,7"]))
def test_the_order_of_rows_changes_no_sum(rows: list[str]) -> None:
    assert set(read(table(*rows))) == {Seen("Anna Schmidt", "", 60), Seen("Jörg Müller", "j@example.org", 7)}
