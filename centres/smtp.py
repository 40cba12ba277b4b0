"""Django's SMTP backend, which also keeps the server's answer: its queue number finds a letter in the log."""

import smtplib
from typing import Any

from django.core.mail.backends import smtp


class Attentive(smtplib.SMTP):
    """Keeps what the server said to the last message."""

    answer = ""

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, words = super().data(msg)
        self.answer = f"{code} {words.decode(errors='replace')}"
        return code, words


class AttentiveWithTLS(Attentive, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return AttentiveWithTLS if self.use_ssl else Attentive

    @property
    def answer(self) -> str:
        return self.connection.answer if isinstance(self.connection, Attentive) else ""
