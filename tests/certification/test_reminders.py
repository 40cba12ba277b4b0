from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from centres import post
from centres.models import Letter, Membership, MembershipRole
from certification import reminders
from certification.models import Chain, Query, ReminderRule, Seal, SiteVisit
from certification.rules.moves import State
from tests.certification.moves import AT
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory
from tests.factories.certification import CaseFactory, SealFactory

pytestmark = pytest.mark.django_db

END = date(2030, 7, 31)  # of the factory's seal


def keys(seal: Seal) -> list[str]:
    found = Letter.objects.filter(key__startswith=f"seal-{seal.pk}/{END}/").order_by("pk")
    return [letter.key.removeprefix(f"seal-{seal.pk}/{END}/") for letter in found]


def test_a_reminder_is_written_when_its_day_has_come_and_once() -> None:
    seal = SealFactory.create()

    written = [reminders.write_due(date(2030, 1, 30) + timedelta(days=n), at=AT) for n in range(3)]

    assert written == [1, 1, 0]  # on the first day the one of twelve months is still in force
    assert keys(seal) == ["12-months", "6-months"]


@pytest.mark.uncovered
def test_ten_years_of_a_job_that_runs_once_a_week_give_the_whole_schedule() -> None:
    seal = SealFactory.create()
    first = date(2026, 5, 5)

    for n in range(0, 3653, 7):  # the job runs once a week only
        reminders.write_due(first + timedelta(days=n), at=AT)

    assert keys(seal) == ["22-months", "12-months", "6-months", "3-months", "1-month", "day-after"]


def test_a_reminder_names_its_rule_the_date_it_counts_from_and_what_follows() -> None:
    SealFactory.create()

    reminders.write_due(date(2030, 1, 31), at=AT)

    letter = Letter.objects.get()
    assert (letter.rule, letter.why, letter.comes_next, letter.mandatory) == (
        "seal/6-months",
        "Erinnerung 6 Monate vor dem letzten gültigen Tag des Gütesiegels, dem 31. Juli 2030.",
        "Die nächste Erinnerung geht am 30. April 2030 hinaus, wenn bis dahin kein neues Gütesiegel verliehen ist.",
        True,
    )


def test_after_an_outage_only_the_latest_reminder_goes_out() -> None:
    seal = SealFactory.create()

    reminders.write_due(END - timedelta(days=10), at=AT)

    assert keys(seal) == ["1-month"]


@pytest.mark.parametrize("days", [29, 365])
def test_nothing_goes_out_long_after_the_end(days: int) -> None:
    SealFactory.create()

    assert reminders.write_due(END + timedelta(days=days), at=AT) == 0


def test_a_seal_falls_silent_once_a_newer_one_is_awarded() -> None:
    older = SealFactory.create()
    SealFactory.create(
        centre=older.centre, awarded_on=date(2030, 5, 5), valid_from=date(2030, 8, 1), valid_through=date(2034, 7, 31)
    )

    assert reminders.write_due(END - timedelta(days=10), at=AT) == 0


def test_withdrawn_seals_and_ended_centres_hear_nothing() -> None:
    SealFactory.create(void_from=date(2029, 1, 1), void_kind="withdrawn")
    SealFactory.create(centre__ended_on=date(2029, 1, 1), centre__end_reason="Die Einrichtung schließt.")

    assert reminders.write_due(END - timedelta(days=10), at=AT) == 0


def test_lead_and_deputy_each_get_a_letter() -> None:
    seal = SealFactory.create()
    lead = MembershipFactory.create(centre=seal.centre)
    deputy = MembershipFactory.create(centre=seal.centre, deputy=True)
    MembershipFactory.create(centre=seal.centre, deputy=True, ends_on=date(2020, 1, 1))

    reminders.write_due(END - timedelta(days=10), at=AT)

    assert set(Letter.objects.values_list("to", flat=True)) == {lead.user.email, deputy.user.email}


def test_an_address_that_stands_twice_gets_one_letter() -> None:
    people = [{"user": n, "email": email, "name": ""} for n, email in enumerate(["a@x.de", "A@x.de", "b@x.de"])]
    centre = FamilyCentreFactory.create()

    post.write_all([post.Occasion(centre, "feedback", "k", "feedback", "Anlass", recipients=people)], at=AT)

    assert list(Letter.objects.order_by("pk").values_list("to", "key")) == [("a@x.de", "k"), ("b@x.de", "k/2")]


def test_a_deputy_who_takes_over_gets_no_second_letter() -> None:
    seal = SealFactory.create()
    deputy = MembershipFactory.create(centre=seal.centre, deputy=True)
    reminders.write_due(END - timedelta(days=10), at=AT)

    Membership.objects.filter(pk=deputy.pk).update(role=MembershipRole.LEAD)

    assert reminders.write_due(END - timedelta(days=9), at=AT) == 0


def test_many_letters_are_poured_in_as_few_are_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "AT_ONCE", 2)
    seals = [SealFactory.create(centre__name=name) for name in ("Kita \\N", "Tab\tund Zeile", "Grün & „Klein“")]

    assert reminders.write_due(END - timedelta(days=10), at=AT) == 3

    poured = {letter.key: letter for letter in Letter.objects.all()}
    Letter.objects.all().delete()
    monkeypatch.setattr(post, "AT_ONCE", 1000)
    reminders.write_due(END - timedelta(days=10), at=AT)
    assert len(poured) == len(seals)
    for letter in Letter.objects.all():
        assert facts(letter) == facts(poured[letter.key])


