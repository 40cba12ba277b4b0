"""Writing the reminders of all seals on the day they fall due, against the ORM reading the same seals as objects.

BENCH_SEALS names the numbers of seals, `3322,33220,332200` for the long run.
"""

import os
from datetime import datetime, timedelta
from itertools import pairwise

from django.conf import settings
from django.template.loader import render_to_string

from benchmarks import _stage, _table
from centres.models import Letter
from certification import reminders
from certification.models import Seal

SEALS = [int(number) for number in os.environ.get("BENCH_SEALS", "3322,33220").split(",")]
QUERIES = 16  # in all, for any number of seals
TEXT = "letters/reminder_seal.txt"
ROWS = """
    INSERT INTO centres_youthoffice (key, name, name_folded, regional) VALUES ('05000', 'Amt', 'amt', 'LVR');
    INSERT INTO centres_familycentre (certification_number, name, kind, youth_office_id, email, phone, lead_name,
        end_reason, name_folded, search)
    SELECT lpad(n::text, 7, '0'), 'Familienzentrum ' || n, 'single', (SELECT max(id) FROM centres_youthoffice),
        'fz-' || n || '@example.org', '', '', '', 'familienzentrum ' || n, ''
    FROM generate_series(1, %(number)s) AS n;
    INSERT INTO accounts_user (password, is_superuser, is_active, joined_at, email, name, role)
    SELECT '', false, true, now(), 'leitung-' || n || '@example.org', 'Leitung ' || n, 'centre'
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
    took = [write(number) for number in SEALS]
    for (fewer, less), (more, longer) in pairwise(zip(SEALS, took, strict=True)):
        _table.ratio(f"  time per letter at {more:,} / at {fewer:,}", longer / more, less / fewer, goal=1.2)


def write(number: int) -> float:
    _stage.empty()
    at = _stage.now()
    today = at.date()
    _stage.filled(ROWS, number=number, awarded=today - timedelta(days=1000), ends=today + timedelta(days=25))
    reading = min(_table.timed(lambda: list(Seal.objects.select_related("centre"))) for _ in range(3))
    render_to_string(TEXT, {"day": today})  # as in a worker that has written before
    with _stage.queries() as captured:
        seconds = _table.timed(lambda: reminders.write_due(today, at=at))
    assert Letter.objects.count() == number
    _table.ratio(f"writing {number:,} reminders / reading their seals with centres", seconds, reading, goal=2)
    _table.number("  queries in all", len(captured), goal=QUERIES)
    if number == 3322:
        _table.limit("  the whole of it", seconds, goal=5)
    stock = _table.timed(lambda: write_plainly(at))
    _table.ratio("  the same / render_to_string for each centre and one bulk_create", seconds, stock, goal=1.5)
    again = _table.timed(lambda: reminders.write_due(today, at=at))
    _table.ratio("  looking again, nothing to write / reading", again, reading, goal=2)
    return seconds


def write_plainly(at: datetime) -> None:
    """What stock parts need for as many letters, knowing neither people nor rules nor what was written before."""
    seals = Seal.objects.select_related("centre")
    words = {"recipient": {"name": "Leitung"}, "site_url": settings.SITE_URL, "left": "noch 25 Tage"}
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
                body=render_to_string(TEXT, {"centre": seal.centre, "day": seal.valid_through, **words}),
                written_at=at,
            )
            for seal in seals
        ),
        batch_size=500,
    )
