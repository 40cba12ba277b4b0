import re

PREFIX = "FZ"
PARTS = re.compile(r"FZ([0-9]{4})([0-9]{6})([0-9])")

# The quasigroup of order 10 of H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg 2004:
# it finds every single wrong digit and every swap of neighbours, which ISO/IEC 7064 MOD 11,10 does not.
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def check_digit(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return interim


def certificate_number(year: int, serial: int) -> str:
    """The number of a certificate, such as "FZ-2026-000123-3"; year and serial stand under the check digit.

    Raises ValueError where either does not fit: the length is part of the format.
    """
    if not (1000 <= year <= 9999 and 1 <= serial <= 999_999):
        raise ValueError(f"No certificate number for year {year}, serial {serial}.")
    return _written(f"{year:04d}", f"{serial:06d}")


def normal_number(text: str) -> str:
    """The number as it is stored, however it was typed; "" where the text does not have its shape.

    Blanks, hyphens, dashes and case do not matter. The check digit is not looked at.
    """
    match = PARTS.fullmatch(re.sub(r"[\s\-‐‑–—./]", "", text).upper())
    return "{}-{}-{}-{}".format(PREFIX, *match.groups()) if match else ""


def is_valid_number(text: str) -> bool:
    """Whether the text is a number with the right check digit; not whether it was ever issued."""
    digits = normal_number(text).removeprefix(PREFIX).replace("-", "")
    return digits != "" and check_digit(digits) == 0


def _written(year: str, serial: str) -> str:
    return f"{PREFIX}-{year}-{serial}-{check_digit(year + serial)}"
