import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from centres import delivery
from centres.models import Hold, Letter, LetterState, OptOut
from centres.rules.subscriptions import MAILINGS
from events import mailings
from events.models import InfoEvent, Mailing, MailingGroup, MailingRecipient
from tests.events.office import drafted, invited
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
AT = start(1)


@pytest.fixture(autouse=True)
def _at() -> object:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(UserFactory.create(service_office=True))
    return client


def page(name: str, mailing: Mailing) -> str:
    return reverse(f"office:{name}", args=[mailing.event_id, mailing.pk])


def released(event: InfoEvent, people: int) -> Mailing:
    mailing = drafted(event)
    return mailings.release(mailing, confirmed=people, by=UserFactory.create(service_office=True), at=AT)


def write() -> int:
    return mailings.write_letters(now=lambda: AT)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (MailingGroup.BOOKED, ["da@example.org"]),
        (MailingGroup.WAITING, ["wartet@example.org"]),
        (MailingGroup.SILENT, ["still@example.org"]),
        (MailingGroup.ATTENDED, ["war@example.org"]),
    ],
)
def test_each_group_reaches_its_people(group: MailingGroup, expected: list[str]) -> None:
    event = InfoEventFactory.create()
    RegistrationFactory.create(event=event, email="Da@example.org")
    RegistrationFactory.create(event=event, email="wartet@example.org", state="waiting", waiting_since=AT)
    was = {"attended": True, "attendance_at": AT, "state": "cancelled"}
    RegistrationFactory.create(event=event, email="war@example.org", **was)
    for name in ("still", "da"):
        invited(event, f"{name}@example.org")

    assert [each.email for each in mailings.readers(drafted(event, group))] == expected


def test_a_group_can_be_narrowed_to_a_youth_office() -> None:
    event = InfoEventFactory.create()
    mine, _ = RegistrationFactory.create_batch(2, event=event)

    narrowed = drafted(event, youth_office=mine.centre.youth_office)

    assert [each.email for each in mailings.readers(narrowed)] == [mine.email]


def test_a_draft_is_shown_as_a_real_person_reads_it(office: Client) -> None:
    each = RegistrationFactory.create(name="Ayşe Yılmaz")
    said = {
        "group": "booked",
        "subject": "Zu {Veranstaltung}",
        "text": "Hallo {Name} aus {Familienzentrum}, {Uhrzeit}!",
    }

    office.post(reverse("office:mailing_new", args=[each.event_id]), said)

    shown = office.get(page("mailing", Mailing.objects.get())).content.decode()
    assert f"Hallo Ayşe Yılmaz aus {each.centre.name}, 10:00 Uhr!" in shown
    assert "An 1 Person versenden" in shown
    assert not Letter.objects.exists()


def test_an_unknown_placeholder_is_refused_with_a_hint(office: Client) -> None:
    event = InfoEventFactory.create()
    said = {"group": "booked", "subject": "Gruß", "text": "Hallo {Nahme}"}

    shown = office.post(reverse("office:mailing_new", args=[event.pk]), said).content.decode()

    assert "Meinten Sie {Name}?" in shown
    assert not Mailing.objects.exists()


def test_a_stale_number_of_recipients_is_refused(office: Client) -> None:
    mailing = drafted(RegistrationFactory.create().event)

    shown = office.post(page("mailing_release", mailing), {"anzahl": "7"}, follow=True).content.decode()

    assert "Inzwischen sind es 1 statt 7 Personen" in shown
    assert not MailingRecipient.objects.exists()


def test_nobody_is_written_to_in_an_empty_group() -> None:
    with pytest.raises(mailings.NotPossibleError, match="niemand"):
        released(InfoEventFactory.create(), 0)


def test_released_its_recipients_are_frozen_and_written_to_once(office: Client) -> None:
    event = InfoEventFactory.create()
    RegistrationFactory.create(event=event, name="Erika", email="erika@example.org")
    RegistrationFactory.create(event=event, centre=None, name="Gast", email="gast@example.org")
    mailing = drafted(event)

    office.post(page("mailing_release", mailing), {"anzahl": "2"})
    RegistrationFactory.create(event=event)
    write()
    write()

    letters = Letter.objects.filter(template="event_mailing").order_by("to")
    assert [(each.to, each.mandatory, each.rule) for each in letters] == [
        ("erika@example.org", False, "mailing/event"), ("gast@example.org", False, "mailing/event"),
    ]  # fmt: skip
    assert "Guten Morgen Erika, bis zum 18.09.2026." in letters[0].body


