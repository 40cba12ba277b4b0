from datetime import timedelta
from threading import Thread

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from centres.models import FamilyCentre, Letter, OptOut
from centres.rules.subscriptions import EVENTS
from events import inviting
from events.audience import Person
from events.models import EventSeries, InfoEvent, Invitation, InvitationBatch
from tests.events.office import concerned, invited
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
AT = start(1)


@pytest.fixture(autouse=True)
def _at() -> object:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(UserFactory.create(service_office=True, name="Aylin Korkmaz"))
    return client


def address(event: InfoEvent, query: str = "runde=round-1&wer=alle") -> str:
    return f"{reverse('office:invite', args=[event.pk])}?{query}"


def people(*centres: FamilyCentre) -> list[Person]:
    return [Person(each.email, "", each) for each in centres]


def invite(event: InfoEvent, found: list[Person], *, by: User | None = None) -> InvitationBatch:
    by = by or UserFactory.create(service_office=True)
    return inviting.invite(event, lambda: found, confirmed=len(found), chosen="alle", by=by, at=AT)


def write() -> int:
    return inviting.write_letters(now=lambda: AT)


def test_the_page_shows_whom_it_would_be(office: Client) -> None:
    event, (first, _) = InfoEventFactory.create(), concerned(2)
    invited(event, first.email, first)

    page = office.get(address(event)).content.decode()

    assert "1 Person würde eingeladen" in page
    assert "Re-Zertifizierung 2027 (2 Familienzentren)" in page


def test_whoever_cannot_be_written_to_is_named(office: Client) -> None:
    event, (centre,) = InfoEventFactory.create(), concerned()
    FamilyCentre.objects.filter(pk=centre.pk).update(email="", name="Kita am Bach", phone="0221 1")

    assert "Kita am Bach" in office.get(address(event)).content.decode()


def test_confirmed_by_its_number_everybody_is_invited_once(office: Client) -> None:
    event = InfoEventFactory.create()
    concerned(2)

    for _ in range(2):
        office.post(address(event), {"anzahl": "2"})
    write()
    write()

    batch = InvitationBatch.objects.get()
    assert (batch.people, batch.by.name, "Re-Zertifizierung 2027" in batch.chosen) == (2, "Aylin Korkmaz", True)
    assert Letter.objects.filter(template="event_invited").count() == 2


def test_a_stale_number_is_refused_and_the_new_one_shown(office: Client) -> None:
    event = InfoEventFactory.create()
    concerned(3)

    page = office.post(address(event), {"anzahl": "2"}).content.decode()

    assert "Inzwischen sind es 3 statt 2 Personen" in page
    assert "3 Personen jetzt einladen" in page
    assert not Invitation.objects.exists()


def test_nobody_is_invited_to_a_draft_or_after_the_last_day(office: Client) -> None:
    draft, over = InfoEventFactory.create(state="draft"), InfoEventFactory.create(starts_at=start(3))
    over.registration_until = (AT - timedelta(days=1)).date()
    over.save()
    concerned()

    for event in (draft, over):
        office.post(address(event), {"anzahl": "1"})

    assert not Invitation.objects.exists()


@pytest.mark.parametrize("fields", [{"state": "cancelled"}, {"starts_at": AT}], ids=["called off", "begun"])
def test_nobody_is_offered_to_be_invited_or_reminded_when_it_is_too_late(
    office: Client, fields: dict[str, object]
) -> None:
    event, (centre,) = InfoEventFactory.create(**fields), concerned()
    invited(event, "schweigt@example.org", centre)

    page = office.get(address(event)).content.decode()
    question = office.get(reverse("office:remind", args=[event.pk])).content.decode()

    assert "Einladen und Erinnern ist nicht mehr möglich." in page
    assert "Einmal erinnern" not in page
    assert "Zahlen zeigen" not in page
    assert "Erinnern ist nicht mehr möglich" in question


def test_the_round_of_the_kind_of_the_event_is_chosen_beforehand(office: Client) -> None:
    event = InfoEventFactory.create(kind="initial")
    concerned()
    concerned(key="round-2", label="Erst-Zertifizierung 2027")

    form = office.get(reverse("office:invite", args=[event.pk])).context["form"]

    assert form["runde"].value() == ["round-2"]


@pytest.mark.parametrize(("who", "number"), [("alle", 3), ("fehlend", 2), ("erstmals", 2)])
def test_who_is_still_missing_and_who_was_invited_before_can_be_chosen(office: Client, who: str, number: int) -> None:
    series = EventSeries.objects.create(label="Herbst")
    event, other = InfoEventFactory.create(series=series), InfoEventFactory.create(series=series)
    represented, _, asked = concerned(3)
    RegistrationFactory.create(event=other, centre=represented)
    invited(other, asked.email, asked)

    page = office.get(address(event, f"runde=round-1&wer={who}")).content.decode()

    assert f"{number} Personen würden eingeladen" in page


