"""What did not arrive leaves its list when somebody says what was done instead."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from centres import delivery
from centres.models import Letter, LetterState, Settlement
from centres.settling import settle
from tests.certification.admin import ministry
from tests.factories.accounts import UserFactory
from tests.factories.post import LetterFactory

AT = datetime(2026, 5, 6, 9, tzinfo=UTC)
HOW = "Am 6. Mai angerufen, die Leitung weiß Bescheid."
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT, tick=False)]


@pytest.fixture
def failed() -> Letter:
    return LetterFactory.create(state=LetterState.FAILED, error="550 5.1.1 unknown")


@pytest.fixture
def by() -> User:
    return UserFactory.create(ministry=True)


def address(*letters: Letter) -> str:
    return reverse("admin:centres_letter_settle", query={"brief": [letter.pk for letter in letters]})


def test_a_settled_letter_keeps_who_did_what_and_when(failed: Letter, by: User) -> None:
    assert settle(Letter.objects.all(), how=HOW, by=by, at=AT) == 1

    failed.refresh_from_db()
    assert (failed.state, failed.error) == (LetterState.SETTLED, "550 5.1.1 unknown")
    assert (failed.settlement.how, failed.settlement.by, failed.settlement.at) == (HOW, by, AT)


@pytest.mark.parametrize("state", sorted(set(LetterState) - {LetterState.FAILED}))
def test_only_what_failed_for_good_is_settled(state: LetterState, by: User) -> None:
    letter = LetterFactory.create(state=state, sent_at=AT if state == LetterState.SENT else None)

    assert settle(Letter.objects.all(), how=HOW, by=by, at=AT) == 0
    assert Letter.objects.get() == letter
    assert not Settlement.objects.exists()


def test_a_settled_letter_is_not_sent_again(failed: Letter, by: User) -> None:
    settle(Letter.objects.all(), how=HOW, by=by, at=AT)

    assert delivery.retry(Letter.objects.filter(pk=failed.pk), at=AT) == 0


@pytest.mark.usefixtures("failed")
def test_the_database_wants_to_know_what_was_done(by: User) -> None:
    with pytest.raises(IntegrityError, match="settlement_says_how"):
        settle(Letter.objects.all(), how=" ", by=by, at=AT)


@pytest.mark.usefixtures("failed")
def test_what_was_done_stays_as_it_was_said(by: User) -> None:
    settle(Letter.objects.all(), how=HOW, by=by, at=AT)

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Settlement.objects.update(how="Nichts")


def test_the_ministry_settles_on_the_page_of_the_letter(client: Client, failed: Letter) -> None:
    ministry(client)
    assert address(failed) in client.get(reverse("admin:centres_letter_change", args=[failed.pk])).text

    page = client.post(address(failed), {"how": HOW}, follow=True)

    assert "1 Brief ist erledigt." in page.text
    assert f"erledigt: {HOW}" in client.get(reverse("admin:centres_letter_change", args=[failed.pk])).text


def test_several_are_settled_from_the_list_at_once(client: Client, failed: Letter) -> None:
    other, sent = LetterFactory.create(state=LetterState.FAILED), LetterFactory.create(state="sent", sent_at=AT)
    ministry(client)
    chosen = {"action": "settle", "_selected_action": [failed.pk, other.pk, sent.pk]}

    asked = client.post(reverse("admin:centres_letter_changelist"), chosen)
    page = client.post(asked["Location"], {"how": HOW}, follow=True)

    assert "2 Briefe sind erledigt." in page.text
    assert Settlement.objects.count() == 2


def test_choosing_nothing_that_failed_says_so(client: Client) -> None:
    sent = LetterFactory.create(state="sent", sent_at=AT)
    ministry(client)
    chosen = {"action": "settle", "_selected_action": [sent.pk]}

    page = client.post(reverse("admin:centres_letter_changelist"), chosen, follow=True)

    assert "Erledigt wird nur, was nicht zustellbar ist." in page.text


def test_without_a_word_nothing_is_settled(client: Client, failed: Letter) -> None:
    ministry(client)

    page = client.post(address(failed), {"how": ""})

    assert page.context["form"].errors["how"] == ["Bitte schreiben Sie, was Sie getan haben."]
    assert not Settlement.objects.exists()


def test_a_letter_somebody_has_settled_meanwhile_is_named_as_done(client: Client, failed: Letter) -> None:
    person = ministry(client)
    settle(Letter.objects.all(), how=HOW, by=person, at=AT)

    assert "keiner mehr offen" in client.get(address(failed)).text


@pytest.mark.parametrize("role", ["auditor", "service_office"])
def test_nobody_else_settles(client: Client, failed: Letter, role: str) -> None:
    client.force_login(UserFactory.create(**{role: True}))

    assert client.post(address(failed), {"how": HOW}).status_code in {302, 403, 404}
    assert not Settlement.objects.exists()
