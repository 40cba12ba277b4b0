"""Whatever could not be sent is on a list of the ministry, and the list is reached from its front page."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from centres import delivery, holds
from centres.models import Hold, Letter, LetterState
from certification.models import Seal
from config.situation import LETTERS
from tests.certification.admin import ministry
from tests.factories.accounts import UserFactory
from tests.factories.certification import SealFactory
from tests.factories.post import LetterFactory

AT = datetime(2026, 5, 6, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT, tick=False)]


def listed(client: Client, label: str) -> str:
    """The list behind an entry of the front page."""
    [entry] = [each for each in client.get("/admin/").context["post"] if each.label == f"Briefe {label}"]
    response = client.get(entry.url)
    assert entry.number == response.context["cl"].result_count
    return response.text


def fail() -> Letter:
    return LetterFactory.create(subject="Abgelehnt", state=LetterState.FAILED, error="550 5.1.1 unknown")


def come_too_late() -> Letter:
    letter = LetterFactory.create(subject="Zu spät", useful_through=date(2026, 5, 5))
    delivery.stop_over(at=AT)
    return letter


def lose_its_address() -> Letter:
    return LetterFactory.create(subject="Ohne Adresse", to="", state=LetterState.FAILED)


def be_refused_for_now() -> Letter:
    return LetterFactory.create(subject="Später", state=LetterState.RETRYING, retry_after=AT)


def hold(letter: Letter) -> Hold:
    by = UserFactory.create(ministry=True)
    return holds.hold(rule=letter.rule, about="Regel", reason="Text wird geprüft", by=by, at=AT)


def be_held() -> Letter:
    letter = LetterFactory.create(subject="Angehalten")
    holds.hold(
        rule=letter.rule, about="Regel", reason="Text wird geprüft", by=UserFactory.create(ministry=True), at=AT
    )
    return letter


def be_held_until_it_was_over() -> Letter:
    letter = LetterFactory.create(subject="Zu lange angehalten", useful_through=date(2026, 5, 5))
    held = hold(letter)
    holds.lift(held, by=held.held_by, at=AT)
    return letter


def hang() -> Letter:
    return LetterFactory.create(subject="In der Hand", state=LetterState.IN_FLIGHT, claimed_at=AT)


@pytest.mark.parametrize(
    ("happen", "label"),
    [
        (fail, "nicht zustellbar"),
        (come_too_late, "nicht zustellbar"),
        (lose_its_address, "nicht zustellbar"),
        (be_refused_for_now, "werden erneut versucht"),
        (be_held, "zurückgehalten"),
        (be_held_until_it_was_over, "zurückgehalten"),
        (hang, "warten auf den Versand"),
    ],
)
def test_a_letter_that_did_not_go_out_is_on_its_list(
    client: Client, happen: Callable[[], Letter], label: str
) -> None:
    LetterFactory.create(subject="Angekommen", state=LetterState.SENT, sent_at=AT)
    letter = happen()
    ministry(client)

    page = listed(client, label)

    assert letter.subject in page
    assert "Angekommen" not in page


def test_every_state_but_sent_and_settled_has_its_list() -> None:
    states = [state for _, states in LETTERS for state in states]

    assert sorted(states) == sorted(set(LetterState) - {LetterState.SENT, LetterState.SETTLED})


def test_a_reminder_that_was_never_written_is_listed_beside_tomorrows_letters(client: Client) -> None:
    """Nothing ran when the last month began; now the seal has ended, and another letter says so."""
    seal: Seal = SealFactory.create(awarded_on=date(2022, 5, 5), valid_through=date(2026, 4, 30))
    ministry(client)
    [page] = re.findall(r'href="([^"]+)#ausgefallen">', client.get("/admin/").text)

    skipped = list(client.get(page).context["skipped"])

    assert [(each.centre, each.rule) for each in skipped] == [(seal.centre, "seal/1-month")]
