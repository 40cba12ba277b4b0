from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.status import SealStatus, running_out_from, status_on
from certification.rules.validity import validity
from tests.rules.days import DAYS, EVERY_DAY, berlin_day, in_utc

FIRST, LAST = date(2026, 8, 1), date(2030, 7, 31)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 7, 31), SealStatus.NOT_YET_VALID),
        (date(2026, 8, 1), SealStatus.VALID),
        (date(2028, 2, 29), SealStatus.VALID),
        (date(2029, 7, 31), SealStatus.VALID),
        (date(2029, 8, 1), SealStatus.RUNNING_OUT),
        (date(2030, 7, 31), SealStatus.RUNNING_OUT),
        (date(2030, 8, 1), SealStatus.ENDED),
    ],
)
def test_status_changes_on_these_days(day: date, status: SealStatus) -> None:
    assert status_on(day, valid_from=FIRST, valid_through=LAST) == status


@pytest.mark.parametrize(
    ("day", "hour", "minute", "status"),
    [
        (date(2030, 7, 31), 0, 1, SealStatus.RUNNING_OUT),
        (date(2030, 7, 31), 23, 59, SealStatus.RUNNING_OUT),
        (date(2030, 8, 1), 0, 1, SealStatus.ENDED),
        (date(2026, 7, 31), 23, 59, SealStatus.NOT_YET_VALID),
        (date(2026, 8, 1), 0, 1, SealStatus.VALID),
    ],
)
def test_status_holds_to_the_last_minute_in_berlin(day: date, hour: int, minute: int, status: SealStatus) -> None:
    today = berlin_day(in_utc(day, hour, minute))

    assert status_on(today, valid_from=FIRST, valid_through=LAST) == status


@pytest.mark.parametrize("change", [date(2030, 3, 31), date(2030, 10, 27)])
def test_status_ends_at_midnight_when_the_clock_changes(change: date) -> None:
    before, after = berlin_day(in_utc(change, 23, 59)), berlin_day(in_utc(change + timedelta(days=1), 0, 1))

    assert status_on(before, valid_from=FIRST, valid_through=change) == SealStatus.RUNNING_OUT
    assert status_on(after, valid_from=FIRST, valid_through=change) == SealStatus.ENDED


def test_status_walks_through_a_seal_in_order() -> None:
    walk = [status for status, _ in groupby(status_on(d, valid_from=FIRST, valid_through=LAST) for d in EVERY_DAY)]

    assert walk == [SealStatus.NOT_YET_VALID, SealStatus.VALID, SealStatus.RUNNING_OUT, SealStatus.ENDED]


def test_every_award_is_valid_on_its_first_and_last_day_and_not_beyond() -> None:
    for day in EVERY_DAY:
        seal = validity(day)
        around = [day - timedelta(days=1), day, seal.valid_through, seal.valid_through + timedelta(days=1)]
        force = [status_on(d, valid_from=seal.valid_from, valid_through=seal.valid_through).in_force for d in around]

        assert force == [False, True, True, False], day


@pytest.mark.parametrize(
    ("through", "first"),
    [
        (date(2030, 7, 31), date(2029, 8, 1)),
        (date(2028, 2, 29), date(2027, 3, 1)),
        (date(2029, 2, 28), date(2028, 3, 1)),
        (date(2021, 12, 31), date(2021, 1, 1)),
    ],
)
def test_running_out_begins_twelve_months_before_the_first_day_without_seal(through: date, first: date) -> None:
    assert running_out_from(through) == first


@pytest.mark.parametrize("kind", ["withdrawn", "superseded"])
@pytest.mark.parametrize(
    ("day", "void_from", "is_void"),
    [
        (date(2028, 3, 1), date(2028, 3, 1), True),
        (date(2028, 2, 29), date(2028, 3, 1), False),
        (date(2035, 1, 1), date(2028, 3, 1), True),
        (date(2026, 7, 1), date(2026, 7, 1), True),
        (date(2035, 1, 1), date(2030, 7, 31), True),
        (date(2035, 1, 1), date(2030, 8, 1), False),
    ],
)
def test_void_counts_from_its_first_day_unless_the_seal_had_ended(
    day: date, void_from: date, is_void: bool, kind: str
) -> None:
    status = status_on(day, valid_from=FIRST, valid_through=LAST, void_from=void_from, void_kind=kind)

    assert (status == kind) == is_void


def test_void_without_a_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not a valid SealStatus"):
        status_on(LAST, valid_from=FIRST, valid_through=LAST, void_from=FIRST)


@given(DAYS, DAYS, st.sampled_from(["withdrawn", "superseded"]))
def test_void_never_comes_back_into_force(day: date, void_from: date, kind: str) -> None:
    later = max(day, void_from)

    assert not status_on(later, valid_from=FIRST, valid_through=LAST, void_from=void_from, void_kind=kind).in_force


def test_each_status_has_a_german_label_of_its_own() -> None:
    assert [status.label for status in SealStatus] == [
        "noch nicht gültig",
        "gültig",
        "gültig, läuft aus",
        "abgelaufen",
        "entzogen",
        "ersetzt",
    ]
