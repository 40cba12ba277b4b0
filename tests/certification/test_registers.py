"""Seals as registers give them."""

from datetime import date
from typing import Any

import pytest

from centres.imports.problems import Count
from centres.models import FamilyCentre
from certification.models import LedgerKind, Seal, SealEntry
from tests.centres.conftest import Importing, bring_in, cologne  # noqa: F401
from tests.centres.files import csv_of, row
from tests.factories.certification import SealFactory

AWARDED, THROUGH = "Gütesiegel verliehen am", "Gütesiegel gültig bis"


def seal_row(awarded: str, through: str = "", reason: str = "") -> bytes:
    return csv_of(row(**{AWARDED: awarded, THROUGH: through, "Begründung": reason}))


@pytest.mark.parametrize("through", ["", "31.07.2029"])
def test_award_gives_the_seal_its_end_and_its_ledger(bring_in: Importing, through: str) -> None:  # noqa: F811
    report = bring_in(seal_row("30.04.2025", through))

    seal = Seal.objects.get()
    assert report.counts["Gütesiegel"] == Count(new=1)
    assert [seal.awarded_on, seal.valid_from, seal.valid_through] == [
        date(2025, 4, 30),
        date(2025, 4, 30),
        date(2029, 7, 31),
    ]
    assert [entry.kind for entry in seal.entries.all()] == [LedgerKind.AWARDED]


def test_end_that_contradicts_the_rule_is_reported(bring_in: Importing) -> None:  # noqa: F811
    report = bring_in(seal_row("30.04.2025", "31.07.2030"))

    (problem,) = report.problems
    assert [problem.row, problem.column, problem.value] == [2, THROUGH, "31.07.2030"]
    assert "folgt nach § 11 DVO KiBiz der 31. Juli 2029" in problem.advice
    assert "Spalte „Begründung“" in problem.advice
    assert not FamilyCentre.objects.exists()


@pytest.mark.parametrize(
    ("through", "reason", "kind", "basis"),
    [
        ("31.07.2030", "§ 11 Abs. 1a DVO KiBiz", LedgerKind.EXTENDED, "§ 11 Abs. 1a DVO KiBiz"),
        ("31.07.2030", "Schreiben vom 3. Mai", LedgerKind.CORRECTED, ""),
        ("31.07.2028", "§ 11", LedgerKind.CORRECTED, ""),
    ],
)
def test_end_with_a_reason_is_taken_and_recorded(
    bring_in: Importing,  # noqa: F811
    through: str,
    reason: str,
    kind: str,
    basis: str,
) -> None:
    bring_in(seal_row("30.04.2025", through, reason))

    awarded, deviation = SealEntry.objects.order_by("pk")
    assert f"{Seal.objects.get().valid_through:%d.%m.%Y}" == through
    assert awarded.valid_through == date(2029, 7, 31)
    assert [deviation.kind, deviation.reason, deviation.legal_basis] == [kind, reason, basis]
    assert f"{deviation.valid_through:%d.%m.%Y}" == through


def test_reason_for_the_whole_file_serves_every_row(bring_in: Importing) -> None:  # noqa: F811
    assert bring_in(seal_row("30.04.2025", "31.07.2030"), reason="Erlass").written


def test_seal_that_stands_already_is_unchanged(bring_in: Importing) -> None:  # noqa: F811
    bring_in(seal_row("30.04.2025"))

    assert bring_in(seal_row("30.04.2025", "31.07.2029")).counts["Gütesiegel"] == Count(unchanged=1)


def test_renewed_seal_begins_after_the_one_that_runs(bring_in: Importing) -> None:  # noqa: F811
    bring_in(seal_row("30.05.2022"))

    bring_in(seal_row("04.05.2026"))

    assert list(Seal.objects.order_by("pk").values_list("valid_from", "valid_through")) == [
        (date(2022, 5, 30), date(2026, 7, 31)),
        (date(2026, 8, 1), date(2030, 7, 31)),
    ]


@pytest.mark.parametrize(
    ("awarded", "through", "said"),
    [
        ("", "31.07.2029", "leer: Bitte tragen Sie den Tag der Verleihung ein."),
        ("06.05.2026", "", "zwischen 2006 und heute verliehen sein (05.05.2026)"),
        ("31.12.2005", "", "zwischen 2006 und heute"),
        ("30.04.2025", "31.07.2024", "bevor es beginnt"),
    ],
)
def test_implausible_seal_is_named(bring_in: Importing, awarded: str, through: str, said: str) -> None:  # noqa: F811
    assert said in str(bring_in(seal_row(awarded, through)).problems[0])


@pytest.mark.parametrize(
    ("stored", "given", "said"),
    [
        ("30.04.2025", ("30.04.2025", "31.07.2030"), "Gespeichert ist dieses Gütesiegel mit dem Ende 31.07.2029."),
        ("30.04.2025", ("30.05.2025", ""), "hätte keinen einzigen Tag. Bitte prüfen Sie das Datum."),
        ("30.04.2025", ("30.04.2024", ""), "ist schon ein Gütesiegel gespeichert (30.04.2025 bis 31.07.2029)"),
    ],
)
def test_seal_against_a_stored_one_is_named(
    bring_in: Importing,  # noqa: F811
    stored: str,
    given: tuple[str, str],
    said: str,
) -> None:
    bring_in(seal_row(stored))

    assert said in str(bring_in(seal_row(*given, "Erlass")).problems[0])


def test_withdrawn_seal_leaves_room_for_a_new_one(bring_in: Importing) -> None:  # noqa: F811
    bring_in(seal_row(""))
    stored: dict[str, Any] = {"void_from": date(2026, 1, 1), "void_kind": "withdrawn", "awarded_on": date(2024, 5, 2)}
    SealFactory.create(centre=FamilyCentre.objects.get(), **stored)

    assert bring_in(seal_row("04.05.2026")).counts["Gütesiegel"] == Count(new=1)
