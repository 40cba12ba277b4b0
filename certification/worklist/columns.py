"""The columns of the worklist: how they sort, and what of them an export holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, QuerySet, When
from django.utils import timezone

from certification.models import Case
from certification.rules.moves import State

Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class Due:
    """What a case waits for, on which day, and whether that day has passed."""

    what: str
    on: date | None = None
    late: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing a column shows, under its own title in an export."""

    title: str
    value: Callable[[Any, date, int], Value]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    order: Any
    pieces: Sequence[Piece]


def due_of(case: Any, *, today: date, user: int) -> Due:
    """Of a row of `lists.rows`, for the person who looks at it."""
    if case.corrected_by or case.objected_on:
        return _after_release(case, user)
    on = case.due_on
    past = on is not None and on < today
    if case.state == State.QUERIED and case.answer_due:
        return Due("Antwort", on, "überfällig" if past else "")
    if case.state == State.VISIT_AGREED and case.visit_at:
        clock = f"{timezone.localtime(case.visit_at):%H:%M} Uhr"
        return Due("Begehung", on, "Niederschrift fehlt" if past else "", clock)
    if case.state == State.RECOMMENDED and not case.recommended_by:
        return Due("freigegeben, beim Ministerium")
    if case.slot_at or case.answers_are_open:
        return Due("Wahl eines Termins" if case.slot_at else "Einreichung", on)
    return Due(f"Ergebnis{_own(case.recommended_by, user)}", on, "überfällig" if past else "")


def _after_release(case: Any, user: int) -> Due:
    if case.corrected_by:
        return Due(f"Berichtigung{_own(case.corrected_by, user)}")
    return Due(f"Widerspruch vom {case.objected_on:%d.%m.%Y}")


def _own(proposed_by: int | None, user: int) -> str:
    return " (Ihr Vorschlag)" if proposed_by == user else ""


def waited(case: Any, today: date) -> int:
    return (today - timezone.localdate(case.waits_since)).days


def _late(case: Any, today: date, user: int) -> str:
    return due_of(case, today=today, user=user).late


_STATES = models.Case(*(When(state=state, then=number) for number, state in enumerate(State)), default=0)
COLUMNS = (
    Column(
        "zentrum",
        "Familienzentrum",
        F("centre__name_folded"),
        (
            Piece("Familienzentrum", lambda case, *_: case.centre.name),
            Piece("Nummer", lambda case, *_: case.centre.certification_number),
            Piece("Ort", lambda case, *_: case.town),
        ),
    ),
    Column(
        "jugendamt",
        "Jugendamt",
        F("centre__youth_office__name_folded"),
        (
            Piece("Jugendamt", lambda case, *_: case.centre.youth_office.name),
            Piece("Landesjugendamt", lambda case, *_: case.centre.youth_office.regional),
            Piece("Verfahren", lambda case, *_: case.round.get_procedure_display()),
        ),
    ),
    Column("stand", "Stand", _STATES, (Piece("Stand", lambda case, *_: case.get_state_display()),)),
    Column(
        "wartet",
        "Wartet",
        F("waits_since"),
        (Piece("Wartet seit Tagen", lambda case, today, _: waited(case, today)),),
    ),
    Column(
        "frist",
        "Frist",
        F("due_on"),
        (
            Piece("Frist", lambda case, today, user: due_of(case, today=today, user=user).what),
            Piece("Frist am", lambda case, *_: case.due_on),
            Piece("Uhrzeit", lambda case, today, user: due_of(case, today=today, user=user).clock),
            Piece("Überfällig", _late),
        ),
    ),
    Column(
        "zustaendig",
        "Zuständig",
        F("auditor__name"),
        (
            Piece("Zuständig", lambda case, *_: case.auditor.name if case.auditor else "niemand"),
            Piece("Vertreten durch", lambda case, *_: case.deputy_name),
            Piece("Vertreten bis", lambda case, *_: case.deputy_until),
        ),
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT_ORDER = "-wartet"
ORDER_CHOICES = [
    (f"{sign}{column.key}", f"{column.label}{words}")
    for column in COLUMNS
    for sign, words in (("", ", aufsteigend"), ("-", ", absteigend"))
]


def ordered(cases: QuerySet[Case], order: str) -> QuerySet[Case]:
    """By a column, falling with a minus before its name; those without a value come last."""
    key = order.removeprefix("-")
    if key not in BY_KEY:
        return ordered(cases, DEFAULT_ORDER)
    falls = order.startswith("-") != (key == "wartet")  # who waits longest has the earliest moment
    by = BY_KEY[key].order
    return cases.order_by(by.desc(nulls_last=True) if falls else by.asc(nulls_last=True), "pk")
