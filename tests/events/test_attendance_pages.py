"""The pages about who was there: the list at the door without and with scripts, walk-ins, corrections, lists."""

from datetime import timedelta
from io import BytesIO
from time import perf_counter
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events import attendance
from events.models import InfoEvent, ParticipantFile, Registration
from tests.factories.accounts import UserFactory
from tests.factories.attendance import AFTER, ParticipantFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AFTER, tick=False)]
LIST = b"Name,User Email,Duration (Minutes)\nAnna Schmidt,anna@example.org,90\nTechnik,,200\n"


@pytest.fixture
def office() -> User:
    return UserFactory.create(service_office=True)


@pytest.fixture
def event() -> InfoEvent:
    return InfoEventFactory.create()


@pytest.fixture
def phone(client: Client, office: User) -> Client:
    client.force_login(office)
    return client


def page(name: str, event: InfoEvent, *more: int) -> str:
    return reverse(f"office:{name}", args=[event.pk, *more])


def text(client: Client, address: str, **asked: str) -> str:
    return client.get(address, asked).content.decode()


def seat(event: InfoEvent, name: str = "Anna Schmidt", **fields: Any) -> Registration:
    return RegistrationFactory.create(event=event, name=name, **fields)


def test_a_tick_without_script_comes_back_to_the_person(phone: Client, event: InfoEvent) -> None:
    each = seat(event)

    answer = phone.post(page("attendance", event) + "?q=anna", {"da": each.pk})

    assert answer["Location"] == f"{page('attendance', event)}?q=anna#person-{each.pk}"
    shown = text(phone, page("attendance", event))
    assert "<strong>1</strong> da, 1 mit Platz" in shown
    assert "Zurücknehmen" in shown


def test_a_tick_with_script_answers_with_row_and_counter_alone(phone: Client, event: InfoEvent) -> None:
    each = seat(event)

    answer = phone.post(page("attendance", event), {"da": each.pk}, headers={"HX-Request": "true"}).content.decode()

    assert f'id="person-{each.pk}"' in answer
    assert 'id="zaehler" hx-swap-oob="true"' in answer
    assert "<h1>" not in answer


def test_two_people_at_two_doors_see_each_others_ticks_and_lose_none(phone: Client, event: InfoEvent) -> None:
    first, second, other = seat(event), seat(event, "Berta Kunz"), Client()
    other.force_login(UserFactory.create(service_office=True, name="Zweite Tür"))
    text(phone, page("attendance", event))
    other.post(page("attendance", event), {"da": second.pk})

    phone.post(page("attendance", event), {"da": first.pk})

    for each in (phone, other):
        shown = text(each, page("attendance", event))
        assert "<strong>2</strong> da" in shown
        assert "Zweite Tür" in shown


def test_a_script_hears_only_of_news(phone: Client, event: InfoEvent, office: User) -> None:
    each, address = seat(event), page("attendance", event)
    asks = {"HX-Request": "true"}

    assert phone.get(address, {"stand": "0"}, headers=asks).status_code == 204
    attendance.tick(each, by=office, at=AFTER)
    news = phone.get(address, {"stand": "0"}, headers=asks).content.decode()

    assert "<strong>1</strong> da" in news
    assert "<h1>" not in news


def test_a_tick_is_taken_back(phone: Client, event: InfoEvent, office: User) -> None:
    each = seat(event)
    attendance.tick(each, by=office, at=AFTER)

    phone.post(page("attendance", event), {"weg": each.pk})

    each.refresh_from_db()
    assert each.attended is None


def test_ticks_of_others_events_and_nonsense_find_nothing(phone: Client, event: InfoEvent) -> None:
    for posted in ({"da": seat(InfoEventFactory.create()).pk}, {"da": "x"}, {"weg": "999999"}, {}):
        assert phone.post(page("attendance", event), posted).status_code == 404


