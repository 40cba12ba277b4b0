"""Materials of an event: what is kept of them, and who may open which, when."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from centres.rules.file_types import PPTX, XLSX
from events import letters, materials
from events.models import InfoEvent, Invitation, Material
from events.rules.materials import Audience, Claim, When, may_read
from tests.events.office import invited
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start
from tests.factories.evidence import docx, pdf, picture

pytestmark = pytest.mark.django_db
BEFORE, AFTER = start(17), start(19)


@pytest.fixture(autouse=True)
def _at(settings: object, tmp_path: Path) -> object:
    settings.SITE_URL = ""  # type: ignore[attr-defined]
    storage = Material._meta.get_field("file").storage
    storage.location, before = str(tmp_path), storage.location
    with time_machine.travel(BEFORE, tick=False):
        yield
    storage.location = before


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(UserFactory.create(service_office=True))
    return client


def upload(content: bytes | None = None, name: str = "Folien.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content)


def entered(**fields: object) -> dict[str, object]:
    return {"title": "Folien", "when": "before", "audience": "registered", **fields}


def add(office: Client, event: InfoEvent, **fields: object) -> Material:
    office.post(reverse("office:material_new", args=[event.pk]), entered(**fields))
    return event.materials.latest("pk")


def status(address: str) -> int:
    """What anybody without an account is told there."""
    answer: Any = Client().get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return int(answer.status_code)


def opened(event: InfoEvent, link: str, name: str) -> list[str]:
    """The titles somebody with this link sees and, asked one by one, can really open."""
    token, shown = link.rstrip("/").rpartition("/")[2], Client().get(link).content.decode()
    addresses = {each.title: reverse(name, args=[token, each.public_id]) for each in event.materials.in_order()}
    for title, address in addresses.items():
        assert (title in shown) == (status(address) == 200), title
    return [title for title in addresses if title in shown]


PPTX_FILE = docx(main=f"{PPTX}.main+xml", document="ppt/presentation.xml")
XLSX_FILE = docx(main=f"{XLSX}.main+xml", document="xl/workbook.xml")


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (None, "Folien.pdf", "Folien.pdf"),
        (PPTX_FILE, "folien.bin", "folien.pptx"),
        (XLSX_FILE, "tabelle.xlsx", "tabelle.xlsx"),
        (picture(), "bild.png", "bild.jpg"),
        (docx(), "text.docx", "text.docx"),
    ],
)
def test_files_are_told_apart_by_their_content(office: Client, content: bytes | None, name: str, kept: str) -> None:
    material = add(office, InfoEventFactory.create(), title="", upload=upload(content, name))

    assert (material.name, material.title) == (kept, name.partition(".")[0])
    assert material.event.steps.get().act == "materials"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Bitte wählen Sie eine Datei aus, oder geben Sie einen Link ein."),
        ({"link": "https://example.org/film", "upload": upload()}, "entweder eine Datei oder einen Link"),
        ({"upload": upload(b"MZ\x90\x00", "virus.pdf")}, "Angenommen werden PDF, Bilder"),
        (
            {"upload": upload(docx(main="application/x"), "x.docx")},
            "ist kein Dokument aus Word, PowerPoint oder Excel",
        ),
        ({"upload": upload(docx(main=f"{PPTX}.macroEnabled+xml"), "m.pptx")}, "ohne Makros"),
        ({"upload": upload(), "audience": "attended"}, "Wer da war, steht erst danach fest."),
        ({"link": "kein link"}, "Dieser Link ist nicht vollständig."),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(office: Client, fields: dict, sentence: str) -> None:
    event = InfoEventFactory.create()

    page = office.post(reverse("office:material_new", args=[event.pk]), entered(title="Mein Titel", **fields))

    assert sentence in page.content.decode()
    assert 'value="Mein Titel"' in page.content.decode()
    assert not event.materials.exists()


def test_a_file_is_replaced_under_the_same_address_and_the_old_one_goes(
    office: Client, django_capture_on_commit_callbacks: object, tmp_path: Path
) -> None:
    material = add(office, InfoEventFactory.create(), upload=upload())
    page = reverse("office:material_edit", args=[material.event_id, material.pk])

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        office.post(page, entered(title="Neu", upload=upload(picture(), "bild.jpg")))

    fresh = Material.objects.get()
    assert (fresh.public_id, fresh.title, fresh.name) == (material.public_id, "Neu", "bild.jpg")
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".jpg"]


def test_a_file_becomes_a_link_and_may_be_described_alone(office: Client) -> None:
    material = add(office, InfoEventFactory.create(), upload=upload())
    page = reverse("office:material_edit", args=[material.event_id, material.pk])

    office.post(page, entered(title="Anders"))
    kept = Material.objects.get()
    office.post(page, entered(title="Film", link="https://example.org/film"))
    linked = Material.objects.get()

    assert (kept.title, kept.name) == ("Anders", "Folien.pdf")
    assert (linked.link, linked.file.name, linked.name) == ("https://example.org/film", "", "")
    assert office.get(reverse("office:material_file", args=[linked.event_id, linked.pk]))["Location"] == linked.link


def test_they_are_put_in_order_and_deleted_with_their_file(
    office: Client, django_capture_on_commit_callbacks: object, tmp_path: Path
) -> None:
    event = InfoEventFactory.create()
    made = [add(office, event, title=title, upload=upload()) for title in ("Eins", "Zwei", "Drei")]

    office.post(reverse("office:material_up", args=[event.pk, made[2].pk]))
    office.post(reverse("office:material_up", args=[event.pk, made[0].pk]))
    assert [each.title for each in event.materials.in_order()] == ["Eins", "Drei", "Zwei"]
    remove = reverse("office:material_remove", args=[event.pk, made[0].pk])
    assert "„Eins“ löschen?" in office.get(remove).content.decode()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        office.post(remove)

    assert [each.title for each in event.materials.in_order()] == ["Drei", "Zwei"]
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 2


def full(office: Client) -> InfoEvent:
    event = InfoEventFactory.create()
    for title, when, audience in (
        ("Zur-Vorbereitung", "before", "registered"),
        ("Hinweise-an-alle", "before", "invited"),
        ("Folien-danach", "after", "registered"),
        ("Mitschrift-der-Anwesenden", "after", "attended"),
        ("Aufzeichnung-an-alle", "after", "invited"),
    ):
        add(office, event, title=title, when=when, audience=audience, upload=upload())
    return event


def test_each_one_sees_and_opens_what_is_meant_for_them_when_it_is(office: Client) -> None:
    event = full(office)
    there = {"attended": True, "attendance_at": AFTER}
    links = {
        "came": letters.manage_url(RegistrationFactory.create(event=event, **there)),
        "booked": letters.manage_url(RegistrationFactory.create(event=event)),
        "waits": letters.manage_url(RegistrationFactory.create(event=event, state="waiting", waiting_since=start(1))),
        "left": letters.manage_url(RegistrationFactory.create(event=event, state="cancelled")),
    }
    asked = letters.invitation_url(invited(event, "gefragt@example.org"))
    before = {who: opened(event, link, "event_material") for who, link in links.items()}
    before["asked"] = opened(event, asked, "invitation_material")
    with time_machine.travel(AFTER, tick=False):
        after = {who: opened(event, link, "event_material") for who, link in links.items()}
        after["asked"] = opened(event, asked, "invitation_material")

    first, hints, slides, notes, film = [each.title for each in event.materials.in_order()]
    assert before == {
        "came": [first, hints],
        "booked": [first, hints],
        "waits": [hints],
        "left": [],
        "asked": [hints],
    }
    assert after == {
        "came": [first, hints, slides, notes, film],
        "booked": [first, hints, slides, film],
        "waits": [hints, film],
        "left": [],
        "asked": [hints, film],
    }


def test_whoever_was_invited_and_signed_off_keeps_what_all_invited_get(office: Client) -> None:
    event = full(office)
    left = RegistrationFactory.create(event=event, state="cancelled", email="Gefragt@example.org")
    invited(event, "gefragt@example.org")

    assert opened(event, letters.manage_url(left), "event_material") == ["Hinweise-an-alle"]


def test_a_link_opens_nothing_of_another_event(office: Client) -> None:
    event, other = full(office), RegistrationFactory.create()
    material, own = event.materials.in_order()[0], RegistrationFactory.create(event=event)

    def answer(link: str) -> int:
        token = link.rstrip("/").rpartition("/")[2]
        return status(reverse("event_material", args=[token, material.public_id]))

    assert (answer(letters.manage_url(own)), answer(letters.manage_url(other))) == (200, 404)


def test_a_file_opens_in_a_place_of_its_own(office: Client) -> None:
    material = add(office, InfoEventFactory.create(), upload=upload())

    answer = office.get(reverse("office:material_file", args=[material.event_id, material.pk]))

    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_an_invitation_to_a_draft_opens_nothing(office: Client) -> None:
    event = full(office)
    found: Invitation = invited(event, "gefragt@example.org")
    token = letters.invitation_url(found).rstrip("/").rpartition("/")[2]
    hints = event.materials.get(title="Hinweise-an-alle")
    address = reverse("invitation_material", args=[token, hints.public_id])

    assert status(address) == 200
    InfoEvent.objects.filter(pk=event.pk).update(state="draft")
    assert status(address) == 404


def test_nobody_without_a_claim_reads_anything() -> None:
    seen = [may_read(Claim(), audience=a, when=w, ended=True) for a in Audience for w in When]

    assert not any(seen)
    assert Claim(invited=True) == materials.INVITED
