from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.numbers import DAMM, certificate_number, check_digit, is_valid_number, normal_number

NUMBERS = st.builds(certificate_number, st.integers(2006, 2060), st.integers(1, 999_999))


def test_number_carries_year_serial_and_check_digit() -> None:
    assert certificate_number(2026, 123) == "FZ-2026-000123-8"


def test_check_digit_agrees_with_the_published_example() -> None:
    assert check_digit("572") == 4


@pytest.mark.parametrize(("year", "serial"), [(999, 1), (10_000, 1), (2026, 0), (2026, 1_000_000)])
def test_number_that_would_not_fit_its_format_is_refused(year: int, serial: int) -> None:
    with pytest.raises(ValueError, match=f"year {year}, serial {serial}"):
        certificate_number(year, serial)


@pytest.mark.parametrize(
    "typed",
    [
        "FZ-2026-000123-8",
        " fz-2026-000123-8 ",
        "FZ 2026 000123 8",
        "fz20260001238",
        "FZ–2026–000123–8",
        "FZ\N{NO-BREAK SPACE}2026/000123-8",
    ],
)
def test_number_is_recognised_however_it_was_typed(typed: str) -> None:
    assert (normal_number(typed), is_valid_number(typed)) == ("FZ-2026-000123-8", True)


@pytest.mark.parametrize(
    "typed", ["", "FZ", "2026-000123-8", "FZ-2026-00123-8", "FZ-2026-0001238-8", "FZ-²026-000123-8"]
)
def test_text_without_the_shape_of_a_number_has_no_normal_form(typed: str) -> None:
    assert (normal_number(typed), is_valid_number(typed)) == ("", False)


def test_wrong_check_digit_keeps_its_normal_form() -> None:
    assert (normal_number("fz-2026-000123-7"), is_valid_number("fz-2026-000123-7")) == ("FZ-2026-000123-7", False)


@given(NUMBERS)
def test_every_number_is_valid_and_normal(number: str) -> None:
    assert is_valid_number(number)
    assert normal_number(number) == number


@given(NUMBERS)
def test_every_single_wrong_digit_is_found(number: str) -> None:
    places = [n for n, c in enumerate(number) if c.isdigit()]
    wrong = [number[:n] + digit + number[n + 1 :] for n, digit in product(places, "0123456789") if number[n] != digit]

    assert not any(is_valid_number(w) for w in wrong)


@given(NUMBERS)
def test_every_swap_of_neighbours_is_found(number: str) -> None:
    digits = [c for c in number if c.isdigit()]
    for n in range(len(digits) - 1):
        swapped = "".join([*digits[:n], digits[n + 1], digits[n], *digits[n + 2 :]])

        assert is_valid_number(f"FZ{swapped}") == (digits[n] == digits[n + 1])


def test_table_is_totally_anti_symmetric() -> None:
    rows = [sorted(row) for row in DAMM]
    swaps_missed = [
        (c, x, y) for c, x, y in product(range(10), repeat=3) if x != y and DAMM[DAMM[c][x]][y] == DAMM[DAMM[c][y]][x]
    ]

    assert rows == [list(range(10))] * 10
    assert [DAMM[n][n] for n in range(10)] == [0] * 10
    assert swaps_missed == []
