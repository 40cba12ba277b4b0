from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from centres.models import Bounce, CentreKind, FamilyCentre, Letter, LetterState, Membership, MembershipRole
from centres.rules.bounces import Kind
from certification import skipped
from certification.evidence.reading import between_cases, box_of, offers_of
from certification.models import (
    Answer,
    Case,
    Certificate,
    LedgerKind,
    Objection,
    Outcome,
    Query,
    Receipt,
    Round,
    Seal,
    Step,
)
from certification.opening import preview
from certification.rules.moves import BY_ACT, State
from certification.rules.status import SealStatus
from certification.scoring import result_of
from certification.workflow import NotAllowedError, award
from config.demo.fates import LEAST
from config.demo.loading import Wanted, load
from config.demo.people import PASSWORD
from events import feedback, figures
from events.models import InfoEvent, Proof
from events.participants import sorted_out

ON = date(2026, 11, 22)
ACCOUNTS = {
    "ministerium@example.org": Role.MINISTRY,
    "ministerium2@example.org": Role.MINISTRY,
    "pruefung@example.org": Role.AUDITOR,
    "freigabe@example.org": Role.AUDITOR,
    "servicestelle@example.org": Role.SERVICE_OFFICE,
    "leitung@example.org": Role.CENTRE,
    "vertretung@example.org": Role.CENTRE,
}


