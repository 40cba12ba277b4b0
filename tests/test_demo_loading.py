from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from centres.models import FamilyCentre, Letter
from centres.models.periods import on_day
from centres.tasks import deliver_letters
from certification.calendars import work_calendar
from certification.models import (
    Answer,
    AssignmentBatch,
    Case,
    Round,
    SchoolHolidays,
    Seal,
    SealEntry,
    SiteVisit,
    Step,
)
from certification.rules.moves import State
from certification.rules.rounds import problems
from certification.rules.status import SealStatus
from config.demo.fates import LEAST
from config.demo.loading import Wanted, load
from tests.factories.accounts import UserFactory

ON = date(2026, 11, 22)
AT = timezone.now()  # one moment for all: letters of today bear it


def loaded(on: date = ON, seed: int = 1) -> None:
    load(Wanted(LEAST, seed, on, AT))


def contents() -> list[list[tuple[Any, ...]]]:
    """What a person would see of the data; primary keys and secrets left out."""
    number = "centre__certification_number"
    return [
        list(
            FamilyCentre.objects.order_by("pk").values_list("certification_number", "name", "lead_name", "ended_on")
        ),
        list(Case.objects.order_by("pk").values_list(number, "round__label", "state", "state_since")),
        list(Step.objects.order_by("pk").values_list(f"case__{number}", "act", "by__email", "at", "reason")),
        list(Seal.objects.order_by("pk").values_list(number, "valid_from", "valid_through", "void_from")),
        list(
            Answer.objects.order_by("pk").values_list(f"case__{number}", "part__code", "value", "text", "first_half")
        ),
        sorted(Letter.objects.values_list(number, "to", "subject", "written_at", "state"), key=str),
    ]


@pytest.mark.uncovered
@pytest.mark.parametrize(
    "on",
    [
        date(2026, 8, 1),
        date(2027, 2, 15),
        date(2027, 5, 30),
        date(2027, 7, 31),
        date(2028, 2, 29),
    ],
)
def test_any_day_of_the_year_gives_lawful_data(db: None, on: date) -> None:
    loaded(on)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert set(Case.objects.values_list("state", flat=True)) == set(State)
    assert {seal.status(on) for seal in Seal.objects.all()} == set(SealStatus)
    assert not [problem for round_ in Round.objects.all() for problem in problems(round_.dates)]
    assert not Step.objects.filter(at__date__gt=on).exists()
    assert not SealEntry.objects.filter(at__date__gt=on).exists()


@pytest.mark.uncovered
def test_same_seed_gives_the_same_data_and_another_seed_other_data(db: None) -> None:
    told = []
    for seed in (1, 1, 2):
        loaded(seed=seed)
        told.append(contents())
        _empty()

    first, again, other = told
    assert again == first
    assert other != first


def test_the_work_of_the_auditors_is_believable_and_the_delivery_is_woken_once(
    db: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        loaded()

    assert waiting.count(deliver_letters.delay) == 1
    batches = AssignmentBatch.objects.all()
    assert [batch.number for batch in batches] == [batch.assignments.count() for batch in batches] == [2]
    visits = list(SiteVisit.objects.standing().order_by("visitor", "starts_at"))
    assert {f"{timezone.localtime(visit.starts_at):%H:%M}" for visit in visits} == {"09:00", "13:30"}
    assert {visit.length for visit in visits} == {timedelta(hours=3, minutes=30)}
    assert [day for visit in visits if not _is_open(day := timezone.localdate(visit.starts_at))] == []
    pairs = [(one, other) for one, other in pairwise(visits) if one.visitor_id == other.visitor_id]
    assert [one for one, other in pairs if one.span.overlaps(other.span)] == []


def _is_open(day: date) -> bool:
    return work_calendar().is_working_day(day) and not SchoolHolidays.objects.filter(on_day(day)).exists()


def _empty() -> None:
    """Append-only tables too, so by TRUNCATE; the test's transaction is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "TRUNCATE accounts_user, centres_youthoffice, centres_provider, certification_edition, events_infoevent,"
            " events_eventseries, certification_textblock CASCADE"
        )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_command_does_nothing_where_there_is_data(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    UserFactory.create()
    before = contents()

    call_command("load_demo", centres=LEAST)

    assert capsys.readouterr().out == "Es sind schon Daten da, nichts geladen.\n"
    assert (contents(), User.objects.count()) == (before, 1)


def test_command_refuses_too_few_centres(db: None) -> None:
    with pytest.raises(CommandError, match="mindestens 60 Familienzentren"):
        call_command("load_demo", centres=LEAST - 1)


def test_command_shows_its_progress(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo", centres=LEAST, on=ON)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("[..............................]   0 % Kriterien und Personen")
    assert lines[-2].startswith("[##############################] 100 % fertig")
    assert lines[-1] == "60 Familienzentren geladen. Alle Konten haben das Passwort familienzentrum."
