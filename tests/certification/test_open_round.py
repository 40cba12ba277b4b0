from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from centres.models import Letter
from certification.models import Case, Edition, Round
from certification.rules.rounds import renewal_dates
from tests.factories.accounts import UserFactory
from tests.factories.certification import EditionFactory, RoundFactory, SealFactory

pytestmark = pytest.mark.django_db
RENEWAL = {"procedure": "renewal", "seal_end": date(2027, 7, 31)}


@pytest.fixture(autouse=True)
def edition() -> Edition:
    chosen: Edition = EditionFactory.create(official=True)
    EditionFactory.create()
    return chosen


def opened(**options: Any) -> str:
    out = StringIO()
    call_command("open_round", **{**RENEWAL, **options}, stdout=out)
    return out.getvalue()


def sealed() -> Any:
    return SealFactory.create(awarded_on=date(2023, 5, 5)).centre


def test_open_round_invites_each_centre_once() -> None:
    centre = sealed()

    for _ in range(2):
        opened()

    assert Case.objects.get().centre == centre
    assert Letter.objects.count() == 1


def test_open_round_makes_the_round_with_default_dates_and_edition(edition: Edition) -> None:
    opened()

    round_ = Round.objects.get()
    assert (round_.label, round_.edition) == ("Re-Zertifizierung zum 31. Juli 2027", edition)
    assert round_.dates == renewal_dates(date(2027, 7, 31))
    assert round_.opened_at is not None


def test_open_round_tells_who_and_how_far() -> None:
    sealed()

    said = opened()

    assert "1 Familienzentren. Das Gütesiegel endet am 31. Juli 2027" in said
    assert "1 von 1 Fällen angelegt" in said


def test_open_round_goes_on_with_a_round_from_the_admin() -> None:
    sealed()
    round_ = RoundFactory.create(label="Runde A", seal_end=date(2027, 7, 31), confirmed_at="2025-10-01T10:00Z")

    opened(label="Runde A")

    round_.refresh_from_db()
    assert (round_.cases.count(), round_.opened_at is None) == (1, False)


def test_open_round_dry_changes_nothing() -> None:
    sealed()

    said = opened(dry_run=True)

    assert "Probelauf: Es ist nichts geändert." in said
    assert not Round.objects.exists()


def test_open_round_notes_who_answers_for_it() -> None:
    person = UserFactory.create(ministry=True)

    opened(by=person.email)

    assert Round.objects.get().confirmed_by == person


def test_open_round_invites_to_a_first_certification() -> None:
    opened(procedure="initial", seal_end=None, year=2026)

    assert Round.objects.get().label == "Erst-Zertifizierung 2026/2027"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"seal_end": None}, "A renewal needs --seal-end"),
        ({"procedure": "initial"}, "An initial round needs --year"),
        ({"edition": "nope"}, "No such edition of the criteria; known: edition-"),
        ({"by": "niemand@example.org"}, "Nobody of the ministry has the address niemand@example.org"),
    ],
)
def test_open_round_says_what_is_missing(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        opened(**options)


def test_open_round_does_not_take_another_round_of_the_same_name() -> None:
    RoundFactory.create(label="Runde A", seal_end=date(2030, 7, 31))

    with pytest.raises(CommandError, match="another round named Runde A"):
        opened(label="Runde A")


def test_open_round_refuses_dates_that_cannot_happen() -> None:
    RoundFactory.create(label="Runde A", seal_end=date(2027, 7, 31), visits_until=date(2027, 7, 20))

    with pytest.raises(CommandError, match="Das Ende der Begehungen"):
        opened(label="Runde A")
