"""The database gives the same answer about seals as the rule does."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.models import FamilyCentre
from certification.centre_seals import LABELS, NONE, last_end_running_out, with_seal
from certification.rules.status import SealStatus, running_out_from
from tests.factories.centres import FamilyCentreFactory
from tests.factories.certification import SealFactory

AWARDED = date(2024, 5, 6)
FIRST, LAST = AWARDED, date(2028, 7, 31)


def status(on: date) -> str | None:
    found: str | None = with_seal(FamilyCentre.objects.all(), today=on).get().seal_status
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("void", [None, date(2026, 1, 1), date(2028, 12, 1)])
@pytest.mark.parametrize(
    "day",
    [FIRST - timedelta(1), FIRST, date(2025, 12, 31), date(2026, 1, 1), date(2027, 7, 31), date(2027, 8, 1), LAST],
)
def test_centre_with_one_seal_has_its_status(void: date | None, day: date) -> None:
    seal = SealFactory.create(awarded_on=AWARDED, void_from=void, void_kind="withdrawn" if void else "")

    for on in (day, LAST + timedelta(days=1), date(2029, 1, 1)):
        assert status(on) == seal.status(on)


@pytest.mark.django_db
def test_centre_without_a_seal_has_no_status() -> None:
    FamilyCentreFactory.create()

    assert [status(FIRST), LABELS[NONE]] == [None, "kein Gütesiegel"]


@pytest.mark.django_db
def test_seal_with_a_successor_is_not_running_out() -> None:
    seal = SealFactory.create(awarded_on=AWARDED)
    SealFactory.create(
        centre=seal.centre, awarded_on=date(2028, 5, 5), valid_from=date(2028, 8, 1), valid_through=date(2032, 7, 31)
    )

    assert [status(date(2028, 6, 1)), status(date(2032, 6, 1))] == [SealStatus.VALID, SealStatus.RUNNING_OUT]
    assert with_seal(FamilyCentre.objects.all(), today=FIRST).get().seal_through == date(2032, 7, 31)


@given(st.dates(date(2006, 1, 1), date(2060, 12, 31)))
def test_last_end_that_is_running_out_is_the_last(today: date) -> None:
    end = last_end_running_out(today)

    assert running_out_from(end) <= today < running_out_from(end + timedelta(days=1))
