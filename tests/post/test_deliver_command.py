from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories.post import LetterFactory
from tests.post.mail_server import MailServer

pytestmark = pytest.mark.django_db


def test_the_command_sends_what_waits_and_counts_what_it_could_not(mail_server: MailServer) -> None:
    LetterFactory.create()
    mail_server.refuse[LetterFactory.create().to] = "550 5.1.1 unknown"
    out = StringIO()

    call_command("deliver_letters", stdout=out)

    assert out.getvalue() == "1 Briefe versandt, 1 nicht zugestellt.\n"
