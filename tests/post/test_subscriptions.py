"""Letters one may do without: the link, the one click, the own page; what is mandatory knows none of it."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from centres import delivery, post, subscriptions
from centres.models import Letter, LetterState, OptOut
from centres.rules.subscriptions import EARLY, EVENTS, KINDS, MAILINGS, is_mandatory, kind_of
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.post import LetterFactory
from tests.post.mail_server import MailServer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPTIONAL = {"rule": "seal/22-months", "mandatory": False}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def optional(**fields: object) -> Letter:
    letter: Letter = LetterFactory.create(**{"to": "Leitung@example.org", **OPTIONAL, **fields})
    return letter


def path_of(letter: Letter) -> str:
    return subscriptions.link(letter.key).partition("127.0.0.1")[2].partition("/")[2].join(["/", ""])


def ended() -> list[tuple[str, str]]:
    return list(OptOut.objects.in_force().values_list("address", "kind"))


@pytest.mark.parametrize(
    ("rule", "kind"), [("seal/22-months", EARLY), ("event/3-days", EVENTS), ("mailing/4", MAILINGS)]
)
def test_a_rule_has_a_kind(rule: str, kind: str) -> None:
    assert kind_of(rule) == kind


def test_only_the_early_reminder_is_not_mandatory() -> None:
    assert (is_mandatory("seal/22-months"), is_mandatory("seal/12-months")) == (False, True)


def test_an_optional_letter_carries_both_headers(mail_server: MailServer) -> None:
    letter = optional()

    delivery.deliver_waiting(now=lambda: AT)

    (message,) = mail_server.accepted
    assert message["List-Unsubscribe"] == f"<{subscriptions.link(letter.key)}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mandatory_letter_carries_neither(mail_server: MailServer) -> None:
    LetterFactory.create()

    delivery.deliver_waiting(now=lambda: AT)

    (message,) = mail_server.accepted
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (None, None)


def test_one_click_ends_them_without_cookies_or_sign_in(mail_server: MailServer) -> None:
    letter = optional()
    client = Client(enforce_csrf_checks=True)

    response = client.post(path_of(letter), ONE_CLICK)

    assert (response.status_code, ended()) == (200, [("leitung@example.org", EARLY)])
    assert delivery.deliver_waiting(now=lambda: AT) == 0


def test_looking_changes_nothing(client: Client) -> None:
    letter = optional()

    for _ in range(2):
        response = client.get(path_of(letter))
        client.head(path_of(letter))

    assert "Ja, abbestellen" in response.text
    assert ended() == []


def test_a_second_click_and_a_change_of_mind(client: Client) -> None:
    page = path_of(optional())

    for _ in range(2):
        client.post(page, ONE_CLICK)
    assert ended() == [("leitung@example.org", EARLY)]
    response = client.post(page, {"wieder": "ja"})

    assert ended() == []
    assert "gehen wieder" in response.text


@pytest.mark.parametrize("change", ["x", ""])
def test_a_link_that_is_not_ours_is_not_there(client: Client, change: str) -> None:
    letter = optional() if change else LetterFactory.create()
    page = path_of(letter)

    assert client.post(page[:-1] + change + "/" if change else page, ONE_CLICK).status_code == 404
    assert ended() == []


def test_the_link_does_not_show_the_address() -> None:
    assert "example.org" not in path_of(optional())


def test_an_ended_kind_is_not_written_but_mandatory_letters_are(mail_server: MailServer) -> None:
    centre = FamilyCentreFactory.create(email="Zentrum@example.org")
    subscriptions.end("zentrum@example.org", EARLY, at=AT)
    words = {"day": date(2030, 7, 31), "left": "bald", "case": None, "why": "Darum."}

    early = post.write(centre, "reminder_seal", key="a", at=AT, **OPTIONAL, **words)
    due = post.write(centre, "reminder_seal", key="b", rule="seal/6-months", at=AT, **words)

    assert (early, due, Letter.objects.get().key) == (0, 1, "b")


def test_an_optional_letter_ends_with_its_link() -> None:
    centre = FamilyCentreFactory.create(email="zentrum@example.org")
    words = {"day": date(2030, 7, 31), "left": "bald", "case": None, "why": "Darum."}

    post.write(centre, "reminder_seal", key="a", at=AT, **OPTIONAL, **words)
    post.write(centre, "reminder_seal", key="b", rule="seal/6-months", at=AT, **words)

    found = {letter.key: re.findall(r"\S+abbestellen\S+", letter.body) for letter in Letter.objects.all()}
    assert found == {"a": [subscriptions.link("a")], "b": []}


def test_ending_a_kind_stops_what_waits_of_it_only() -> None:
    optional(key="a")
    optional(key="b", rule="mailing/1")
    optional(key="c", state=LetterState.RETRYING, retry_after=AT)
    LetterFactory.create(key="d", to="leitung@example.org")

    subscriptions.end("leitung@example.org", EARLY, at=AT)

    states = dict(Letter.objects.values_list("key", "state"))
    assert states == {"a": "withheld", "b": "queued", "c": "withheld", "d": "queued"}


def test_the_own_page_shows_and_changes_what_one_gets(client: Client) -> None:
    person = UserFactory.create(email="leitung@example.org")
    subscriptions.end("leitung@example.org", EARLY, at=AT)
    client.force_login(person)
    page = reverse("letter_settings")
    assert client.get(page).text.count(" checked") == len(KINDS) - 1

    client.post(page, {"kind": [EARLY, MAILINGS]})

    assert ended() == [("leitung@example.org", EVENTS)]


def test_the_own_page_is_the_own(client: Client) -> None:
    assert client.get(reverse("letter_settings")).status_code == 302
