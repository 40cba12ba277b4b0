"""The list for the door of a large event, in the web process.

Anchor: the same people in the same frame, as a table is written without a thought of its cost: a cell for the number,
names and centres in several runs of text, collapsed borders around every cell.
"""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils.html import format_html_join

from benchmarks import _table
from centres.models import FamilyCentre
from centres.pdf.press import lay_out, written
from events.models import InfoEvent, Registration
from events.pdf import attendance_list
from events.rules.names import family_name, given_names

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
PEOPLE = 500
HEAD = (
    '<!doctype html><html lang="de"><title>Anwesenheitsliste</title><h1>Anwesenheitsliste</h1><table><thead><tr>'
    '<th class="number">Nr.</th><th class="name">Name</th><th>Familienzentrum</th><th class="sign">Unterschrift</th>'
    "</tr></thead><tbody>"
)
ROW = "<tr><td>{}</td><th>{} <strong>{}</strong></th><td>{}<br><span>{}</span></td><td></td></tr>"
STYLE = (
    "table { border-collapse: collapse } th, td { padding: 1.6mm 2mm; border: 0.2mm solid #8fa6ad } "
    "span { font-size: 8pt } tbody tr { break-inside: avoid }"
)


def run() -> None:
    _table.head()
    event, people = expected()
    with tempfile.TemporaryDirectory() as folder:
        style = Path(folder) / "plain.css"
        style.write_text(attendance_list.STYLE.read_text() + STYLE)
        ours, anchor = _table.fastest(
            lambda: attendance_list.render(event, people, at=AT), lambda: plain(people, style), times=3
        )
    _table.ratio(f"list for the door of {PEOPLE} people / a table without care", ours, anchor, goal=0.65)
    _table.limit("  the same", ours)


def expected() -> tuple[InfoEvent, list[Registration]]:
    event = InfoEvent(title="Messung", starts_at=AT, ends_at=AT + timedelta(hours=2), place="Dortmund")
    centres = [
        FamilyCentre(name=f"Familienzentrum Am Lindenhof {n}", certification_number=f"{n:07}") for n in range(PEOPLE)
    ]
    return event, [
        Registration(event=event, name=f"Anna-Maria Schmidt {n}", centre=each) for n, each in enumerate(centres)
    ]


def plain(people: list[Registration], style: Path) -> bytes:
    cells = (
        (n, given_names(each.name), family_name(each.name), each.centre.name, each.centre.certification_number)
        for n, each in enumerate(people)
        if each.centre
    )
    html = HEAD + format_html_join("", ROW, cells) + "</table>"
    return written(lay_out(html, style), {}, name="liste.json", description="Messung", ordered_at=AT)