@pytest.fixture(scope="module")
def stored(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loaded once; each test rolls back to it, the last to nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(Wanted(LEAST, 1, ON, timezone.now()))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(stored: None, db: None) -> None:
    pass


@pytest.mark.parametrize("email", ACCOUNTS)
def test_account_signs_in_with_the_password(demo: None, client: Client, email: str) -> None:
    assert client.login(email=email, password=PASSWORD)
    assert User.objects.get(email=email).role == ACCOUNTS[email]


def test_nobody_else_can_sign_in(demo: None) -> None:
    others = User.objects.exclude(email__in=ACCOUNTS)

    assert others.exists()
    assert not any(user.has_usable_password() for user in others)


def test_every_state_of_a_case_is_there(demo: None) -> None:
    assert set(Case.objects.values_list("state", flat=True)) == set(State)


def test_every_status_of_a_seal_is_there_and_centres_without(demo: None) -> None:
    assert {seal.status(ON) for seal in Seal.objects.all()} == set(SealStatus)
    assert FamilyCentre.objects.running().filter(seals=None).exists()


def test_seals_of_four_cohorts_are_in_force(demo: None) -> None:
    ends = Seal.objects.valid_on(ON).values_list("valid_through", flat=True)

    assert set(ends) == {date(year, 7, 31) for year in (2027, 2028, 2029, 2030)}


def test_every_step_is_a_move_of_the_table(demo: None) -> None:
    for step in Step.objects.exclude(act="invite"):
        move = BY_ACT[step.act]
        assert step.old in move.sources, step
        assert (step.new, step.actor in move.actors) == (move.target, True), step
        assert bool(step.reason) >= move.needs_reason, step


def test_steps_of_a_case_lead_to_where_it_stands(demo: None) -> None:
    for case in Case.objects.prefetch_related("steps"):
        steps = sorted(case.steps.all(), key=lambda step: step.at)

        assert [step.old for step in steps] == ["", *[step.new for step in steps[:-1]]]
        assert (steps[-1].new, steps[-1].at) == (case.state, case.state_since)
        assert timezone.localdate(steps[-1].at) <= ON


def test_seals_have_their_entries(demo: None) -> None:
    for seal in Seal.objects.prefetch_related("entries"):
        kinds = [entry.kind for entry in seal.entries.all()]

        assert kinds == [LedgerKind.AWARDED, *([seal.void_kind] if seal.void_kind else [])]


def test_computed_outcomes_follow_from_the_findings(demo: None) -> None:
    outcomes = Outcome.objects.filter(case__findings__isnull=False).distinct()

    assert outcomes.exists()
    for outcome in outcomes:
        assert outcome.computed == result_of(outcome.case, by="findings").eligible


def test_rounds_are_closed_running_and_about_to_be_opened(demo: None) -> None:
    opened = Round.objects.exclude(opened_at=None)
    (prepared,) = Round.objects.filter(opened_at=None)

    assert opened.filter(results_until__lt=ON).count() == 5
    assert opened.running(on=ON).count() == 2
    assert [round_.expected for round_ in opened] == [round_.cases.count() for round_ in opened]
    assert preview(prepared, on=ON).included.exists()


def test_lead_has_a_busy_and_a_calm_centre(demo: None) -> None:
    lead = User.objects.get(email="leitung@example.org")
    centres = FamilyCentre.objects.visible_to(lead, on=ON)
    (case,) = Case.objects.open().filter(centre__in=centres)

    roles = Membership.objects.on_day(ON).filter(user=lead).values_list("role", flat=True)
    assert sorted(roles) == [MembershipRole.DEPUTY, MembershipRole.LEAD, MembershipRole.LEAD]
    assert centres.count() == 3
    assert (case.state, case.answers.count()) == (State.REGISTERED, 48)
    assert case.round.submission_until > ON
    led = Membership.objects.on_day(ON).filter(user=lead, role=MembershipRole.LEAD).values("centre")
    assert Certificate.objects.filter(seal__in=Seal.objects.valid_on(ON), seal__centre__in=led).count() == 1


def test_the_busy_centre_has_handed_in_before_and_some_of_that_is_offered_again(demo: None) -> None:
    lead = User.objects.get(email="leitung@example.org")
    cases = Case.objects.open().filter(centre__in=FamilyCentre.objects.visible_to(lead, on=ON))
    case = cases.select_related("round").get()
    earlier = Case.objects.get(centre=case.centre, state=State.AWARDED)

    assert Receipt.objects.filter(step__case=earlier).count() == 1
    assert {offer.last_round for offer in offers_of(case, today=ON)} == {"", earlier.round.label}
    assert Answer.objects.filter(case=case).exclude(offers=[]).exists()


def test_the_calm_centre_has_put_papers_aside_for_the_next_time(demo: None) -> None:
    lead = User.objects.get(email="leitung@example.org")
    led = Membership.objects.on_day(ON).filter(user=lead, role=MembershipRole.LEAD).values("centre")
    calm = FamilyCentre.objects.filter(pk__in=led).exclude(cases__in=Case.objects.open()).get()

    shelves, period = box_of(calm, case=None, today=ON)

    assert {shelf.label.partition(" ")[0] for shelf in shelves} == {"Noch", "1.3", "2.2", "6.1"}
    assert {piece.tone for shelf in shelves for piece in shelf.pieces} == {"success", "danger"}
    assert (period is not None, between_cases(calm, today=ON).count) == (True, 6)


def test_one_centre_has_just_lost_its_lead(demo: None) -> None:
    left = Membership.objects.filter(ends_on=ON - timedelta(days=3), role=MembershipRole.LEAD)

    assert [each.centre.cases.get().state for each in left] == [State.REGISTERED]
    assert not Membership.objects.on_day(ON).filter(centre__in=[each.centre for each in left]).exists()


def test_auditors_have_work(demo: None) -> None:
    mine = Case.objects.filter(auditor__email="pruefung@example.org")
    waiting = Outcome.objects.standing().filter(released_at=None, recommended_by__email="pruefung@example.org")

    assert {State.IN_REVIEW, State.QUERIED, State.VISIT_AGREED, State.VISITED} <= set(
        mine.values_list("state", flat=True)
    )
    assert waiting.exists()
    assert Case.objects.filter(state=State.SUBMITTED, auditor=None).exists()
    assert Query.objects.filter(answered_at=None).exists()


def test_released_case_can_be_awarded(demo: None) -> None:
    (outcome,) = Outcome.objects.filter(case__state=State.RECOMMENDED, released_by__isnull=False)[:1]

    step = award(outcome.case, by=User.objects.get(email="ministerium@example.org"), at=timezone.now(), on=ON)

    assert step.case.state == State.AWARDED


def test_unreleased_case_cannot_be_awarded(demo: None) -> None:
    (outcome,) = Outcome.objects.standing().filter(case__state=State.RECOMMENDED, released_by=None)[:1]

    with pytest.raises(NotAllowedError):
        award(outcome.case, by=User.objects.get(email="ministerium@example.org"), at=timezone.now(), on=ON)


def test_letters_were_sent_except_for_a_few(demo: None) -> None:
    unsent = Counter(Letter.objects.exclude(state=LetterState.SENT).values_list("state", flat=True))

    assert Letter.objects.filter(state=LetterState.SENT).exists()
    assert unsent == {
        LetterState.QUEUED: 3,
        LetterState.RETRYING: 2,
        LetterState.FAILED: 5,
        LetterState.WITHHELD: 1,
    }


def test_some_letters_came_back_and_one_address_is_blocked(demo: None) -> None:
    kinds = dict(Bounce.objects.order_by("pk").values_list("kind", "letter__state"))

    assert kinds == {Kind.HARD: LetterState.FAILED, Kind.REFUSED: LetterState.FAILED, Kind.SOFT: LetterState.SENT}
    assert "Andere Wege: " in Letter.objects.get(bounces__kind=Kind.HARD).error
    assert not set(Bounce.objects.values_list("address", flat=True)) & set(ACCOUNTS)


def test_visits_that_are_over_were_reminded_of(demo: None) -> None:
    assert Letter.objects.filter(template="reminder_visit", state=LetterState.SENT).exists()
    assert [each for each in skipped.lately(ON) if each.rule.startswith("visit/")] == []


def test_the_withheld_letter_names_the_hold_that_keeps_it(demo: None) -> None:
    letter = Letter.objects.get(state=LetterState.WITHHELD)

    assert letter.hold is not None
    assert (letter.hold.occasion, letter.hold.is_in_force) == (letter.occasion, True)
    assert letter.hold.reason.startswith("Die Leitung wechselt")


def test_nothing_leaves_to_a_real_address(demo: None) -> None:
    for model, field in ((User, "email"), (FamilyCentre, "email"), (Letter, "to")):
        addresses = model._base_manager.values_list(field, flat=True)
        assert all(address.endswith("@example.org") for address in addresses)


def test_centres_are_found_by_what_they_are_called(demo: None) -> None:
    (centre,) = FamilyCentre.objects.filter(kind=CentreKind.NETWORK)[:1]

    assert centre in FamilyCentre.objects.found_by(centre.name)


def test_objections_and_a_correction_show_what_comes_after_a_decision(demo: None) -> None:
    objections = Objection.objects.order_by("pk")

    assert [each.is_open for each in objections] == [True, False]
    assert Outcome.objects.pending_corrections().count() == 1


def test_a_past_event_is_concluded_and_a_list_of_the_video_system_waits(demo: None) -> None:
    concluded, other = InfoEvent.objects.filter(state="held").order_by("starts_at")[2:]
    lead = User.objects.get(email="leitung@example.org")

    assert Proof.objects.filter(registration__event=concluded).count() == 21
    assert concluded.registrations.get(user=lead).attended
    found = sorted_out(other.participant_files.get())
    assert [len(each) for each in (found.sure, found.doubtful, found.unknown, found.short)] == [0, 2, 1, 1]
    assert other.registrations.filter(attended=True).count() == 13


def test_held_events_of_two_years_have_materials_feedback_and_somebody_who_did_not_come(demo: None) -> None:
    held = InfoEvent.objects.filter(state="held").order_by("starts_at")
    last_year, concluded = held[0], held[2]

    assert len(held.dates("starts_at", "year")) >= 2
    assert [each.materials.count() for each in held] == [4] * 4
    assert all(feedback.result(each) for each in held)
    for event in (last_year, concluded):
        counted = figures.of_event(event)
        assert min(counted.invited - counted.answered, counted.present, counted.missed) >= 2
    assert feedback.may_answer(concluded.registrations.get(user__email="leitung@example.org"))