def test_too_early_the_page_says_when_and_a_tick_is_refused(phone: Client, event: InfoEvent) -> None:
    each = seat(event)
    with time_machine.travel(start() - timedelta(days=2), tick=False):
        shown = text(phone, page("attendance", event))
        refused = phone.post(page("attendance", event), {"da": each.pk}, follow=True).content.decode()
        with_script = phone.post(page("attendance", event), {"da": each.pk}, headers={"HX-Request": "true"})

    assert "ab dem 18.09.2026" in shown
    assert "Ist da" not in shown
    assert "ab dem 18.09.2026" in refused
    assert with_script["HX-Refresh"] == "true"


def test_the_list_is_in_name_order_and_finds_whoever_gave_the_seat_back(phone: Client, event: InfoEvent) -> None:
    seat(event, "Zoe Ärmel"), seat(event, "Anna Zander"), seat(event, "Karl Fort", state="cancelled")

    shown = text(phone, page("attendance", event))
    found = text(phone, page("attendance", event), q="fort")

    assert shown.index("Zoe Ärmel") < shown.index("Anna Zander")
    assert "Karl Fort" not in shown
    assert "Karl Fort" in found
    assert "abgemeldet" in found


@pytest.mark.parametrize(("shown", "seen"), [("", "ab"), ("offen", "a"), ("da", "b")])
def test_the_list_shows_who_is_missing(phone: Client, event: InfoEvent, office: User, shown: str, seen: str) -> None:
    seat(event, "Person a"), attendance.tick(seat(event, "Person b"), by=office, at=AFTER)

    answer = text(phone, page("attendance", event), zeige=shown)

    assert [letter for letter in "ab" if f"Person {letter}" in answer] == list(seen)
    assert "Niemand gefunden" in text(phone, page("attendance", event), q="gibtesnicht")


def test_a_walk_in_is_added(phone: Client, event: InfoEvent) -> None:
    bad = phone.post(page("walk_in", event), {"name": "", "email": "x"}).content.decode()
    phone.post(page("walk_in", event), {"name": "Berta Kunz", "email": ""})

    assert "Bitte prüfen Sie Ihre Angaben" in bad
    assert event.registrations.get().attended
    assert "ohne Anmeldung gekommen" in text(phone, page("attendance", event))


def test_conclusion_asks_with_numbers_and_then_shows_proofs_and_corrections(phone: Client, event: InfoEvent) -> None:
    there = seat(event)
    absent = seat(event, "Berta Kunz")
    phone.post(page("attendance", event), {"da": there.pk})

    asked = text(phone, page("conclude", event))
    shown = phone.post(page("conclude", event), follow=True).content.decode()
    again = phone.post(page("conclude", event), follow=True).content.decode()

    assert "1 Person war da und bekommt eine Teilnahmebescheinigung" in asked
    assert "1 Person mit Platz war nicht da" in asked
    assert "Die Teilnahme ist abgeschlossen." in shown
    assert page("correct", event, absent.pk) in shown
    assert "Bitte berichtigen Sie" in again


def test_a_correction_needs_a_reason_and_stands_with_the_registration(phone: Client, event: InfoEvent) -> None:
    absent = seat(event)
    phone.post(page("conclude", event))

    without = phone.post(page("correct", event, absent.pk), {"reason": ""}).content.decode()
    shown = phone.post(page("correct", event, absent.pk), {"reason": "stand auf Papier"}, follow=True)
    back = text(phone, page("correct", event, absent.pk))

    assert "War Anna Schmidt doch da?" in without
    assert "stand auf Papier" in shown.content.decode()
    assert "Die Bescheinigung wird erstellt." in shown.content.decode()
    assert "War Anna Schmidt doch nicht da?" in back


