import time
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from centres import delivery
from centres.models import Letter, LetterState
from tests.factories.post import LetterFactory
from tests.post.mail_server import MailServer

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def deliver(at: datetime = AT) -> int:
    return delivery.deliver_waiting(now=lambda: at)


def test_a_waiting_letter_is_sent_and_the_moment_kept(mail_server: MailServer) -> None:
    letter = LetterFactory.create()

    assert deliver() == 1

    letter.refresh_from_db()
    assert (letter.state, letter.sent_at, letter.attempts) == (LetterState.SENT, AT, 1)
    assert letter.error == "250 accepted"
    assert [m["To"] for m in mail_server.accepted] == [letter.to]


def test_the_message_carries_its_headers_and_the_text_of_the_row(mail_server: MailServer) -> None:
    letter = LetterFactory.create()

    deliver()

    message = mail_server.accepted[0]
    assert (message["Message-ID"], message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == (
        f"<letter-{letter.pk}@127.0.0.1>", "auto-generated", "All",
    )  # fmt: skip
    assert message["Subject"] == letter.subject
    assert message.get_content().splitlines() == letter.body.splitlines()


def test_a_sent_letter_is_not_sent_again(mail_server: MailServer) -> None:
    LetterFactory.create()

    assert [deliver(), deliver()] == [1, 0]


def test_a_batch_goes_over_one_connection(mail_server: MailServer) -> None:
    LetterFactory.create_batch(5)

    deliver()

    assert (mail_server.connections, len(mail_server.accepted)) == (1, 5)


def test_one_refused_address_does_not_stop_the_others(mail_server: MailServer) -> None:
    first, bad, last = LetterFactory.create_batch(3)
    mail_server.refuse[bad.to] = "550 5.1.1 unknown"

    assert deliver() == 2

    bad.refresh_from_db()
    assert bad.state == LetterState.FAILED
    assert "5.1.1 unknown" in bad.error
    assert [m["To"] for m in mail_server.accepted] == [first.to, last.to]


def test_a_passing_refusal_is_tried_again_after_a_pause(mail_server: MailServer) -> None:
    letter = LetterFactory.create()
    mail_server.refuse[letter.to] = "451 4.7.1 later"
    deliver()
    mail_server.refuse.clear()

    sent = [deliver(AT + timedelta(seconds=30)), deliver(AT + timedelta(minutes=1))]

    letter.refresh_from_db()
    assert (sent, letter.state, letter.attempts) == ([0, 1], LetterState.SENT, 2)


def test_the_pauses_grow_and_end(mail_server: MailServer) -> None:
    letter = LetterFactory.create()
    mail_server.refuse[letter.to] = "451 4.7.1 later"
    at = AT

    for pause in delivery.PAUSES:
        deliver(at)
        at += pause
    deliver(at)

    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (LetterState.FAILED, len(delivery.PAUSES) + 1)


def test_a_server_out_of_reach_loses_nothing(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    letter = LetterFactory.create()

    deliver()

    letter.refresh_from_db()
    assert (letter.state, letter.retry_after) == (LetterState.RETRYING, AT + delivery.PAUSES[0])
    assert (letter.attempts, letter.error) == (0, "[Errno 111] Connection refused")


def test_a_letter_that_cannot_be_written_down_becomes_a_work_item(mail_server: MailServer) -> None:
    poisoned = LetterFactory.create(subject="Zeile\nzweite Zeile")
    LetterFactory.create()

    assert deliver() == 1

    poisoned.refresh_from_db()
    assert poisoned.state == LetterState.FAILED


def test_a_letter_whose_worker_died_is_sent_later(mail_server: MailServer) -> None:
    letter = LetterFactory.create()
    delivery.claim(at=AT)

    sent = [deliver(AT + timedelta(minutes=14)), deliver(AT + timedelta(minutes=16))]

    assert sent == [0, 1]
    assert Letter.objects.get().message_id == f"<letter-{letter.pk}@127.0.0.1>"


def test_a_letter_held_back_stays(mail_server: MailServer) -> None:
    LetterFactory.create(state=LetterState.WITHHELD)

    assert deliver() == 0


def test_a_server_that_closes_the_house_gets_no_further_letter_today(mail_server: MailServer) -> None:
    first, second, _ = LetterFactory.create_batch(3)
    mail_server.refuse[second.to] = "421 4.3.2 closing"

    assert deliver() == 1

    states = Letter.objects.order_by("pk").values_list("state", "attempts")
    assert list(states) == [(LetterState.SENT, 1), (LetterState.RETRYING, 1), (LetterState.RETRYING, 0)]
    assert [m["To"] for m in mail_server.accepted] == [first.to]


def test_one_poisoned_address_stops_nobody(mail_server: MailServer) -> None:
    LetterFactory.create_batch(150)
    LetterFactory.create(to="leitung@[kita")
    LetterFactory.create_batch(150)

    assert deliver() == 300
    assert Letter.objects.get(state=LetterState.FAILED).to == "leitung@[kita"


def test_a_round_that_lasts_too_long_gives_the_rest_back(mail_server: MailServer) -> None:
    LetterFactory.create_batch(4)
    minutes = (AT + timedelta(minutes=n) for n in range(99))

    sent = delivery.deliver_waiting(now=lambda: next(minutes))

    assert 0 < sent < 4
    rest = Letter.objects.filter(state=LetterState.QUEUED, attempts=0)
    assert rest.count() == 4 - sent


def test_a_worker_that_held_a_letter_too_long_does_not_overwrite_the_next_claim(mail_server: MailServer) -> None:
    LetterFactory.create()
    (stale,) = delivery.claim(at=AT)
    delivery.free_stuck(at=AT + timedelta(minutes=16))
    delivery.claim(at=AT + timedelta(minutes=16))

    delivery.give_back([stale], at=AT, error="")

    assert Letter.objects.get().state == LetterState.IN_FLIGHT


def test_a_letter_whose_day_is_over_becomes_a_work_item_and_no_retry_brings_it_back(mail_server: MailServer) -> None:
    LetterFactory.create(useful_through=AT.date() - timedelta(days=1), error="451 later")
    last = LetterFactory.create(useful_through=AT.date())

    assert deliver() == 1

    letter = Letter.objects.get(state=LetterState.FAILED)
    assert (letter.error, last.to) == (f"{delivery.OVER}451 later", mail_server.accepted[0]["To"])
    assert delivery.retry(Letter.objects.all(), at=AT) == 0


def test_letters_leave_at_the_pace_of_the_settings(mail_server: MailServer, settings: Settings) -> None:
    settings.LETTERS_PER_MINUTE = 300
    LetterFactory.create_batch(6)
    start = time.monotonic()

    assert deliver() == 6

    assert time.monotonic() - start >= 5 * 60 / 300
