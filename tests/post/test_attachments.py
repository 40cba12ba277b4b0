"""A letter may bring one attachment, stored with it: what was sent is what is kept."""

import pytest
from django.db import IntegrityError
from icalendar import Calendar

from centres import post
from centres.calendar import Method, Person, calendar_file, content_type
from centres.models import Letter
from tests.centres.test_calendar import VISIT
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.post.mail_server import MailServer
from tests.post.test_delivery import AT, deliver

pytestmark = pytest.mark.django_db


def invitation(recipient: post.Recipient) -> post.Attachment:
    text = calendar_file([VISIT], method=Method.REQUEST, name=Person(recipient.email).email)
    return post.Attachment("begehung.ics", content_type(Method.REQUEST), text)


def write() -> list[Letter]:
    lead = MembershipFactory.create()
    MembershipFactory.create(centre=lead.centre, deputy=True)
    post.write(lead.centre, "feedback", key="visit-1/0", rule="agree_visit", why="Anlass", at=AT, attach=invitation)
    return list(Letter.objects.order_by("pk"))


def test_each_reader_gets_an_attachment_of_their_own() -> None:
    letters = write()

    names = [str(Calendar.from_ical(letter.attachment_text)["X-WR-CALNAME"]) for letter in letters]
    assert names == [letter.to for letter in letters]


def test_a_mail_program_finds_the_invitation_and_the_file(mail_server: MailServer) -> None:
    letter = write()[0]

    deliver()

    mail = next(each for each in mail_server.accepted if each["To"] == letter.to)
    parts = {part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}
    form, file = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert list(parts) == ["text/plain", "text/calendar"]
    assert (form.get_param("method"), form.get_param("charset")) == ("REQUEST", "utf-8")
    assert file.get_filename() == "begehung.ics"
    for part in (form, file):
        assert part.get_payload(decode=True).decode().splitlines() == letter.attachment_text.splitlines()


def test_a_letter_to_staff_may_bring_one_too() -> None:
    person = UserFactory.create(auditor=True)

    post.write_to_staff(
        person, "feedback", key="visit-1/0/auditor", rule="agree_visit", why="Anlass", at=AT, attach=invitation
    )

    assert Letter.objects.get().attachment_name == "begehung.ics"


def test_an_attachment_is_whole_or_none() -> None:
    with pytest.raises(IntegrityError, match="letter_attachment_whole"):
        Letter.objects.filter(pk=write()[0].pk).update(attachment_name="")
