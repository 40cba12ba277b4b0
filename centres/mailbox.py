"""The mailbox that undeliverable letters come back to, over IMAP (RFC 3501)."""

from collections.abc import Iterator
from contextlib import contextmanager
from imaplib import IMAP4, IMAP4_SSL
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

PORTS: dict[str, tuple[type[IMAP4], int]] = {"imaps": (IMAP4_SSL, 993), "imap": (IMAP4, 143)}
MOST = 256 * 1024  # bytes of a message that are read: a report says what it has to say at its beginning
# The server picks the reports; what people wrote, and what answered by itself, is neither fetched nor touched.
REPORTS = ("UNSEEN", "OR", "HEADER", "Content-Type", '"report"', "HEADER", "X-Failed-Recipients", '""')


class MailboxError(Exception):
    """The mailbox cannot be read; the text says why."""


@contextmanager
def opened(url: str) -> Iterator[Iterator[bytes]]:
    """The unread reports of the mailbox, for example `imaps://person:secret@imap.example.org/INBOX`.

    Each is marked as read when the next one is asked for: one whose reader died is read again.
    """
    with _connected(url) as server:
        folder = unquote(urlsplit(url).path.strip("/")) or "INBOX"
        quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
        _checked(server.select(f'"{quoted}"'))
        yield _reports(server)


@contextmanager
def _connected(url: str) -> Iterator[IMAP4]:
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise MailboxError("BOUNCE_IMAP_URL must look like imaps://person:secret@imap.example.org/INBOX.")
    kind, port = PORTS[parts.scheme]
    try:
        server = kind(parts.hostname, parts.port or port, timeout=settings.EMAIL_TIMEOUT)
        try:
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            yield server
        finally:
            _close(server)
    except (IMAP4.error, OSError) as error:
        raise MailboxError(f"The mailbox at {parts.hostname} cannot be read: {error}") from error


def _close(server: IMAP4) -> None:
    try:
        server.logout()
    except (IMAP4.error, OSError):  # it has gone first
        server.shutdown()


def _reports(server: IMAP4) -> Iterator[bytes]:
    (found,) = _checked(server.uid("SEARCH", *REPORTS))
    for uid in (found or b"").decode().split():
        for part in _checked(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST}>)")):
            if isinstance(part, tuple):
                yield part[1]
        _checked(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise MailboxError(f"The mailbox answered {status}: {data!r}")
    return data
