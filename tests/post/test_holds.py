"""Post the ministry holds: not written, not sent, and after the hold only what still helps."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from centres import delivery, holds
from centres.models import Hold, Letter, LetterState
from tests.factories.accounts import UserFactory
from tests.factories.post import LetterFactory
from tests.post.mail_server import MailServer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULE = "seal/6-months"


@pytest.fixture
def someone() -> User:
    person: User = UserFactory.create(ministry=True)
    return person


def held(by: User, **thing: str) -> Hold:
    return holds.hold(**thing, about="Brief", reason="Der Text ist falsch.", by=by, at=AT)


def states() -> dict[str, str]:
    return dict(Letter.objects.values_list("key", "state"))


def test_a_rule_withholds_what_waits_and_leaves_what_was_sent(someone: User) -> None:
    LetterFactory.create(key="a", rule=RULE)
    LetterFactory.create(key="b", rule=RULE, state=LetterState.RETRYING, retry_after=AT)
    LetterFactory.create(key="c", rule=RULE, state=LetterState.SENT, sent_at=AT)
    LetterFactory.create(key="d", rule="seal/1-month")

    held(someone, rule=RULE)

    assert states() == {"a": "withheld", "b": "withheld", "c": "sent", "d": "queued"}


def test_an_occasion_withholds_the_copies_too_and_no_other_letter(someone: User) -> None:
    for key in ("seal-1/6-months", "seal-1/6-months/7", "seal-1/6-months/7/x", "seal-11/6-months"):
        LetterFactory.create(key=key)

    held(someone, occasion="seal-1/6-months")

    assert [key for key, state in states().items() if state == "withheld"] == ["seal-1/6-months", "seal-1/6-months/7"]


def test_a_letter_written_under_a_hold_is_not_sent(someone: User, mail_server: MailServer) -> None:
    held(someone, rule=RULE)
    LetterFactory.create(rule=RULE)

    assert delivery.deliver_waiting(now=lambda: AT) == 0

    letter = Letter.objects.get()
    assert (letter.state, letter.hold, letter.attempts) == (LetterState.WITHHELD, Hold.objects.get(), 0)


def test_lifting_sends_what_waited(someone: User, mail_server: MailServer) -> None:
    letter = LetterFactory.create(rule=RULE)
    hold = held(someone, rule=RULE)

    assert holds.lift(hold, by=someone, at=AT + timedelta(hours=1)) == 1

    delivery.deliver_waiting(now=lambda: AT)
    assert [message["To"] for message in mail_server.accepted] == [letter.to]


def test_lifting_after_the_event_sends_nothing_and_says_so(someone: User, mail_server: MailServer) -> None:
    LetterFactory.create(rule=RULE, key="over", useful_through=date(2026, 3, 2))
    LetterFactory.create(rule=RULE, key="last", useful_through=date(2026, 3, 3))
    hold = held(someone, rule=RULE)

    assert holds.lift(hold, by=someone, at=AT + timedelta(days=1)) == 1

    assert states() == {"over": "withheld", "last": "queued"}
    assert Letter.objects.get(key="over").error == holds.OVER


def test_lifting_one_of_two_holds_sends_nothing(someone: User) -> None:
    LetterFactory.create(key="seal-1/6-months", rule=RULE)
    first, second = held(someone, rule=RULE), held(someone, occasion="seal-1/6-months")

    assert holds.lift(first, by=someone, at=AT) == 0
    assert Letter.objects.get().hold == second
    assert holds.lift(second, by=someone, at=AT) == 1


def test_lifting_twice_is_lifting_once(someone: User) -> None:
    hold = held(someone, rule=RULE)
    holds.lift(hold, by=someone, at=AT)

    holds.lift(hold, by=UserFactory.create(ministry=True), at=AT + timedelta(days=1))

    hold.refresh_from_db()
    assert (hold.lifted_by, hold.lifted_at) == (someone, AT)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"rule": RULE, "reason": " \n"}, "hold_with_reason"),
        ({"rule": "", "occasion": ""}, "hold_of_one_thing"),
        ({"rule": RULE, "occasion": "seal-1/6-months"}, "hold_of_one_thing"),
        ({"rule": RULE, "lifted_at": AT}, "hold_lifted_by_someone"),
        ({"rule": "taken"}, "hold_of_rule_once"),
        ({"occasion": "taken"}, "hold_of_occasion_once"),
    ],
)
def test_the_database_refuses_holds_without_sense(someone: User, values: dict[str, object], name: str) -> None:
    held(someone, rule="taken")
    held(someone, occasion="taken")

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Hold.objects.create(**{"about": "Brief", "reason": "Text", "held_by": someone, "held_at": AT, **values})


def test_what_was_lifted_may_be_held_again(someone: User) -> None:
    holds.lift(held(someone, rule=RULE), by=someone, at=AT)

    held(someone, rule=RULE)

    assert Hold.objects.in_force().count() == 1


def test_a_letter_that_is_not_withheld_has_no_hold(someone: User) -> None:
    hold = held(someone, rule="other")

    with pytest.raises(IntegrityError, match="letter_held_is_withheld"), transaction.atomic():
        LetterFactory.create(hold=hold)
