"""What an outage has cost: each reminder that would no longer help is listed, with the reason."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from centres import holds, subscriptions
from centres.models import Letter
from centres.rules.subscriptions import EARLY
from certification import reminders, skipped
from certification.models import Case, Query, Step
from certification.rules.moves import State
from tests.certification.admin import AT, ministry, queries
from tests.factories.accounts import UserFactory
from tests.factories.certification import CaseFactory, SealFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT, tick=False)]

TODAY = AT.date()  # 5 May 2026
BEFORE = AT - timedelta(days=200)
OUTAGE = range(25, 30)  # of the thirty days, the last five
PREVIEW = "/admin/certification/reminderrule/vorschau/"


def run_daily(silent: range = OUTAGE) -> None:
    """The job on thirty mornings and today, but for those of the outage."""
    for n in set(range(31)) - set(silent):
        day = TODAY - timedelta(days=30 - n)
        reminders.write_due(day, at=datetime(day.year, day.month, day.day, 6, tzinfo=ZoneInfo("Europe/Berlin")))


def listed() -> list[tuple[str, str]]:
    return [(each.rule, each.reason) for each in skipped.lately(TODAY)]


def invited(until: date) -> Case:
    dates = {"round__seal_end": date(2027, 7, 31), "round__registration_until": until}
    case: Case = CaseFactory.create(state=State.INVITED, state_since=BEFORE, **dates)
    return case


def asked(due_on: date) -> Query:
    case = CaseFactory.create(state=State.QUERIED, state_since=BEFORE)
    auditor = UserFactory.create(auditor=True)
    return Query.objects.create(case=case, text="Wann?", due_on=due_on, asked_at=BEFORE, asked_by=auditor)


def test_after_five_days_of_silence_what_helps_is_written_and_what_does_not_is_listed() -> None:
    over, superseded = invited(TODAY - timedelta(days=1)), asked(TODAY + timedelta(days=2))
    useful = invited(TODAY + timedelta(days=1))

    run_daily()

    assert Letter.objects.filter(centre=useful.centre, rule="registration/3-days").count() == 1
    assert Letter.objects.get(centre=superseded.case.centre).rule == "query/2-days"
    assert not Letter.objects.filter(centre=over.centre, rule="registration/3-days").exists()
    assert listed() == [
        ("registration/3-days", "Vorbei: Nützlich war sie bis 04.05.2026."),
        ("query/7-days", "Überholt: Seit 05.05.2026 gilt die nächste Erinnerung."),
    ]


def test_what_was_done_during_the_silence_is_listed_as_done() -> None:
    case = invited(TODAY + timedelta(days=1))
    seal = SealFactory.create(awarded_on=date(2022, 5, 5), valid_through=TODAY + timedelta(days=26))
    moved = AT - timedelta(days=1)
    run_daily(range(25, 31))

    Case.objects.update(state=State.REGISTERED, state_since=moved)
    for act, old, new, at in (("invite", "", "invited", BEFORE), ("register", "invited", "registered", moved)):
        Step.objects.create(case=case, act=act, old=old, new=new, actor="centre", at=at)
    SealFactory.create(centre=seal.centre, awarded_on=moved.date(), valid_from=date(2026, 8, 1))

    done = "Erledigt am 04.05.2026"
    assert listed() == [
        ("registration/3-days", f"{done}: Teilnahme bestätigt oder Fall beendet."),
        ("seal/1-month", f"{done}: neues Gütesiegel verliehen oder dieses entzogen."),
    ]


def test_without_an_outage_nothing_is_listed() -> None:
    invited(TODAY - timedelta(days=1))
    asked(TODAY + timedelta(days=2))
    SealFactory.create(awarded_on=date(2022, 5, 5), valid_through=TODAY - timedelta(days=3))

    run_daily(range(0))

    assert Letter.objects.exists()
    assert listed() == []


def test_what_began_after_the_day_of_a_reminder_has_skipped_none() -> None:
    CaseFactory.create(
        state=State.INVITED,
        state_since=AT,
        round__seal_end=date(2027, 7, 31),
        round__registration_until=TODAY + timedelta(days=1),
    )

    assert listed() == []


def test_what_is_still_in_force_is_due_and_not_skipped() -> None:
    invited(TODAY + timedelta(days=1))
    run_daily(range(25, 31))

    assert listed() == []


def test_what_was_held_until_it_was_over_says_so() -> None:
    invited(TODAY - timedelta(days=1))
    by = UserFactory.create(ministry=True)
    holds.hold(rule="registration/3-days", about="Regel", reason="Der Text ist falsch.", by=by, at=BEFORE)

    run_daily(range(0))

    assert listed() == [("registration/3-days", "Angehalten: Der Text ist falsch.")]


def test_whoever_ended_early_reminders_has_skipped_none() -> None:
    seal = SealFactory.create(awarded_on=date(2024, 3, 20), valid_through=date(2028, 2, 29))  # 22 months: 29 April
    subscriptions.end(seal.centre.email, EARLY, at=BEFORE)
    run_daily(range(0))
    SealFactory.create(centre=seal.centre, awarded_on=TODAY, valid_from=date(2028, 8, 1))

    assert not Letter.objects.exists()
    assert listed() == []


def test_the_ministry_sees_the_list_beside_tomorrows_letters(client: Client) -> None:
    case = invited(TODAY - timedelta(days=1))
    run_daily()
    ministry(client)

    page = client.get(PREVIEW).text

    assert "Nicht geschrieben" in page
    assert case.centre.name in page
    assert "Vorbei: Nützlich war sie bis 04.05.2026." in page


def test_the_list_takes_the_same_queries_for_any_number(client: Client) -> None:
    invited(TODAY - timedelta(days=1))
    run_daily()
    ministry(client)
    for_one = queries(client, PREVIEW)

    for _ in range(2):
        CaseFactory.create(state=State.INVITED, state_since=BEFORE, round=Case.objects.earliest("pk").round)

    assert len(skipped.lately(TODAY)) > 1
    assert queries(client, PREVIEW) == for_one