def facts(letter: Letter) -> dict[str, object]:
    return {name: value for name, value in vars(letter).items() if name not in {"id", "_state"}}


def test_an_open_query_is_reminded_of_until_it_is_answered() -> None:
    case = CaseFactory.create(state=State.QUERIED)
    auditor = UserFactory.create(auditor=True)
    query = Query.objects.create(case=case, text="Wann?", due_on=date(2026, 4, 1), asked_at=AT, asked_by=auditor)

    written = [reminders.write_due(day, at=AT) for day in (date(2026, 3, 24), date(2026, 3, 25), date(2026, 4, 2))]

    letter = Letter.objects.earliest("pk")
    assert written == [0, 1, 1]
    assert (letter.key, letter.rule) == (f"case-{case.pk}/query/2026-04-01/7-days", "query/7-days")
    assert query.text not in letter.body


def test_a_query_is_not_reminded_of_on_the_day_it_is_asked() -> None:
    case = CaseFactory.create(state=State.QUERIED)
    auditor = UserFactory.create(auditor=True)
    Query.objects.create(case=case, text="Wann?", due_on=date(2026, 3, 5), asked_at=AT, asked_by=auditor)

    assert [reminders.write_due(date(2026, 3, day), at=AT) for day in (2, 3)] == [0, 1]


def test_a_visit_is_reminded_of_and_again_when_it_is_put_off() -> None:
    case = CaseFactory.create(state=State.VISIT_AGREED, state_since=AT - timedelta(days=30))
    visit = SiteVisit.objects.create(
        case=case, starts_at=AT + timedelta(days=7), visitor=UserFactory.create(auditor=True)
    )
    reminders.write_due(AT.date(), at=AT)

    visit.starts_at += timedelta(days=7)
    visit.ends_at += timedelta(days=7)
    visit.save()
    reminders.write_due(AT.date() + timedelta(days=7), at=AT)

    assert list(Letter.objects.order_by("pk").values_list("key", flat=True)) == [
        f"visit-{visit.pk}/2026-03-09/7-days",
        f"visit-{visit.pk}/2026-03-16/7-days",
    ]


def test_a_rule_switched_off_writes_nothing() -> None:
    ReminderRule.objects.filter(chain=Chain.SEAL).exclude(key="day-after").update(active=False)
    SealFactory.create()

    assert reminders.write_due(END - timedelta(days=10), at=AT) == 0


@pytest.mark.parametrize(
    ("state", "day", "key"),
    [
        (State.INVITED, date(2024, 12, 12), "registration/2024-12-15/3-days"),
        (State.REGISTERED, date(2026, 2, 20), "submission/2026-02-28/14-days"),
    ],
)
def test_an_open_case_is_reminded_of_its_next_date(state: State, day: date, key: str) -> None:
    case = CaseFactory.create(state=state)

    reminders.write_due(day, at=AT)

    assert Letter.objects.get().key == f"case-{case.pk}/{key}"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.WITHDRAWN, State.MISSED])
def test_a_case_that_has_moved_on_is_not_reminded(state: State) -> None:
    CaseFactory.create(state=state)

    assert reminders.write_due(date(2026, 2, 20), at=AT) == 0


def test_a_centre_without_any_address_becomes_a_work_item() -> None:
    SealFactory.create(centre__email="")

    reminders.write_due(END - timedelta(days=10), at=AT)

    assert Letter.objects.undelivered().get().error == "Zu diesem Familienzentrum ist keine E-Mail-Adresse bekannt."


@pytest.mark.parametrize("centres", [1, 3])
def test_writing_takes_the_same_queries_for_any_number(
    centres: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(centres):
        seal = SealFactory.create()
        CaseFactory.create(centre=seal.centre, state=State.SUBMITTED, round__label=f"Runde {seal.pk}")

    with django_assert_num_queries(12):
        reminders.write_due(END - timedelta(days=10), at=AT)


def test_early_letters_in_many_batches_take_the_same_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "AT_ONCE", 2)

    def queries(seals: int) -> int:
        SealFactory.create_batch(seals)
        with CaptureQueriesContext(connection) as captured:
            assert reminders.write_due(date(2028, 10, 1), at=AT) == seals
        return len(captured)

    assert queries(2) == queries(7)


def test_the_command_prints_who_gets_what_and_why_and_a_dry_run_writes_nothing() -> None:
    seal = SealFactory.create(centre=FamilyCentreFactory.create(name="Familienzentrum Regenbogen"))
    out = StringIO()

    call_command("write_reminders", "--on", "2030-07-01", "--dry-run", stdout=out)

    assert out.getvalue().splitlines() == [
        (
            f"{seal.centre.certification_number}  Familienzentrum Regenbogen: "
            f"Ende des Gütesiegels am 31. Juli 2030, noch 30 Tage  [seal-{seal.pk}/2030-07-31/1-month]"
        ),
        "Probelauf für den 1. Juli 2030: nichts geschrieben.",
    ]
    assert not Letter.objects.exists()


def test_the_command_run_twice_writes_once() -> None:
    SealFactory.create()
    first, second = StringIO(), StringIO()

    call_command("write_reminders", "--on", "2030-07-01", stdout=first)
    call_command("write_reminders", "--on", "2030-07-01", stdout=second)

    assert first.getvalue().splitlines()[-1] == "1. Juli 2030: 1 Briefe geschrieben."
    assert second.getvalue() == "1. Juli 2030: 0 Briefe geschrieben.\n"
