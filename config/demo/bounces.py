"""What came back of the demo's letters, read from reports like a mail server's."""

from datetime import datetime, timedelta

from centres import bounces
from centres.models import Letter, LetterState

AFTER = timedelta(minutes=3)
# Status, action and answer: an address that is dead, a letter refused for its kind, a mailbox that may recover.
REPORTS = (
    ("5.1.1", "failed", "550 5.1.1 Recipient address rejected: User unknown"),
    ("5.7.1", "failed", "554 5.7.1 Message rejected by policy"),
    ("4.2.2", "delayed", "452 4.2.2 Mailbox full"),
)
REPORT = """\
From: MAILER-DAEMON@mail.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="demo"

--demo
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--demo
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--demo--
"""


def make_bounces() -> None:
    """Of the newest letters that were sent; nobody who signs in to the demo is among them."""
    sent = Letter.objects.filter(state=LetterState.SENT, centre__isnull=False)
    strangers = sent.filter(to__regex=r"\.[0-9]+@").order_by("-written_at", "key")
    for letter, (status, action, said) in zip(strangers[: len(REPORTS)], REPORTS, strict=False):
        report = REPORT.format(to=letter.to, action=action, status=status, said=said, message_id=letter.message_id)
        bounces.note(report.encode(), at=_read_at(letter))


def _read_at(letter: Letter) -> datetime:
    assert letter.sent_at  # noqa: S101 - it was sent
    return letter.sent_at + AFTER
