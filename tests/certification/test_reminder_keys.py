"""The date is part of a reminder's key: what is put off is reminded of again, and an upgrade writes to nobody."""

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Func, Value

from centres import holds, subscriptions
from centres.models import Hold, Letter, LetterState
from certification import missing, reminders, sealing
from certification.models import Case, Chain, ReminderRule, Round, Seal
from certification.rules.moves import State
from tests.certification.moves import AT
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.factories.certification import CaseFactory, SealFactory

pytestmark = pytest.mark.django_db

END, LATER = date(2030, 7, 31), date(2031, 7, 31)
upgrade: Callable[..., None] = import_module("certification.migrations.0013_dates_in_keys").date_keys


def keys() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("key", flat=True))


def extend(seal: Seal) -> None:
    basis = {"legal_basis": "DVO KiBiz § 11 (1a)", "reason": "Verlängerung durch Verordnung"}
    sealing.extend(seal, through=LATER, by=UserFactory.create(ministry=True), at=AT, **basis)


def undate() -> None:
    """Keys as they were before they had a date."""
    dated = r"(seal-\d+|case-\d+/[a-z]+)/\d{4}-\d\d-\d\d/"
    for model, field in ((Letter, "key"), (Hold, "occasion")):
        bare = Func(F(field), Value(dated), Value(r"\1/"), function="regexp_replace")
        model._base_manager.update(**{field: bare})


def run_upgrade() -> None:
    with connection.schema_editor() as editor:
        upgrade(apps, editor)


def test_a_seal_extended_by_law_is_reminded_of_its_new_end() -> None:
    seal = SealFactory.create()
    reminders.write_due(date(2030, 7, 1), at=AT)

    extend(seal)

    written = [reminders.write_due(day, at=AT) for day in (date(2031, 6, 29), date(2031, 6, 30), date(2031, 7, 1))]
    assert written == [1, 1, 0]  # the three months are in force until the one month falls due
    assert keys() == [
        f"seal-{seal.pk}/{END}/1-month",
        f"seal-{seal.pk}/{LATER}/3-months",
        f"seal-{seal.pk}/{LATER}/1-month",
    ]


@pytest.mark.parametrize(
    ("state", "field", "key"),
    [
        (State.INVITED, "registration_until", "registration/{}/3-days"),
        (State.REGISTERED, "submission_until", "submission/{}/3-days"),
    ],
)
def test_a_round_whose_date_is_moved_is_reminded_of_the_new_one(state: State, field: str, key: str) -> None:
    case = CaseFactory.create(state=state)
    first: date = getattr(case.round, field)
    moved = first + timedelta(days=1)
    reminders.write_due(first - timedelta(days=2), at=AT)

    Round.objects.update(**{field: moved})
    reminders.write_due(first - timedelta(days=2), at=AT)

    assert keys() == [f"case-{case.pk}/{key.format(day)}" for day in (first, moved)]


def test_a_reminder_of_an_earlier_date_has_no_consequence() -> None:
    ReminderRule.objects.filter(chain=Chain.REGISTRATION, key="3-days").update(consequence_days=14)
    until = AT.date() - timedelta(days=30)
    CaseFactory.create(state=State.INVITED, round__registration_until=until)
    reminders.write_due(until, at=AT - timedelta(days=30))
    Letter.objects.update(state=LetterState.SENT, sent_at=AT - timedelta(days=30))

    Round.objects.update(registration_until=until + timedelta(days=10))

    assert missing.miss_due(AT.date(), at=AT) == 0
    assert Case.objects.filter(missing.unreached(AT.date())).exists()


@pytest.fixture
def written() -> list[date]:
    """Every kind of dated key, copies and holds among them; the days on which they were written."""
    seal = SealFactory.create()
    MembershipFactory.create(centre=seal.centre)
    MembershipFactory.create(centre=seal.centre, deputy=True)
    cases = [CaseFactory.create(state=state) for state in (State.INVITED, State.REGISTERED)]
    dates = [cases[0].round.registration_until, cases[1].round.submission_until]
    days = [*dates, END - timedelta(days=30), END + timedelta(days=1)]
    for day in days:
        reminders.write_due(day, at=AT)
    return days


def test_an_upgrade_gives_the_keys_their_dates_and_writes_to_nobody_again(written: list[date]) -> None:
    before = keys()
    undate()
    assert keys() != before

    run_upgrade()

    assert keys() == before
    assert [reminders.write_due(day, at=AT) for day in written] == [0, 0, 0, 0]
    run_upgrade()
    assert keys() == before


def test_an_upgrade_keeps_what_is_held() -> None:
    seal, by = SealFactory.create(), UserFactory.create(ministry=True)
    key = f"seal-{seal.pk}/{END}/1-month"
    holds.hold(occasion=key, about="Brief", reason="Die Leitung ist neu.", by=by, at=AT)
    undate()

    run_upgrade()

    assert Hold.objects.get().occasion == key
    assert reminders.write_due(END - timedelta(days=10), at=AT) == 0


def test_after_an_upgrade_a_seal_extended_before_it_is_reminded_of_its_new_end() -> None:
    seal = SealFactory.create()
    reminders.write_due(END - timedelta(days=10), at=AT)
    extend(seal)
    undate()

    run_upgrade()

    assert keys() == [f"seal-{seal.pk}/{END}/1-month"]
    assert reminders.write_due(LATER - timedelta(days=10), at=AT) == 1


def test_an_upgrade_leaves_other_keys_alone() -> None:
    case = CaseFactory.create(state=State.INVITED)
    reminders.write_due(case.round.registration_until, at=AT)
    others = [f"step-{case.pk}", f"query-{case.pk}/2026-04-01/7-days", f"seal-{case.pk}x/6-months"]
    for n, key in enumerate(others):
        Letter.objects.create(**{**row(), "key": key, "to": f"a{n}@example.org"})
    before = keys()

    run_upgrade()

    assert keys() == before


def row() -> dict[str, object]:
    letter = Letter.objects.order_by("pk")[0]
    return {name: getattr(letter, name) for name in ("template", "rule", "why", "subject", "body", "written_at")}


def test_a_link_that_ends_letters_still_works_after_an_upgrade() -> None:
    seal = SealFactory.create()
    reminders.write_due(date(2029, 1, 1), at=AT)
    token = subscriptions.link(f"seal-{seal.pk}/22-months").split("/")[-2]

    assert subscriptions.find(token) == Letter.objects.get()
    assert subscriptions.find(token[:-1]) is None
