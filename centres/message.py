"""A letter as a message. Django's own says the same, but takes longer over each than the mail server does."""

from email.header import Header
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from centres import subscriptions
from centres.models import Letter

HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
PLAIN = ('Content-Type: text/plain; charset="utf-8"', "MIME-Version: 1.0", "Content-Transfer-Encoding: 8bit")
LONGEST_LINE = 998  # octets, RFC 5322


def of(letter: Letter, connection: BaseEmailBackend) -> EmailMessage:
    """The letter as mail; a calendar file travels as another form of the text, so that mail programs enter it."""
    own = {"Message-ID": letter.message_id, **subscriptions.headers(letter)}
    mail = LetterMessage(
        letter.subject, letter.body, to=[letter.to], headers={**HEADERS, **own}, connection=connection
    )
    if letter.attachment_type.startswith("text/calendar"):
        mail.attach_alternative(letter.attachment_text, letter.attachment_type.removesuffix("; charset=utf-8"))
    if letter.attachment_text:
        mail.attach(letter.attachment_name, letter.attachment_text, letter.attachment_type.partition(";")[0])
    return mail


class LetterMessage(EmailMultiAlternatives):
    """One addressee, text alone; its headers come from us but for subject and address."""

    def message(self, **options: Any) -> Any:
        """The ordinary letter is put together here; whatever needs thought, and every refusal, is left to Django."""
        return Written(self) if self._is_ordinary() else super().message(**options)

    def _is_ordinary(self) -> bool:
        (to,) = self.to
        return (
            not (self.attachments or self.alternatives)
            and to.isascii()
            and f"{to}{self.subject}".isprintable()  # hence no line ends
            and "\r" not in self.body
            and max(len(line) for line in self.body.encode().split(b"\n")) <= LONGEST_LINE
        )


class Written:
    """As much of a message as the backends ask of it."""

    def __init__(self, message: LetterMessage) -> None:
        headers = {
            "Subject": _words(str(message.subject)),
            "From": _sender(str(message.from_email)),
            "To": message.to[0],
            "Date": formatdate(localtime=settings.EMAIL_USE_LOCALTIME),
            **message.extra_headers,
        }
        self.text = "\n".join(
            [*PLAIN, *(f"{name}: {value}" for name, value in headers.items()), "", str(message.body)]
        )

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        return self.text.replace("\n", linesep).encode()


@lru_cache
def _words(subject: str) -> str:
    return subject if subject.isascii() else Header(subject, "utf-8", header_name="Subject").encode()


@lru_cache
def _sender(address: str) -> str:
    return sanitize_address(address, "utf-8")
