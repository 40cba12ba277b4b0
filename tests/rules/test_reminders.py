from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.reminders import (
    NOTICE_USEFUL_DAYS,
    REGISTRATION_OFFSETS,
    SEAL_OFFSETS,
    SUBMISSION_OFFSETS,
    Offset,
    due,
    due_day,
    schedule,
)
from tests.rules.days import DAYS, berlin_day, in_utc

END = date(2030, 7, 31)
CHAINS = [SEAL_OFFSETS, REGISTRATION_OFFSETS, SUBMISSION_OFFSETS]
OFFSETS = st.lists(st.builds(Offset, st.uuids().map(str), st.integers(-24, 1), st.integers(-40, 40)), max_size=6)


def first_days(anchor: date, offsets: Sequence[Offset]) -> list[tuple[Offset, date]]:
    """Walk ten years day by day and note each reminder on the first day it is due."""
    seen: dict[Offset, date] = {}
    for n in range(3653):
        today = anchor - timedelta(days=3000) + timedelta(days=n)
        if (offset := due(anchor, offsets, today=today, over_from=None)) is not None:
            seen.setdefault(offset, today)
    return list(seen.items())


def test_seal_is_announced_five_times_and_its_end_once() -> None:
    assert [(offset.key, day) for offset, day in schedule(END, SEAL_OFFSETS)] == [
        ("22-months", date(2028, 9, 30)),
        ("12-months", date(2029, 7, 31)),
        ("6-months", date(2030, 1, 31)),
        ("3-months", date(2030, 4, 30)),
        ("1-month", date(2030, 6, 30)),
        ("day-after", date(2030, 8, 1)),
    ]


@pytest.mark.parametrize(
    ("offsets", "anchor", "days"),
    [
        (REGISTRATION_OFFSETS, date(2026, 12, 15), [date(2026, 11, 17), date(2026, 12, 1), date(2026, 12, 12)]),
        (
            SUBMISSION_OFFSETS,
            date(2028, 2, 29),
            [date(2027, 12, 1), date(2028, 1, 30), date(2028, 2, 15), date(2028, 2, 26)],
        ),
    ],
)
def test_round_dates_are_announced_on_these_days(offsets: Sequence[Offset], anchor: date, days: list[date]) -> None:
    assert [day for _, day in schedule(anchor, offsets)] == days


@pytest.mark.parametrize("offsets", CHAINS)
@pytest.mark.parametrize("anchor", [END, date(2026, 12, 15), date(2028, 2, 29)])
def test_ten_years_day_by_day_give_exactly_the_schedule(anchor: date, offsets: Sequence[Offset]) -> None:
    assert first_days(anchor, offsets) == schedule(anchor, offsets)


@pytest.mark.parametrize(
    ("today", "key"),
    [
        (date(2028, 9, 29), None),
        (date(2028, 9, 30), "22-months"),
        (date(2029, 7, 30), "22-months"),
        (date(2029, 7, 31), "12-months"),
        (date(2030, 7, 31), "1-month"),
        (date(2030, 8, 1), "day-after"),
        (date(2030, 8, 28), "day-after"),
        (date(2030, 8, 29), None),
    ],
)
def test_due_is_the_latest_whose_day_has_come(today: date, key: str | None) -> None:
    offset = due(END, SEAL_OFFSETS, today=today, over_from=None)

    assert (offset and offset.key) == key


def test_due_after_an_outage_is_only_the_latest() -> None:
    before, after = date(2028, 9, 29), date(2030, 5, 15)
    missed = [offset.key for offset, day in schedule(END, SEAL_OFFSETS) if before < day <= after]

    assert missed == ["22-months", "12-months", "6-months", "3-months"]
    assert due(END, SEAL_OFFSETS, today=after, over_from=None) == SEAL_OFFSETS[3]


def test_due_before_the_anchor_never_goes_out_after_it() -> None:
    before_only = SEAL_OFFSETS[:-1]
    later = [END + timedelta(days=n) for n in range(1, 1000)]

    assert {due(END, before_only, today=day, over_from=None) for day in later} == {None}


@pytest.mark.parametrize(
    ("today", "key"), [(date(2030, 2, 14), "6-months"), (date(2030, 2, 15), None), (date(2030, 8, 1), None)]
)
def test_due_is_silent_once_the_thing_no_longer_stands(today: date, key: str | None) -> None:
    offset = due(END, SEAL_OFFSETS, today=today, over_from=date(2030, 2, 15))

    assert (offset and offset.key) == key


@pytest.mark.parametrize(
    ("day", "hour", "minute", "key"),
    [
        (date(2029, 7, 30), 23, 59, "22-months"),
        (date(2029, 7, 31), 0, 1, "12-months"),
        (date(2030, 3, 31), 0, 1, "6-months"),
        (date(2030, 3, 31), 23, 59, "6-months"),
        (date(2030, 7, 31), 23, 59, "1-month"),
        (date(2030, 8, 1), 0, 1, "day-after"),
    ],
)
def test_due_follows_the_berlin_day(day: date, hour: int, minute: int, key: str) -> None:
    offset = due(END, SEAL_OFFSETS, today=berlin_day(in_utc(day, hour, minute)), over_from=None)

    assert offset is not None
    assert offset.key == key


def test_due_day_counts_months_before_days() -> None:
    assert due_day(date(2026, 3, 31), Offset("x", -1, 1)) == date(2026, 3, 1)


@pytest.mark.parametrize("offsets", [(), SEAL_OFFSETS])
def test_due_is_none_before_the_first(offsets: Sequence[Offset]) -> None:
    assert due(END, offsets, today=date(2026, 1, 1), over_from=None) is None


@given(DAYS, OFFSETS, DAYS, st.none() | DAYS)
def test_due_is_always_one_of_the_chain_and_never_early_or_late(
    anchor: date, offsets: Sequence[Offset], today: date, over_from: date | None
) -> None:
    offset = due(anchor, offsets, today=today, over_from=over_from)

    if offset is not None:
        day = due_day(anchor, offset)
        useful_days = max((anchor - day).days + 1, 0) or NOTICE_USEFUL_DAYS
        assert 0 <= (today - day).days < useful_days
        assert not any(day < later <= today for _, later in schedule(anchor, offsets))
        assert over_from is None or today < over_from


@given(DAYS, st.integers(-800, 60))
def test_seal_reminders_never_fall_after_the_end_but_for_the_notice(anchor: date, distance: int) -> None:
    today = anchor + timedelta(days=distance)
    offset = due(anchor, SEAL_OFFSETS, today=today, over_from=None)

    assert offset is None or (offset.key == "day-after") == (today > anchor)
