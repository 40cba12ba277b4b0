"""What comes back: noted once, with consequences for the letter and its address."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from centres import bounces, mailbox, tasks
from centres.models import Bounce, JobRun, Letter, LetterState
from centres.rules.bounces import Kind
from tests.certification.admin import ministry
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.factories.post import LetterFactory
from tests.post.imap_server import holding
from tests.post.mail_server import MailServer
from tests.post.test_delivery import deliver

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAMPLES = Path(__file__).with_name("samples")
ADDRESS = "leitung@kita.example.net"


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.eml").read_bytes()


def sent(**fields: Any) -> Letter:
    """The letter that the samples speak of."""
    values = {
        "to": ADDRESS,
        "state": LetterState.SENT,
        "sent_at": AT,
        "message_id": "<letter-17@127.0.0.1>",
        **fields,
    }
    letter: Letter = LetterFactory.create(**values)
    return letter


def note(name: str) -> bool:
    return bounces.note(sample(name), at=AT)


def blocked() -> list[str]:
    return list(Bounce.objects.blocking().values_list("address", flat=True))


def test_a_hard_bounce_makes_the_letter_a_work_item_and_blocks_the_address() -> None:
    letter = sent()

    assert note("postfix-unknown")

    letter.refresh_from_db()
    assert (letter.state, letter.sent_at) == (LetterState.FAILED, None)
    assert letter.error.startswith(f"{ADDRESS} ist nicht erreichbar, gemeldet am 02.03.2026: 5.1.1 smtp; 550 5.1.1")
    assert blocked() == [ADDRESS]


@pytest.mark.parametrize(
    ("name", "kind", "state"),
    [
        ("postfix-delayed", Kind.SOFT, LetterState.SENT),
        ("gmail-over-quota", Kind.SOFT, LetterState.FAILED),
        ("exchange-policy", Kind.REFUSED, LetterState.FAILED),
    ],
)
def test_other_bounces_are_noted_and_block_nothing(name: str, kind: Kind, state: LetterState) -> None:
    letter = sent()

    note(name)

    letter.refresh_from_db()
    assert (Bounce.objects.get().kind, letter.state, blocked()) == (kind, state, [])


def test_a_report_that_is_read_twice_is_noted_once() -> None:
    sent()

    assert [note("exim-plain"), note("exim-plain")] == [True, False]


def test_a_report_without_message_id_is_matched_by_its_recipient() -> None:
    sent(message_id="<letter-1@127.0.0.1>", sent_at=AT - timedelta(days=9))
    last = sent(message_id="<letter-2@127.0.0.1>")

    note("postfix-unknown")

    assert Bounce.objects.get().letter == last


def test_a_report_full_of_rubbish_stops_nobody() -> None:
    sent()
    raw = sample("postfix-unknown").replace(b"User unknown", b"User \0\xff\xfe unknown")

    assert bounces.note(raw, at=AT)
    assert "User" in Bounce.objects.get().diagnostic


def test_a_forwarded_letter_blocks_the_address_that_we_know() -> None:
    sent(to="fz@example.org")

    note("postfix-unknown")

    assert blocked() == ["fz@example.org"]


@pytest.mark.parametrize("name", ["postfix-unknown", "absence-note", "receipt", "delivered"])
def test_what_concerns_no_letter_of_ours_changes_nothing(name: str) -> None:
    letter = sent(to="andere@example.org", message_id="<letter-18@127.0.0.1>")

    assert not note(name)

    letter.refresh_from_db()
    assert (letter.state, Bounce.objects.count()) == (LetterState.SENT, 0)


def test_the_work_item_names_other_ways_to_the_centre() -> None:
    lead = MembershipFactory.create(user__email=ADDRESS)
    MembershipFactory.create(centre=lead.centre, deputy=True, user__email="vize@example.org", user__name="Vera Vize")
    facility = lead.centre.facility_memberships.get().facility
    type(facility).objects.filter(pk=facility.pk).update(email="kita@example.org", name="Kita Nord")
    letter = sent(centre=lead.centre)

    note("postfix-unknown")

    letter.refresh_from_db()
    assert letter.error.endswith(
        "\nAndere Wege: vize@example.org (Vertretung Vera Vize), "
        f"{lead.centre.email} (Familienzentrum), kita@example.org (Einrichtung Kita Nord)."
    )


def test_nothing_is_sent_to_a_dead_address_until_the_block_is_lifted(mail_server: MailServer) -> None:
    sent()
    note("postfix-unknown")
    letter = LetterFactory.create(to="Leitung@Kita.example.net")

    assert deliver() == 0
    letter.refresh_from_db()
    assert letter.state == LetterState.FAILED
    assert "Andere Wege: keine bekannt." in letter.error

    Bounce.objects.lift(by=UserFactory.create(ministry=True), at=AT)
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.QUEUED)
    assert deliver() == 1


def test_a_lifted_block_stays_lifted_when_the_report_is_read_again() -> None:
    sent()
    note("postfix-unknown")
    Bounce.objects.lift(by=UserFactory.create(ministry=True), at=AT)

    note("postfix-unknown")

    assert blocked() == []


def test_the_ministry_lifts_all_blocks_of_an_address_at_once(client: Client) -> None:
    person = ministry(client)
    sent()
    note("postfix-unknown")
    note("exim-plain")
    page = reverse("admin:centres_bounce_changelist")
    assert client.get(page, {"sperre": "ja"}).text.count("leitung@kita.example.net</a>") == 2

    client.post(page, {"action": "lift", "_selected_action": [Bounce.objects.earliest("pk").pk]})

    assert blocked() == []
    assert {bounce.lifted_by for bounce in Bounce.objects.all()} == {person}


def test_a_bounce_is_read_and_never_edited(client: Client) -> None:
    ministry(client)
    sent()
    note("postfix-unknown")
    page = reverse("admin:centres_bounce_change", args=[Bounce.objects.get().pk])

    assert "User unknown in virtual mailbox table" in client.get(page).text
    assert client.post(page, {"status": "2.0.0"}).status_code == 403


def test_the_job_reads_reports_and_leaves_every_other_message(settings: Settings) -> None:
    sent()
    names = ["absence-note", "postfix-unknown", "exim-plain", "receipt"]

    with holding([sample(name) for name in names]) as server:
        settings.BOUNCE_IMAP_URL = server.url
        assert [tasks.read_bounces(), tasks.read_bounces()] == [2, 0]

    assert server.seen == {2, 3, 4}
    assert [run.wrote for run in JobRun.objects.order_by("pk")] == [2, 0]


def test_a_report_whose_reader_died_is_read_again() -> None:
    letter = sent()
    with holding([sample("postfix-unknown")]) as server:
        server.deaf = b"UID STORE"
        with pytest.raises(mailbox.MailboxError), mailbox.opened(server.url) as reports:
            bounces.note_all(reports, now=lambda: AT)
        server.deaf = b""
        with mailbox.opened(server.url) as reports:
            assert bounces.note_all(reports, now=lambda: AT) == 0

    assert Bounce.objects.get().letter == letter
    assert server.seen == {1}


def test_the_command_says_how_many_came_back(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    sent()
    with holding([sample("gmail-unknown")]) as server:
        settings.BOUNCE_IMAP_URL = server.url
        call_command("read_bounces")

    assert capsys.readouterr().out == "1 Rückläufer zugeordnet.\n"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "nicht gesetzt"),
        ("pop3://127.0.0.1/INBOX", "must look like"),
        ("imap://post:geheim@127.0.0.1:9/INBOX", "cannot be read"),
    ],
)
def test_the_command_says_why_it_cannot_read(settings: Settings, url: str, says: str) -> None:
    settings.BOUNCE_IMAP_URL = url

    with pytest.raises(CommandError, match=says) as refused:
        call_command("read_bounces")

    assert "geheim" not in str(refused.value)


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_note_a_report_once() -> None:
    sent()

    def read() -> None:
        note("postfix-unknown")
        connection.close()

    both = [Thread(target=read) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert Bounce.objects.count() == 1
