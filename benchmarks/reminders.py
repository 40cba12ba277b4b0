"""Writing the reminders of all seals on the day they fall due, against the ORM reading the same seals as objects.

BENCH_SEALS names other numbers of seals, `3322,33220` for a short run.
"""

import os
from datetime import datetime, timedelta
from itertools import pairwise

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string

from benchmarks import _stage, _table
from centres.models import Letter
from centres.texts.book import BOOK
from certification import reminders
from certification.models import Seal

SEALS = [int(number) for number in os.environ.get("BENCH_SEALS", "3322,33220,332200").split(",")]
COHORT, LARGE, TIMES = 3322, 100_000, 3
TEXT = "letters/reminder_seal.txt"
ROWS = """
    INSERT INTO centres_youthoffice (key, name, name_folded, regional) VALUES ('05000', 'Amt', 'amt', 'LVR');
    INSERT INTO centres_familycentre (certification_number, name, kind, youth_office_id, email, phone, lead_name,
        end_reason, name_folded, search, network_exception)
    SELECT lpad(n::text, 7, '0'), 'Familienzentrum ' || n, 'single', (SELECT max(id) FROM centres_youthoffice),
        'fz-' || n || '@example.org', '', '', '', 'familienzentrum ' || n, '', ''
    FROM generate_series(1, %(number)s) AS n;
    INSERT INTO accounts_user (password, is_superuser, is_active, joined_at, email, name, role, sign_ins, team_lead)
    SELECT '', false, true, now(), 'leitung-' || n || '@example.org', 'Leitung ' || n, 'centre', 0, false
    FROM generate_series(1, %(number)s) AS n;
    INSERT INTO centres_membership (centre_id, user_id, role, starts_on)
    SELECT centre.id, person.id, 'lead', '2020-01-01'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM centres_familycentre) AS centre
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts_user) AS person USING (n);
    INSERT INTO certification_seal (centre_id, awarded_on, valid_from, valid_through, void_kind, rule_version,
        explanation)
    SELECT id, %(awarded)s, %(awarded)s, %(ends)s, '', '', '{}' FROM centres_familycentre;
"""


def run() -> None:
    _table.head()
    found = [write(number) for number in SEALS]
    assert len({queries for _, queries in found}) == 1, f"the number of queries grows with the seals: {found}"
    _table.number("  queries in all, the same for each number of seals", found[0][1])
    for (fewer, (less, _)), (more, (longer, _)) in pairwise(zip(SEALS, found, strict=True)):
        _table.ratio(f"  time per letter at {more:,} / at {fewer:,}", longer / more, less / fewer, goal=1.2)


def write(number: int) -> tuple[float, int]:
    """The least of several runs, in seconds, and the number of queries of each."""
    _stage.empty()
    at = _stage.now()
    today = at.date()
    _stage.filled(ROWS, number=number, awarded=today - timedelta(days=1000), ends=today + timedelta(days=25))
    reminders.unwritten(today - timedelta(days=5000))  # as in a worker that has written before
    reading, seconds, queries = float("inf"), float("inf"), set()
    for _ in range(TIMES if number < LARGE else 1):
        reading = min(reading, _table.timed(lambda: list(Seal.objects.select_related("centre"))))
        _forget()
        with _stage.queries() as captured:
            seconds = min(seconds, _table.timed(lambda: reminders.write_due(today, at=at)))
        queries.add(len(captured))
    assert Letter.objects.count() == number
    _table.ratio(f"writing {number:,} reminders / reading their seals with centres", seconds, reading, goal=2)
    if number == COHORT:
        _table.limit("  the whole of it", seconds, goal=5)
    again = _table.timed(lambda: reminders.write_due(today, at=at))
    _table.ratio("  looking again, nothing to write / reading", again, reading, goal=2)
    _forget()
    stock = _table.timed(lambda: write_plainly(at))
    _table.ratio("  the first / render_to_string for each centre and bulk_create", seconds, stock, goal=1)
    (same,) = queries
    return seconds, same


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE centres_letter CASCADE")


def write_plainly(at: datetime) -> None:
    """What stock parts need for as many letters, knowing neither people nor rules nor what was written before."""
    seals = Seal.objects.select_related("centre")
    kind, facts = BOOK["reminder_seal"], {"left": "noch 25 Tage", "site_url": settings.SITE_URL}

    def body(seal: Seal) -> str:
        known = {**facts, "centre": seal.centre, "day": seal.valid_through, "person": "Leitung"}
        return render_to_string(TEXT, {**known, **kind.values(kind.known, known)})

    Letter.objects.bulk_create(
        (
            Letter(
                key=f"plain-{seal.pk}",
                template="reminder_seal",
                rule="seal/1-month",
                why="Messung",
                centre=seal.centre,
                to=seal.centre.email,
                subject="Ihr Gütesiegel",
                body=body(seal),
                written_at=at,
            )
            for seal in seals
        ),
        batch_size=500,
    )