def test_region_and_youth_office_narrow_the_choice(office: Client) -> None:
    event, (mine, _) = InfoEventFactory.create(), concerned(2)

    page = office.get(address(event, f"runde=round-1&jugendamt={mine.youth_office_id}&landesjugendamt=LVR"))

    assert "1 Person würde eingeladen" in page.content.decode()


def test_a_person_with_two_centres_gets_one_letter_with_a_link_that_works(client: Client) -> None:
    event, (first, second) = InfoEventFactory.create(), concerned(2)
    person = UserFactory.create(name="Ayşe Yılmaz")
    for centre in (first, second):
        MembershipFactory.create(user=person, centre=centre)
    office = Client()
    office.force_login(UserFactory.create(service_office=True))

    office.post(address(event), {"anzahl": "1"})
    write()

    letter = Letter.objects.get(template="event_invited")
    assert (letter.to, letter.centre, letter.mandatory) == (person.email, first, True)
    link = next(word for word in letter.body.split() if "/einladung/" in word)
    assert client.get("/" + link.split("/", 3)[3]).status_code == 200


def test_whoever_is_registered_is_not_invited(office: Client) -> None:
    event, (centre, other) = InfoEventFactory.create(), concerned(2)
    RegistrationFactory.create(event=event, centre=other, email=centre.email.upper())

    assert "1 Person würde eingeladen" in office.get(address(event)).content.decode()


def test_letters_go_on_where_they_were_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    event = InfoEventFactory.create()
    invite(event, people(*concerned(3)))
    monkeypatch.setattr(inviting, "CHUNK", 2)
    inviting._write_invitations(at=AT)

    assert write() == 1
    assert Letter.objects.filter(template="event_invited").count() == 3
    assert not Invitation.objects.without_letter().exists()


def test_the_letters_of_a_cancelled_event_are_not_written() -> None:
    event = InfoEventFactory.create()
    invite(event, people(*concerned()))
    InfoEvent.objects.update(state="cancelled")

    write()

    assert not Letter.objects.exists()


def test_one_gentle_reminder_to_those_who_have_not_answered(office: Client) -> None:
    event = InfoEventFactory.create()
    for name in ("still", "da", "weg"):
        invited(event, f"{name}@example.org")
    RegistrationFactory.create(event=event, email="DA@example.org")
    RegistrationFactory.create(event=event, email="weg@example.org", state="cancelled")

    for _ in range(2):
        office.post(reverse("office:remind", args=[event.pk]), {"anzahl": "1"})
        write()

    letter = Letter.objects.get(template="event_reminded")
    assert (letter.to, letter.mandatory) == ("still@example.org", False)
    assert InvitationBatch.objects.get().act == "remind"
    assert "Niemand zu erinnern" in office.get(reverse("office:remind", args=[event.pk])).content.decode()


def test_a_reminder_spares_whoever_has_ended_them_or_registers_meanwhile(office: Client) -> None:
    event = InfoEventFactory.create()
    for name in ("abbestellt", "schnell"):
        invited(event, f"{name}@example.org")
    OptOut.objects.create(address="abbestellt@example.org", kind=EVENTS, since=AT)
    inviting.remind(event, confirmed=2, by=UserFactory.create(service_office=True), at=AT)
    RegistrationFactory.create(event=event, email="schnell@example.org")

    assert write() == 2
    assert not Letter.objects.filter(template="event_reminded").exists()


def test_a_stale_number_of_reminders_is_refused(office: Client) -> None:
    event = InfoEventFactory.create()
    invited(event, "still@example.org")

    page = office.post(reverse("office:remind", args=[event.pk]), {"anzahl": "5"}).content.decode()

    assert "Inzwischen sind es 1 statt 5 Personen" in page
    assert not Invitation.objects.exclude(reminded_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_invite_once() -> None:
    event, found = InfoEventFactory.create(), people(*concerned(5))
    by, refused = UserFactory.create(service_office=True), []

    def confirm() -> None:
        def find() -> list[Person]:
            done = set(Invitation.objects.values_list("email", flat=True))
            return [each for each in found if each.email not in done]

        try:
            inviting.invite(event, find, confirmed=5, chosen="alle", by=by, at=AT)
        except inviting.NotPossibleError as error:
            refused.append(str(error))
        finally:
            connection.close()

    both = [Thread(target=confirm) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert (Invitation.objects.count(), InvitationBatch.objects.count(), len(refused)) == (5, 1, 1)
