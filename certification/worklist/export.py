"""A worklist as a table: the cases of the selection and what their rows show."""

from collections.abc import Iterable, Iterator
from datetime import date

from accounts.models import User
from certification.models import Case
from certification.worklist.columns import COLUMNS, Value

TITLES = [piece.title for column in COLUMNS for piece in column.pieces]


def lines(cases: Iterable[Case], *, user: User, today: date) -> Iterator[list[Value]]:
    pieces = [piece for column in COLUMNS for piece in column.pieces]
    for case in cases:
        yield [piece.value(case, today, user.pk) for piece in pieces]