def test_a_correction_before_the_conclusion_and_a_late_walk_in(phone: Client, event: InfoEvent) -> None:
    each = seat(event)
    early = phone.post(page("correct", event, each.pk), {"reason": "zu früh"}).content.decode()
    phone.post(page("conclude", event))

    late = {"name": "Berta Kunz", "email": "", "reason": ""}
    refused = phone.post(page("walk_in", event), late).content.decode()
    phone.post(page("walk_in", event), late | {"reason": "vergessen"})

    assert "noch nicht abgeschlossen" in early
    assert "Grund des Nachtrags" in refused
    assert event.registrations.filter(attended=True).count() == 1


def test_a_walk_in_too_early_is_refused_with_all_that_was_typed(phone: Client, event: InfoEvent) -> None:
    with time_machine.travel(start(1), tick=False):
        shown = phone.post(page("walk_in", event), {"name": "Berta Kunz", "email": ""}).content.decode()

    assert "erst am Tag der Veranstaltung" in shown
    assert "Berta Kunz" in shown


def upload(content: bytes, name: str = "teilnehmer.csv") -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file


def test_a_list_is_uploaded_looked_at_and_taken_over(phone: Client, event: InfoEvent) -> None:
    anna, address = seat(event, email="anna@example.org"), page("participant_files", event)

    preview = phone.post(address, {"file": upload(LIST), "least": 30}, follow=True).content.decode()
    file = ParticipantFile.objects.get()
    person, technician = file.participants.order_by("position")
    phone.post(page("participant_file", event, file.pk), {f"person_{person.pk}": anna.pk})
    shown = text(phone, page("participant_file", event, file.pk))

    assert "Sicher erkannt (1)" in preview
    assert "Nicht angemeldet (1)" in preview
    assert "Anna Schmidt, 90 Minuten: zugeordnet" in shown
    assert f"person_{technician.pk}" in shown
    assert "noch nicht fertig" in text(phone, address)
    again = phone.post(address, {"file": upload(LIST), "least": 30}, follow=True).content.decode()
    assert "schon eingelesen" in again


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (upload(b"Vorname;Telefon\n"), "keine Teilnehmerliste"),
        (upload(b"PK\x03\x04", "liste.xlsx"), "Excel-Datei"),
        (upload(b"x" * (2 * 1024 * 1024 + 1)), "größer als 2 MB"),
        ("", "Teilnehmerliste"),
    ],
)
def test_a_bad_file_is_refused_beside_the_field(
    phone: Client, event: InfoEvent, file: BytesIO | str, sentence: str
) -> None:
    shown = phone.post(page("participant_files", event), {"file": file, "least": 45}).content.decode()

    assert sentence in shown
    assert 'value="45"' in shown
    assert not ParticipantFile.objects.exists()


def test_nothing_decided_or_nonsense_is_told(phone: Client) -> None:
    each = ParticipantFactory.create(email="anna@example.org")
    event, address = each.file.event, page("participant_file", each.file.event, each.file.pk)
    other = seat(InfoEventFactory.create())

    nothing = phone.post(address, {}).content.decode()
    foreign = phone.post(address, {f"person_{each.pk}": other.pk}, follow=True).content.decode()

    assert "mindestens eine Person" in nothing
    assert "gehört nicht zu dieser Veranstaltung" in foreign
    assert not event.registrations.filter(attended=True).exists()


@pytest.mark.parametrize("typed", ["schmidt anna", "ANNA@example.org", "Anna Schmidt, anna@example.org"])
def test_somebody_is_tied_to_the_name_they_are_registered_under(phone: Client, event: InfoEvent, typed: str) -> None:
    anna, other = seat(event, "Anna Schmidt", email="anna@example.org"), seat(event, "Anna Kunz")
    each = ParticipantFactory.create(file__event=event, name="Kita Sonnenschein", email="")
    address = page("participant", event, each.file.pk, each.pk)

    unclear = phone.post(address, {"zuordnen": "1", "registration": "anna"}).content.decode()
    nobody = phone.post(address, {"zuordnen": "1", "registration": "Niemand"}).content.decode()
    phone.post(address, {"zuordnen": "1", "registration": typed})

    assert f"{anna.name}, {anna.email}; {other.name}" in unclear or f"{other.email}; {anna.name}" in unclear
    assert ("gibt es keine Anmeldung" in nobody, 'value="Niemand"' in nobody) == (True, True)
    assert [person.registration for person in each.file.participants.filter(outcome="chosen")] == [anna]
    assert "ist schon entschieden" in phone.get(address, follow=True).content.decode()


