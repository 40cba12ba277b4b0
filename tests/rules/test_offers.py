from datetime import date

import pytest

from certification.rules.offers import outside, times_in
from certification.rules.periods import half_years

FIRST, SECOND = half_years(date(2025, 1, 1), date(2026, 1, 31))
SPRING, SUMMER, AUTUMN = date(2025, 3, 14), date(2025, 7, 31), date(2025, 8, 1)


@pytest.mark.parametrize(
    ("counted", "dates", "times"),
    [
        (None, [], 0),
        (3, [], 3),
        (None, [SPRING, SUMMER, AUTUMN], 2),
        (1, [SPRING, SUMMER], 2),
        (5, [SPRING, SUMMER], 5),
        (None, [SPRING, SPRING], 1),
    ],
)
def test_an_offer_took_place_as_often_as_counted_or_dated(counted: int | None, dates: list[date], times: int) -> None:
    assert times_in(FIRST, counted=counted, dates=dates) == times


def test_dates_outside_the_period_are_named_in_order() -> None:
    before, after = date(2024, 12, 31), date(2026, 2, 1)

    assert outside([after, SPRING, before, AUTUMN], (FIRST, SECOND)) == [before, after]
