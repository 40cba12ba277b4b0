from datetime import date

import pytest

from centres.models import Letter
from certification import opening, rounds
from certification.models import Case, Round, Step
from certification.rules.moves import State
from tests.certification.moves import AT
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.certification import CaseFactory, RoundFactory, SealFactory

pytestmark = pytest.mark.django_db

TODAY = date(2024, 10, 15)
ENDING = {"awarded_on": date(2022, 5, 5)}  # ends on 31 July 2026, as the factory's round asks


def opened(round_: Round) -> Round:
    return rounds.confirm(round_, by=UserFactory.create(ministry=True), at=AT, on=TODAY)


def test_a_renewal_concerns_centres_whose_seal_ends_then() -> None:
    ending = SealFactory.create(**ENDING)
    SealFactory.create(awarded_on=date(2023, 5, 5))
    SealFactory.create(**ENDING, void_from=date(2024, 1, 1), void_kind="withdrawn")
    SealFactory.create(**ENDING, centre__ended_on=date(2024, 1, 1), centre__end_reason="Schließung")

    included = opening.preview(RoundFactory.create(), on=TODAY).included

    assert list(included) == [ending.centre]


def test_an_initial_round_concerns_centres_without_a_seal() -> None:
    new = FamilyCentreFactory.create()
    SealFactory.create(**ENDING)

    included = opening.preview(RoundFactory.create(initial=True), on=TODAY).included

    assert list(included) == [new]


def test_whoever_has_a_case_already_is_left_out_and_named() -> None:
    round_ = RoundFactory.create()
    here = CaseFactory.create(round=round_, centre=SealFactory.create(**ENDING).centre)
    elsewhere = CaseFactory.create(centre=SealFactory.create(**ENDING).centre)

    preview = opening.preview(round_, on=TODAY)

    assert not preview.included.exists()
    assert [list(centres) for _, centres in preview.left_out] == [[elsewhere.centre], [here.centre]]


def test_opening_gives_each_centre_one_case_step_and_invitation() -> None:
    centre = SealFactory.create(**ENDING).centre
    round_ = opened(RoundFactory.create())

    created = opening.open_cases(round_, on=TODAY, at=AT)

    case = Case.objects.get()
    step = Step.objects.get()
    assert (created, case.centre, case.state) == (1, centre, State.INVITED)
    assert (step.act, step.new, step.by) == ("invite", State.INVITED, round_.confirmed_by)
    assert Letter.objects.get(key=f"step-{step.pk}").template == "case_invited"


def test_opening_again_changes_nothing() -> None:
    SealFactory.create(**ENDING)
    round_ = opened(RoundFactory.create())
    opening.open_cases(round_, on=TODAY, at=AT)

    assert opening.open_cases(round_, on=TODAY, at=AT) == 0
    assert (Case.objects.count(), Step.objects.count(), Letter.objects.count()) == (1, 1, 1)


def test_opening_goes_on_where_it_was_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    SealFactory.create_batch(3, **ENDING)
    round_ = opened(RoundFactory.create())
    monkeypatch.setattr(opening, "CHUNK", 2)

    def die(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opening.open_cases(round_, on=TODAY, at=AT, progress=die)
    opening.open_cases(round_, on=TODAY, at=AT)

    round_.refresh_from_db()
    assert (Case.objects.count(), round_.expected, round_.opened_at) == (3, 3, AT)


def test_a_round_is_confirmed_once() -> None:
    round_ = opened(RoundFactory.create())

    with pytest.raises(rounds.NotPossibleError, match="schon eröffnet"):
        opened(round_)


def test_a_round_with_dates_out_of_order_is_not_opened() -> None:
    round_ = RoundFactory.create(visits_until=date(2026, 7, 20))

    with pytest.raises(rounds.NotPossibleError, match="Das Ende der Begehungen"):
        opened(round_)
