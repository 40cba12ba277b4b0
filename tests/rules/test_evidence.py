from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.evidence import (
    MISSING_DATE,
    Dated,
    EvidenceKind,
    Period,
    Usability,
    halves_touched,
    hours_sentence,
    usable,
)
from certification.rules.evidence import (
    judged as judged_for,
)
from tests.rules.days import DAYS, EVERY_DAY

AUDIT_FROM, AUDIT_UNTIL = date(2027, 1, 1), date(2028, 1, 31)
SUBMISSION = date(2028, 2, 15)


def judged(kind: EvidenceKind, issued_on: date, *, ends_on: date | None = None, on: date = SUBMISSION) -> Usability:
    return usable(kind, issued_on=issued_on, audit_from=AUDIT_FROM, audit_until=AUDIT_UNTIL, ends_on=ends_on, on=on)


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        (
            date(2028, 2, 14),
            Usability(
                True,
                date(2028, 2, 15),
                "Verwendbar bis 15. Februar 2028: Fortbildungsnachweise zählen sieben Jahre ab ihrer Ausstellung.",
            ),
        ),
        (
            date(2028, 2, 16),
            Usability(
                False,
                None,
                (
                    "Zu alt: Der Fortbildungsnachweis vom 15. Februar 2021 war sieben Jahre verwendbar, "
                    "bis 15. Februar 2028."
                ),
            ),
        ),
    ],
)
def test_training_is_usable_for_seven_years(on: date, verdict: Usability) -> None:
    assert judged(EvidenceKind.TRAINING, date(2021, 2, 15), on=on) == verdict


@pytest.mark.parametrize(
    ("issued_on", "last"),
    [(date(2021, 2, 15), date(2028, 2, 15)), (date(2020, 2, 29), date(2027, 2, 28))],
)
def test_training_is_usable_through_its_last_day(issued_on: date, last: date) -> None:
    days = [last, last + timedelta(days=1)]

    assert [judged(EvidenceKind.TRAINING, issued_on, on=day).usable for day in days] == [True, False]


def test_training_that_ends_earlier_itself_is_not_usable_for_seven_years() -> None:
    verdict = judged(EvidenceKind.TRAINING, date(2026, 5, 5), ends_on=date(2028, 5, 5))

    assert (verdict.usable, verdict.until) == (True, date(2028, 5, 5))


@pytest.mark.parametrize(
    ("issued_on", "is_usable", "sentence"),
    [
        (
            date(2026, 12, 31),
            False,
            (
                "Muss neu sein: Das Angebot vom 31. Dezember 2026 liegt vor dem Prüfzeitraum (1. Januar 2027 bis "
                "31. Januar 2028); Angebote zählen nur aus dem laufenden Prüfzeitraum."
            ),
        ),
        (
            date(2027, 1, 1),
            True,
            (
                "Verwendbar: Das Angebot vom 1. Januar 2027 liegt im Prüfzeitraum "
                "(1. Januar 2027 bis 31. Januar 2028)."
            ),
        ),
        (
            date(2028, 1, 31),
            True,
            (
                "Verwendbar: Das Angebot vom 31. Januar 2028 liegt im Prüfzeitraum "
                "(1. Januar 2027 bis 31. Januar 2028)."
            ),
        ),
        (
            date(2028, 2, 1),
            False,
            (
                "Nicht verwendbar: Der Nachweis vom 1. Februar 2028 ist erst nach dem Ende des Prüfzeitraums "
                "(31. Januar 2028) entstanden."
            ),
        ),
    ],
)
def test_offer_is_usable_from_the_current_period_only(issued_on: date, is_usable: bool, sentence: str) -> None:
    assert judged(EvidenceKind.OFFER, issued_on) == Usability(is_usable, None, sentence)


@pytest.mark.parametrize(
    ("ends_on", "verdict"),
    [
        (None, Usability(True, None, "Verwendbar: Kooperationsvereinbarung ohne festes Ende.")),
        (
            SUBMISSION,
            Usability(
                True,
                SUBMISSION,
                "Verwendbar bis 15. Februar 2028: So lange läuft der Nachweis (Kooperationsvereinbarung).",
            ),
        ),
        (
            date(2028, 2, 14),
            Usability(
                False,
                None,
                "Abgelaufen: Kooperationsvereinbarung, gültig bis 14. Februar 2028. Bitte neu einreichen.",
            ),
        ),
    ],
)
def test_agreement_is_usable_while_it_runs(ends_on: date | None, verdict: Usability) -> None:
    assert judged(EvidenceKind.AGREEMENT, date(2008, 9, 1), ends_on=ends_on) == verdict


@pytest.mark.parametrize("kind", [EvidenceKind.CONCEPT, EvidenceKind.OTHER])
def test_concept_has_no_age(kind: EvidenceKind) -> None:
    assert judged(kind, date(2008, 9, 1)) == Usability(True, None, f"Verwendbar: {kind.label} ohne festes Ende.")


@pytest.mark.parametrize("kind", EvidenceKind)
def test_evidence_dated_in_the_future_is_not_usable_yet(kind: EvidenceKind) -> None:
    verdict = judged(kind, date(2027, 6, 2), on=date(2027, 6, 1))

    assert verdict == Usability(False, None, "Noch nicht verwendbar: Der Nachweis ist auf den 2. Juni 2027 datiert.")