def test_a_released_mailing_is_not_changed_any_more(office: Client) -> None:
    mailing = released(RegistrationFactory.create().event, 1)

    assert office.get(page("mailing_edit", mailing)).status_code == 404
    office.post(page("mailing_discard", mailing))
    with pytest.raises(mailings.NotPossibleError, match="schon freigegeben"):
        mailings.draft(mailing, by=mailing.drafted_by, at=AT)
    assert Mailing.objects.get().state == "released"


def test_whoever_has_ended_mailings_gets_none_and_is_counted(office: Client) -> None:
    each = RegistrationFactory.create()
    OptOut.objects.create(address=each.email, kind=MAILINGS, since=AT)
    mailing = released(each.event, 1)

    write()

    assert not Letter.objects.exists()
    assert "abbestellt" in office.get(page("mailing", mailing)).content.decode()


def test_stopping_withholds_what_waits_and_resuming_lets_it_go(office: Client) -> None:
    event = InfoEventFactory.create()
    RegistrationFactory.create_batch(2, event=event)
    mailing = released(event, 2)
    write()
    Letter.objects.filter(pk=Letter.objects.earliest("pk").pk).update(state="sent", sent_at=AT)

    office.post(page("mailing_stop", mailing), {"reason": "Falscher Link"})
    stopped = sorted(Letter.objects.values_list("state", flat=True))
    shown = office.get(page("mailing", mailing)).content.decode()
    office.post(page("mailing_resume", mailing))

    assert stopped == ["sent", "withheld"]
    assert "Falscher Link" in shown
    assert sorted(Letter.objects.values_list("state", flat=True)) == ["queued", "sent"]


def test_what_is_written_after_the_stop_is_withheld_too() -> None:
    mailing = released(RegistrationFactory.create().event, 1)
    mailings.stop(mailing, by=mailing.drafted_by, at=AT, reason="Falscher Link")
    write()

    assert delivery.claim(at=AT) == []
    assert Letter.objects.get().state == LetterState.WITHHELD


def test_only_what_is_on_its_way_is_stopped_or_resumed(office: Client) -> None:
    mailing = drafted(RegistrationFactory.create().event)

    stopped = office.post(page("mailing_stop", mailing), {"reason": "Doch nicht"}).content.decode()
    resumed = office.post(page("mailing_resume", mailing)).content.decode()

    assert "nicht unterwegs" in stopped
    assert "nicht angehalten" in resumed
    assert not Hold.objects.exists()


def test_what_did_not_arrive_is_listed_and_tried_again(office: Client) -> None:
    mailing = released(RegistrationFactory.create(name="Erika").event, 1)
    write()
    Letter.objects.update(state="failed", error="550 unbekannt")

    shown = office.get(page("mailing", mailing)).content.decode()
    office.post(page("mailing_retry", mailing))

    assert "550 unbekannt" in shown
    assert Letter.objects.get().state == LetterState.RETRYING


def test_a_draft_is_changed_and_discarded(office: Client) -> None:
    mailing = drafted(InfoEventFactory.create())
    said = {"group": "waiting", "subject": "Neu", "text": "Neu"}

    office.post(page("mailing_edit", mailing), said)
    changed = Mailing.objects.get()
    empty = office.get(page("mailing", mailing)).content.decode()
    office.post(page("mailing_discard", mailing))

    assert (changed.group, changed.subject) == ("waiting", "Neu")
    assert "Im Augenblick bekäme ihn niemand" in empty
    assert not Mailing.objects.exists()


def test_mailings_of_another_event_are_not_found(office: Client) -> None:
    mailing, other = drafted(InfoEventFactory.create()), InfoEventFactory.create()

    assert office.get(page("mailing", mailing)).status_code == 200
    assert office.get(reverse("office:mailing", args=[other.pk, mailing.pk])).status_code == 404