def test_a_guest_is_added_for_a_centre_with_what_was_typed_kept(phone: Client, event: InfoEvent) -> None:
    centre = FamilyCentreFactory.create()
    each = ParticipantFactory.create(file__event=event, name="iPhone", email="")
    address, typed = page("participant", event, each.file.pk, each.pk), {"eintragen": "1", "name": "Gerda Gast"}

    refused = phone.post(address, typed | {"centre": "9999999"}).content.decode()
    phone.post(address, typed | {"centre": centre.certification_number})

    assert ("gibt es kein Familienzentrum" in refused, 'value="Gerda Gast"' in refused) == (True, True)
    assert event.registrations.get(state="walk_in").centre == centre


def test_nobody_of_another_event_and_nobody_who_left_early_is_asked_about(phone: Client, event: InfoEvent) -> None:
    early = ParticipantFactory.create(file__event=event, minutes=1)
    other = ParticipantFactory.create()

    pages = [(event, early.file.pk, early.pk), (event, other.file.pk, other.pk), (event, early.file.pk, other.pk)]

    assert [phone.get(page("participant", *each)).status_code for each in pages] == [404] * 3


def test_a_list_is_deleted_after_a_question(phone: Client) -> None:
    file = ParticipantFactory.create().file

    assert "löschen?" in text(phone, page("participant_file_discard", file.event, file.pk))
    phone.post(page("participant_file_discard", file.event, file.pk))

    assert not ParticipantFile.objects.exists()


def test_the_portal_shows_where_somebody_of_the_centre_was(client: Client, event: InfoEvent, office: User) -> None:
    user = UserFactory.create(lead=True)
    mine, other = seat(event, user=user, email=user.email), seat(event, "Fremde Person")
    for each in (mine, other):
        attendance.tick(each, by=office, at=AFTER)
    attendance.conclude(event, by=office, at=AFTER)
    client.force_login(user)

    shown = text(client, reverse("portal_events:home"))

    assert "Wo Sie waren" in shown
    assert event.title in shown
    assert "Fremde Person" not in shown


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("concluded", [False, True])
def test_the_list_takes_the_same_queries_for_any_number(
    phone: Client, event: InfoEvent, rows: int, concluded: bool, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        phone.post(page("attendance", event), {"da": seat(event, f"Person {number}").pk})
    if concluded:
        phone.post(page("conclude", event))

    with django_assert_num_queries(10 if concluded else 9):
        phone.get(page("attendance", event))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_of_lists_take_the_same_queries_for_any_number(
    phone: Client, event: InfoEvent, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        file = ParticipantFactory.create(file__event=event).file
        ParticipantFactory.create_batch(rows, file=file)

    with django_assert_num_queries(6):
        phone.get(page("participant_files", event))
    with django_assert_num_queries(8):
        phone.get(page("participant_file", event, file.pk))


def test_five_hundred_people_are_listed_at_once(phone: Client) -> None:
    event = InfoEventFactory.create(capacity=600)
    centre = seat(event).centre
    rows = [RegistrationFactory.build(event=event, centre=centre, scope=event.scope) for _ in range(499)]
    Registration.objects.bulk_create(rows)
    text(phone, page("attendance", event))

    begun = perf_counter()
    shown = text(phone, page("attendance", event))

    assert shown.count('name="da"') == 500
    assert perf_counter() - begun < 5  # a tenth of it where nobody else works