def test_training_is_never_usable_again_once_too_old() -> None:
    on = [day for day in EVERY_DAY if date(2020, 1, 1) <= day <= date(2035, 12, 31)]
    walk = [judged(EvidenceKind.TRAINING, date(2021, 2, 15), on=day).usable for day in on]

    assert sum(a != b for a, b in pairwise(walk)) == 2


@given(st.sampled_from(EvidenceKind), DAYS, st.none() | DAYS, DAYS)
def test_usable_until_a_day_means_through_that_day(
    kind: EvidenceKind, issued_on: date, ends_on: date | None, on: date
) -> None:
    verdict = judged(kind, issued_on, ends_on=ends_on, on=on)

    if verdict.until is not None:
        assert verdict.until >= on
        assert judged(kind, issued_on, ends_on=ends_on, on=verdict.until).usable
        assert not judged(kind, issued_on, ends_on=ends_on, on=verdict.until + timedelta(days=1)).usable


def test_each_kind_has_a_german_label_of_its_own() -> None:
    assert [kind.label for kind in EvidenceKind] == [
        "Fortbildungsnachweis",
        "Kooperationsvereinbarung",
        "Angebot oder Kurs",
        "Konzept",
        "Sonstiger Nachweis",
    ]


PERIOD = Period(AUDIT_FROM, AUDIT_UNTIL, SUBMISSION)
TODAY = date(2027, 6, 1)


def test_an_agreement_that_renews_itself_has_no_end() -> None:
    verdict = usable(
        EvidenceKind.AGREEMENT,
        issued_on=date(2015, 1, 1),
        audit_from=AUDIT_FROM,
        audit_until=AUDIT_UNTIL,
        ends_on=date(2016, 1, 1),
        renews=True,
        on=SUBMISSION,
    )

    assert verdict.sentence == "Verwendbar: Kooperationsvereinbarung, die sich von selbst verlängert."


def test_an_offer_that_reaches_into_the_period_counts() -> None:
    assert judged(EvidenceKind.OFFER, date(2026, 11, 1), ends_on=AUDIT_FROM).usable
    assert not judged(EvidenceKind.OFFER, date(2026, 11, 1), ends_on=AUDIT_FROM - timedelta(days=1)).usable


@pytest.mark.parametrize(
    ("issued_on", "usable_on_both", "label", "sentence"),
    [
        (date(2022, 1, 1), True, "Verwendbar bis 1. Januar 2029", "zählen sieben Jahre ab ihrer Ausstellung."),
        (
            date(2020, 12, 1),
            False,
            "Gilt nicht mehr lange genug",
            "verwendbar, bis 1. Dezember 2027.",
        ),
        (date(2019, 1, 1), False, "Zu alt", "war sieben Jahre verwendbar, bis 1. Januar 2026."),
        (None, False, "Angaben fehlen", MISSING_DATE),
    ],
)
def test_the_verdict_is_for_the_day_and_for_the_round(
    issued_on: date | None, usable_on_both: bool, label: str, sentence: str
) -> None:
    verdict = judged_for(Dated(EvidenceKind.TRAINING, issued_on), PERIOD, on=TODAY)

    assert (verdict.usable, verdict.label, verdict.sentence.endswith(sentence)) == (usable_on_both, label, True)


def test_a_verdict_that_lapses_before_the_hand_in_says_both() -> None:
    verdict = judged_for(Dated(EvidenceKind.TRAINING, date(2020, 12, 1)), PERIOD, on=TODAY)

    assert verdict.sentence.startswith("Verwendbar bis 1. Dezember 2027: ")
    assert " Bis zur Einreichung reicht das nicht. Zu alt: " in verdict.sentence


def test_without_a_round_offers_wait_and_the_rest_is_judged_today() -> None:
    offer = judged_for(Dated(EvidenceKind.OFFER, TODAY), None, on=TODAY)
    training = judged_for(Dated(EvidenceKind.TRAINING, date(2019, 1, 1)), None, on=TODAY)

    assert (offer.usable, "steht noch nicht fest" in offer.sentence, training.label) == (True, True, "Zu alt")


@pytest.mark.parametrize(
    ("first", "last", "halves"),
    [
        (date(2027, 3, 1), None, ("1. Halbjahr",)),
        (date(2027, 8, 1), None, ("2. Halbjahr",)),
        (date(2027, 7, 31), date(2027, 8, 1), ("1. Halbjahr", "2. Halbjahr")),
        (date(2026, 3, 1), None, ()),
    ],
)
def test_an_offer_belongs_to_the_half_years_it_took_place_in(
    first: date, last: date | None, halves: tuple[str, ...]
) -> None:
    assert halves_touched(first, last, audit_from=AUDIT_FROM, audit_until=AUDIT_UNTIL) == halves


@pytest.mark.parametrize(
    ("code", "hours", "words"),
    [
        ("1.3", [], ""),
        ("1.3", [30], ""),
        ("1.3", [12, 18], ""),
        ("1.3", [12, 6], "18 von 30 Stunden sind belegt, es fehlen 12."),
        ("1.3", [12, None], "Bitte geben Sie bei jedem Fortbildungsnachweis die Stunden an."),
        ("4B6", [3], ""),
        ("4B6", [2], "Eine Fortbildung ist kürzer als 3 Stunden."),
        ("8.4", [6, 8], ""),
        ("8.4", [5, 8], "Eine Fortbildung ist kürzer als 6 Stunden."),
    ],
)
def test_training_says_what_is_missing_in_hours(code: str, hours: list[int | None], words: str) -> None:
    said = hours_sentence(code, hours)

    assert (said.startswith(words), bool(said)) == (True, bool(words))
