"""Our quick way to put a letter into words says the same as Django's own."""

from email import message_from_bytes
from email.message import EmailMessage as Parsed
from email.policy import default
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from hypothesis import given
from hypothesis import strategies as some

from centres import message
from centres.message import LetterMessage, Written

WORDS = some.text(some.characters(exclude_categories=["Cs", "Cc"]), max_size=250)
TEXTS = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=2000)
HEADERS = {**message.HEADERS, "Message-ID": "<letter-1@example.org>", "Date": "Mon, 02 Mar 2026 09:00:00 +0100"}


def mail(kind: type[EmailMultiAlternatives], subject: str, body: str, to: str = "a@example.org") -> Any:
    return kind(subject, body, to=[to], headers=dict(HEADERS), connection=get_connection())


def read(written: Any) -> tuple[dict[str, str], str]:
    parsed = message_from_bytes(written.message().as_bytes(linesep="\r\n"), policy=default)
    assert isinstance(parsed, Parsed)
    skipped = {"content-transfer-encoding"}
    return {k: " ".join(str(v).split()) for k, v in parsed.items() if k.lower() not in skipped}, parsed.get_content()


@given(WORDS, TEXTS)
def test_it_reads_like_djangos(subject: str, body: str) -> None:
    ours = read(mail(LetterMessage, subject, body))

    headers, text = read(mail(EmailMultiAlternatives, subject, body))
    assert (ours[0], ours[1].rstrip("\n")) == (headers, text.rstrip("\n"))


@pytest.mark.parametrize(
    ("subject", "body", "to"),
    [
        ("Zeile\nzweite", "Guten Tag", "a@example.org"),
        ("Betreff", "x" * 999, "a@example.org"),
        ("Betreff", "Guten\rTag", "a@example.org"),
        ("Betreff", "Guten Tag", "a@käse.example"),
    ],
)
def test_what_needs_thought_is_left_to_django(subject: str, body: str, to: str) -> None:
    assert not mail(LetterMessage, subject, body, to)._is_ordinary()


def test_the_ordinary_letter_is_not_left_to_django() -> None:
    assert isinstance(mail(LetterMessage, "Ihr Gütesiegel", "Guten Tag,\n\nGrüße\n").message(), Written)
