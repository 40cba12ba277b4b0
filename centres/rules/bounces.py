"""What a delivery report says (RFC 3464, codes of RFC 3463; Exim's plain text as well). Plain Python, no clock.

Every other message is none: an absence note, a receipt, an answer of a person. Nothing here ever answers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
BASIC = re.compile(r"\b([45])\d\d\b")
COPY = re.compile(r"^-{4,}.*\bcopy of (?:the|your) message\b.*$", re.MULTILINE | re.IGNORECASE)
RETURNED = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
IDENTIFIERS = re.compile(r"<[^<>\s\0]+>")
# Permanent, but about this message, this house or a full mailbox: the address itself is alive.
NOT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3.", "5.6.", "5.7.")


class Kind(StrEnum):
    HARD = "hard"
    REFUSED = "refused"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient; `final` where the mail server has given up."""

    address: str
    status: str
    diagnostic: str
    final: bool

    @property
    def kind(self) -> Kind:
        """Hard (5.x.x) says that the address is dead; 4.x.x may pass.

        A house whose mail is refused by policy (5.7.x) or for its size must not lose every address it writes to.
        """
        if not self.status.startswith("5."):
            return Kind.SOFT
        return Kind.REFUSED if self.status.startswith(NOT_THE_ADDRESS) else Kind.HARD


@dataclass(frozen=True, slots=True)
class Report:
    """Whom a message did not reach, and by which names (Message-ID) the message may have gone."""

    failures: tuple[Failure, ...]
    message_ids: tuple[str, ...]


def read(raw: bytes) -> Report | None:
    """The report in a message; None where it is no report of a failure."""
    message = message_from_bytes(raw)
    found = _reported(message) if _is_report(message) else _exim(message)
    failures = {failure.address: failure for failure in found}
    return Report(tuple(failures.values()), tuple(_message_ids(message))) if failures else None


def _is_report(message: Message) -> bool:
    kind = str(message.get_param("report-type", "")).lower()
    return message.get_content_type() == "multipart/report" and kind == "delivery-status"


def _reported(message: Message) -> Iterator[Failure]:
    for part in message.walk():
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            for block in list(part.walk())[1:]:  # its groups of fields, parsed as messages of their own
                yield from _failure(block)


def _failure(block: Message) -> Iterator[Failure]:
    """What one group of fields says; the first group, about the message as a whole, names no recipient."""
    action = _field(block, "Action").lower().partition(" ")[0]
    address = _address(_field(block, "Original-Recipient")) or _address(_field(block, "Final-Recipient"))
    if address and action in {"failed", "delayed"}:
        diagnostic = _field(block, "Diagnostic-Code")
        status = _status(_field(block, "Status"), diagnostic, permanent=action == "failed")
        yield Failure(address, status, diagnostic, final=action == "failed")


def _exim(message: Message) -> Iterator[Failure]:
    """Exim without a report part: the header names the recipients, the text says why, the copy follows."""
    text = COPY.split(_text(message), maxsplit=1)[0]
    for address in filter(None, map(_address, _field(message, "X-Failed-Recipients").split(","))):
        said = re.search(
            rf"^ +{re.escape(address)}$(.*?)(?=^ {{2}}\S|\Z)", text, re.DOTALL | re.IGNORECASE | re.MULTILINE
        )
        diagnostic = " ".join(said.group(1).split()) if said else ""
        yield Failure(address, _status("", diagnostic, permanent=True), diagnostic, final=True)


def _status(said: str, diagnostic: str, *, permanent: bool) -> str:
    """The most telling code: a server's own 5.1.1 says more than the 5.0.0 of the one that reports."""
    for text in (said, diagnostic):
        if (match := ENHANCED.search(text)) and not match.group(0).endswith(".0.0"):
            return match.group(0)
    if match := ENHANCED.search(said) or BASIC.search(diagnostic):
        return f"{match.group(1)}.0.0"
    return "5.0.0" if permanent else "4.0.0"


def _message_ids(message: Message) -> Iterator[str]:
    """First from what was returned, then from what the report answers to."""
    for part in message.walk():
        if part.get_content_type() in RETURNED:
            yield from IDENTIFIERS.findall(_returned_id(part))
    if not message.is_multipart() and len(parts := COPY.split(_text(message), maxsplit=1)) == 2:
        yield from IDENTIFIERS.findall(_headers_id(parts[1]))
    yield from IDENTIFIERS.findall(_field(message, "In-Reply-To") + _field(message, "References"))


def _returned_id(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        first = payload[0] if payload else None
        return _field(first, "Message-ID") if isinstance(first, Message) else ""
    return _headers_id(_text(part))


def _headers_id(text: str) -> str:
    match = re.search(r"^Message-ID:\s*(<[^<>\s\0]+>)", text, re.MULTILINE | re.IGNORECASE)
    return match.group(1) if match else ""


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace").replace("\0", " ") if isinstance(payload, bytes) else ""


def _field(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).replace("\0", " ").split())


def _address(said: str) -> str:
    """`rfc822; <Person@example.org>` → `person@example.org`."""
    address = said.rpartition(";")[2].strip().strip("<>").lower()
    return address if re.fullmatch(r"[^@\s\0]+@[^@\s\0]+", address) else ""
