from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.network import (
    Place,
    Warning,  # noqa: A004 — the word of the profession
    distance_km,
    explain_end,
    explain_joining,
    explain_late_comer,
    explain_leaver,
    explain_leaving,
    explain_newcomer,
    explain_task,
    explain_without_seal,
    keeps_seal,
    warnings,
)

COLOGNE = Place("Kita am Dom", 50.9413, 6.9583)
DEUTZ = Place("Kita Deutz", 50.9366, 6.9748)
BONN = Place("Kita am Münster", 50.7335, 7.0999)
UNKNOWN = Place("Kita ohne Ort")
PLACES = st.builds(Place, st.just("Kita"), st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize("count", [2, 5])
def test_network_up_to_five_facilities_is_usual(count: int) -> None:
    assert warnings([UNKNOWN] * count) == []


def test_network_of_six_asks_for_a_reason() -> None:
    assert warnings([UNKNOWN] * 6) == [
        Warning(
            "too-many-facilities",
            (
                "Der Verbund hat 6 Einrichtungen; in der Regel sind es höchstens 5 (§ 10 Absatz 3 DVO KiBiz). "
                "Bitte geben Sie den Grund an, zum Beispiel die Zustimmung des Ministeriums."
            ),
        )
    ]


def test_network_too_wide_names_the_two_farthest_apart() -> None:
    assert warnings([COLOGNE, DEUTZ, UNKNOWN, BONN]) == [
        Warning(
            "too-far-apart",
            (
                "Kita am Dom und Kita am Münster liegen 25,16 km auseinander; in der Regel sind es höchstens 3 km "
                "(§ 10 Absatz 3 DVO KiBiz). Bitte geben Sie den Grund an, "
                "zum Beispiel die örtliche Jugendhilfeplanung im ländlichen Raum."
            ),
        )
    ]


@pytest.mark.parametrize(
    ("latitude", "codes"), [(50.0 + 2.99 / 111.195, []), (50.0 + 3.01 / 111.195, ["too-far-apart"])]
)
def test_network_may_reach_three_kilometres(latitude: float, codes: list[str]) -> None:
    found = warnings([Place("A", 50.0, 7.0), Place("B", latitude, 7.0)])

    assert [warning.code for warning in found] == codes


def test_network_too_many_and_too_wide_says_both() -> None:
    found = warnings([COLOGNE, BONN, *[UNKNOWN] * 4])

    assert [warning.code for warning in found] == ["too-many-facilities", "too-far-apart"]


@pytest.mark.parametrize("unknown", [UNKNOWN, Place("A", 50.0), Place("A", None, 7.0)])
def test_distance_to_an_unknown_place_is_unknown(unknown: Place) -> None:
    assert (distance_km(COLOGNE, unknown), distance_km(unknown, COLOGNE)) == (None, None)


@given(PLACES, PLACES)
def test_distance_is_the_same_both_ways_and_at_most_half_the_earth(a: Place, b: Place) -> None:
    there, back = distance_km(a, b), distance_km(b, a)

    assert there == pytest.approx(back)
    assert there is not None
    assert 0 <= there <= 20_016
    assert distance_km(a, a) == 0


@pytest.mark.parametrize(
    ("certified", "remaining", "keeps"),
    [
        (2, 1, False),
        (2, 2, True),
        (3, 1, False),
        (3, 2, True),
        (4, 2, False),
        (4, 3, True),
        (5, 3, True),
        (5, 2, False),
    ],
)
def test_network_keeps_its_seal_while_more_than_half_remain(certified: int, remaining: int, keeps: bool) -> None:
    assert keeps_seal(certified, remaining) == keeps


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 50))
def test_one_more_remaining_never_costs_the_seal(certified: int, remaining: int, further: int) -> None:
    assert keeps_seal(certified, remaining) <= keeps_seal(certified, remaining + further)


@pytest.mark.parametrize(
    ("remaining", "verdict"),
    [
        (3, "Das ist mehr als die Hälfte; der Verbund behält das Gütesiegel mit unverändertem Ende."),
        (2, "Das ist nicht mehr als die Hälfte; der Verbund verliert das Gütesiegel."),
    ],
)
def test_leaving_is_explained_with_paragraph(remaining: int, verdict: str) -> None:
    assert explain_leaving(4, remaining) == (
        f"Zertifiziert waren 4 Einrichtungen; davon gehören weiter zum Verbund: {remaining}. {verdict} "
        "Ausgeschiedene Einrichtungen dürfen es nicht mehr führen (§ 11 Absatz 4 DVO KiBiz)."
    )


def test_joining_is_explained_with_paragraph() -> None:
    assert explain_joining("Kita Deutz") == (
        "Kita Deutz darf als Teil des Verbundes das Gütesiegel führen; "
        "dessen Ende ändert sich dadurch nicht (§ 11 Absatz 3 DVO KiBiz)."
    )


def test_leaver_is_told_the_last_day_who_is_left_and_what_nobody_does_any_more() -> None:
    assert explain_leaver("Kita A", date(2027, 7, 31), 3, ["Zuschussempfänger"]) == [
        "Der letzte Tag von Kita A im Verbund ist der 31. Juli 2027.",
        "Danach hat der Verbund 3 Einrichtungen.",
        "Danach fehlt dem Verbund: Zuschussempfänger. Bitte schlagen Sie auch vor, wer es wird.",
    ]


def test_network_of_one_is_none() -> None:
    _, left = explain_leaver("Kita A", date(2027, 7, 31), 1, [])

    assert left.startswith("Danach wäre nur noch eine Einrichtung übrig.")
    assert "neue Zertifizierungsnummer" in left


def test_newcomer_task_end_and_no_seal_are_explained() -> None:
    day = date(2027, 8, 1)

    assert explain_newcomer("Kita A", day, 4) == (
        "Kita A gehört ab dem 1. August 2027 dazu. Der Verbund hat dann 4 Einrichtungen."
    )
    assert explain_task("Kontakteinrichtung", "Kita A", day, "Kita B") == [
        "Kontakteinrichtung ist ab dem 1. August 2027: Kita A.",
        "Bis zum Tag davor ist es: Kita B.",
        "Am Gütesiegel ändert das nichts.",
    ]
    assert len(explain_task("Kontakteinrichtung", "Kita A", day, "")) == 2
    assert explain_end(day) == "Der letzte gültige Tag des Gütesiegels ist der 1. August 2027."
    assert explain_without_seal(day).startswith("Am 1. August 2027 hat der Verbund kein gültiges Gütesiegel.")
    assert explain_late_comer("Kita A").startswith("Kita A kam nach der Verleihung hinzu")
