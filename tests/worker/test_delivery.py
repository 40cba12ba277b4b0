"""Letters while workers die, the broker forgets and the mail server misbehaves: each arrives, and once."""

import signal
from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction

from centres import holds, post
from centres.models import Letter, LetterState
from config.celery import app
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.post import LetterFactory
from tests.worker.conftest import AT, Worker, later, wait_until, wake
from tests.worker.mail_server import HANG_UP, Hold, MailServer


def letters(number: int = 3) -> list[str]:
    """The addresses of so many letters that wait."""
    return sorted(letter.to for letter in LetterFactory.create_batch(number))


def in_state(state: LetterState, number: int) -> bool:
    return Letter.objects.filter(state=state).count() == number


def all_sent() -> bool:
    return not Letter.objects.exclude(state=LetterState.SENT).exists()


def settled() -> bool:
    return not Letter.objects.filter(state__in=[LetterState.QUEUED, LetterState.IN_FLIGHT]).exists()


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY"])
def test_a_worker_killed_before_acceptance_costs_nobody_a_letter(step: str, worker: Worker, mail: MailServer) -> None:
    addresses = letters()
    hold = Hold("451 too late")
    mail.will(step, hold)
    wake()
    assert hold.arrived.wait(60)

    worker.kill()
    hold.released.set()
    assert in_state(LetterState.IN_FLIGHT, 3)
    later()
    worker.start()
    wake()

    wait_until(all_sent)
    assert mail.addresses() == addresses


def test_death_between_acceptance_and_record_repeats_one_letter_under_one_message_id(
    worker: Worker, mail: MailServer
) -> None:
    addresses = letters()
    hold = Hold()
    mail.will("BODY", hold)
    wake()
    assert hold.arrived.wait(60)

    worker.signal(signal.SIGSTOP)  # the answer reaches its socket, but not its mind
    hold.released.set()
    wait_until(lambda: mail.accepted)
    worker.kill()
    later()
    worker.start()
    wake()

    wait_until(all_sent)
    twice = mail.accepted[0]["To"]
    assert mail.addresses() == sorted([*addresses, twice])
    assert len({message["Message-ID"] for message in mail.accepted}) == 3


def test_a_broker_that_forgets_everything_loses_no_letter(worker: Worker, mail: MailServer) -> None:
    wake()
    wait_until(worker.idle)
    addresses = letters()
    worker.broker.flushdb()

    wake()

    wait_until(all_sent)
    assert mail.addresses() == addresses


@pytest.mark.parametrize(
    ("step", "move"),
    [
        ("CONNECT", "554 no service"),
        ("CONNECT", HANG_UP),
        ("CONNECT", Hold()),
        ("EHLO", "421 closing"),
        ("MAIL", "421 closing"),
        ("MAIL", "451 later"),
        ("RCPT", "421 closing"),
        ("RCPT", "451 later"),
        ("RCPT", Hold()),
        ("DATA", "421 closing"),
        ("DATA", HANG_UP),
        ("BODY", HANG_UP),
        ("BODY", "451 later"),
        ("BODY", "421 closing"),
    ],
)
def test_trouble_with_the_server_delays_letters_and_repeats_none(
    step: str, move: str | Hold, worker: Worker, hire: Callable[..., Worker], mail: MailServer
) -> None:
    if isinstance(move, Hold):
        worker.stop()
        hire(patience=3)  # else the test would wait as long as a worker does
    addresses = letters()
    mail.will(step, move)
    wake()
    wait_until(settled)
    assert Letter.objects.filter(state=LetterState.RETRYING).exclude(error="").exists()

    later()
    wake()

    wait_until(all_sent)
    assert mail.addresses() == addresses


def test_a_server_that_takes_its_time_gets_each_letter_once(worker: Worker, mail: MailServer) -> None:
    addresses = letters()
    mail.will("BODY", 0.8, 0.8, 0.8)

    for _ in range(3):
        wake()

    wait_until(all_sent)
    assert (mail.addresses(), mail.connections) == (addresses, 1)


def test_one_poisoned_address_among_all_stops_nobody(worker: Worker, mail: MailServer) -> None:
    build = partial(LetterFactory.build, body="Guten Tag")
    Letter.objects.bulk_create(build() for _ in range(3_320))
    refused, unwritable = LetterFactory.create(to="gibt-es-nicht@example.org"), LetterFactory.create(to="a@[b")
    mail.refuse[refused.to] = "550 5.1.1 unknown"

    wake()

    wait_until(settled)
    assert set(Letter.objects.filter(state=LetterState.FAILED)) == {refused, unwritable}
    assert len(mail.accepted) == 3_320


def test_two_workers_over_one_queue_send_each_letter_once(
    worker: Worker, hire: Callable[..., Worker], mail: MailServer
) -> None:
    second, held = hire(), Hold()
    wait_until(lambda: len(app.control.ping(timeout=0.5)) == 2)  # else the first is done before the other is born
    addresses = letters(250)
    mail.will("BODY", held)  # whichever comes first waits with its hundred in hand, while the other works on

    for _ in range(2):
        wake()
    assert held.arrived.wait(60)
    wait_until(lambda: in_state(LetterState.SENT, 150))
    held.released.set()

    wait_until(all_sent)
    second.stop()
    assert (mail.addresses(), mail.connections) == (addresses, 3)


def test_a_broker_that_forgets_in_the_middle_of_a_batch_loses_no_letter(worker: Worker, mail: MailServer) -> None:
    addresses, held = letters(), Hold()
    mail.will("BODY", held)
    wake()
    assert held.arrived.wait(60)

    addresses += letters()
    wake()
    worker.broker.flushdb()
    held.released.set()

    wait_until(all_sent)
    assert mail.addresses() == sorted(addresses)


def test_what_is_held_while_it_is_in_flight_does_not_go_out_on_the_next_try(worker: Worker, mail: MailServer) -> None:
    held = Hold("451 later")
    letters(1)
    mail.will("BODY", held)
    wake()
    assert held.arrived.wait(60)

    by = UserFactory.create(ministry=True)
    holds.hold(rule="seal/6-months", about="Regel", reason="falscher Text", by=by, at=AT)
    held.released.set()
    wait_until(settled)
    later()
    wake()

    wait_until(lambda: in_state(LetterState.WITHHELD, 1))
    assert mail.accepted == []


def test_a_letter_of_a_transaction_rolled_back_is_never_sent(worker: Worker, mail: MailServer) -> None:
    undone, kept = (
        FamilyCentreFactory.create(email="a@example.org"),
        FamilyCentreFactory.create(email="b@example.org"),
    )

    def write(centre: object, *, then_fail: bool) -> None:
        with transaction.atomic():
            post.write(
                centre,
                "reminder_seal",
                key=f"{centre}",
                rule="seal",
                why="Anlass",
                at=AT,
                day=AT.date(),
                left="bald",
                case=None,
            )
            transaction.set_rollback(then_fail)

    write(undone, then_fail=True)
    write(kept, then_fail=False)

    wait_until(lambda: mail.accepted)
    assert mail.addresses() == ["b@example.org"]
    assert Letter.objects.count() == 1
