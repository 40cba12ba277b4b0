from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from centres import delivery
from centres.models import Letter, LetterState
from tests.certification.admin import ministry, queries
from tests.factories.centres import FamilyCentreFactory
from tests.factories.post import LetterFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 5, 9, tzinfo=UTC)
LIST = "admin:centres_letter_changelist"


def test_retry_gives_all_tries_again() -> None:
    letter = LetterFactory.create(state=LetterState.FAILED, attempts=8, error="550 gibt es nicht")

    again = delivery.retry(Letter.objects.all(), at=AT)

    letter.refresh_from_db()
    assert (again, letter.attempts, letter.state) == (1, 0, LetterState.RETRYING)
    assert list(Letter.objects.deliverable(at=AT)) == [letter]


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.IN_FLIGHT, LetterState.WITHHELD])
def test_retry_leaves_letters_that_did_not_fail(state: LetterState) -> None:
    LetterFactory.create(state=state)

    assert delivery.retry(Letter.objects.all(), at=AT) == 0


def test_retry_never_sends_a_sent_letter_again() -> None:
    LetterFactory.create(state=LetterState.SENT, sent_at=AT)

    assert delivery.retry(Letter.objects.all(), at=AT + timedelta(days=1)) == 0


def test_retry_finds_the_address_that_was_missing() -> None:
    centre = FamilyCentreFactory.create()
    letter = LetterFactory.create(state=LetterState.FAILED, to="", centre=centre)

    delivery.retry(Letter.objects.all(), at=AT)

    letter.refresh_from_db()
    assert (letter.to, letter.state) == (centre.email, LetterState.RETRYING)


def test_retry_leaves_a_letter_that_has_no_address_still() -> None:
    letter = LetterFactory.create(state=LetterState.FAILED, to="", centre=FamilyCentreFactory.create(email=""))

    assert delivery.retry(Letter.objects.all(), at=AT) == 0
    letter.refresh_from_db()
    assert letter.state == LetterState.FAILED


def test_the_list_shows_what_did_not_arrive_first(client: Client) -> None:
    ministry(client)
    failed = LetterFactory.create(state=LetterState.FAILED, written_at=AT - timedelta(days=9))
    newest = LetterFactory.create(written_at=AT)

    response = client.get(reverse(LIST))

    assert list(response.context["cl"].result_list) == [failed, newest]


def test_the_action_sends_the_chosen_letters_again(client: Client) -> None:
    ministry(client)
    letter, other = LetterFactory.create_batch(2, state=LetterState.FAILED)

    response = client.post(reverse(LIST), {"action": "retry", "_selected_action": [letter.pk]}, follow=True)

    assert [str(message) for message in response.context["messages"]] == ["1 Brief wird erneut versandt."]
    other.refresh_from_db()
    assert other.state == LetterState.FAILED


@pytest.mark.parametrize("text", ["leitung@kita.example", "Muenster", "seal-17"])
def test_the_list_finds_by_address_centre_and_occasion(client: Client, text: str) -> None:
    ministry(client)
    centre = FamilyCentreFactory.create(name="Familienzentrum Münster")
    letter = LetterFactory.create(to="leitung@kita.example", key="seal-17/6-months", centre=centre)
    LetterFactory.create()

    response = client.get(reverse(LIST), {"q": text})

    assert list(response.context["cl"].result_list) == [letter]


def test_a_letter_is_read_and_never_edited(client: Client) -> None:
    ministry(client)
    letter = LetterFactory.create()
    page = reverse("admin:centres_letter_change", args=[letter.pk])

    assert "bitte sehen Sie im Portal nach" in client.get(page).text
    assert client.post(page, {"subject": "anders"}).status_code == 403


def test_the_list_asks_as_often_for_three_as_for_one(client: Client) -> None:
    ministry(client)
    LetterFactory.create(centre=FamilyCentreFactory.create())
    for_one = queries(client, reverse(LIST))
    LetterFactory.create(centre=FamilyCentreFactory.create())
    LetterFactory.create(centre=FamilyCentreFactory.create())

    assert queries(client, reverse(LIST)) == for_one <= 10
