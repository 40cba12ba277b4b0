"""The proof of attendance and the list for the door: what they say, that they are kept, what other readers find."""

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from centres import kept
from config.celery import app
from events import at_the_door, letters, proofs, tasks
from events.models import Proof
from events.pdf import attendance_list
from events.pdf import proof as printing
from tests.factories.accounts import UserFactory
from tests.factories.attendance import AFTER, ProofFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
CONFORMANCE = Path(__file__).resolve().parents[1] / "conformance" / "Validate.java"


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    default = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = settings.STORAGES | {"default": default}


def issued(**fields: Any) -> Proof:
    return proofs.issue(ProofFactory.create(**fields), at=AFTER)


def text_of(pdf: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_proof_is_ordered_with_the_words_of_the_paper() -> None:
    event = InfoEventFactory.create(mode="on_site", place="Bürgerhaus Dortmund", join_link="")
    event.contributions.create(position=1, title="Fristen und Nachweise")
    each = RegistrationFactory.create(event=event, name="Ayşe Yılmaz", attends="on_site")

    (proof,) = proofs.order_all([each], at=AFTER)

    said = {name: proof.facts[name] for name in ("name", "on", "place", "programme", "issued_on")}
    assert said == {
        "name": "Ayşe Yılmaz",
        "on": "2026-09-18",
        "place": "Bürgerhaus Dortmund",
        "programme": ["Fristen und Nachweise"],
        "issued_on": "2026-09-18",
    }
    assert each.email not in json.dumps(proof.facts)


def test_ordering_again_changes_nothing() -> None:
    each = RegistrationFactory.create()
    proofs.order_all([each], at=AFTER)

    assert proofs.order_all([each], at=AFTER) == []


def test_it_is_printed_once_and_says_everything() -> None:
    proof = issued()
    content = kept.read(proof)

    facts = proof.facts
    said = [facts["name"], facts["centre"], facts["event"], "18. September 2026", "Online", *facts["programme"]]
    assert [words for words in said if words not in text_of(content)] == []
    assert hashlib.sha256(content).hexdigest() == proof.sha256
    assert proofs.issue(proof, at=AFTER + timedelta(days=1)).issued_at == AFTER


def test_the_same_facts_give_the_same_bytes() -> None:
    facts = ProofFactory.build(registration__name="Anna").facts
    printing.render(facts, ordered_at=AFTER)  # the first document of a process differs

    assert printing.render(facts, ordered_at=AFTER) == printing.render(facts, ordered_at=AFTER)


@pytest.mark.parametrize(
    "change", [{"facts": {}}, {"sha256": "0" * 64}, {"issued_at": AFTER + timedelta(days=1)}, {"file": "andere.pdf"}]
)
def test_the_database_keeps_what_was_said_and_issued(change: dict[str, Any]) -> None:
    proof = issued()

    with pytest.raises(DatabaseError, match="once"), transaction.atomic():
        Proof.objects.filter(pk=proof.pk).update(**change)
    with pytest.raises(DatabaseError, match="kept"), transaction.atomic():
        proof.delete()


def test_a_withdrawn_proof_stays_withdrawn() -> None:
    proof = issued()
    proofs.withdraw(proof.registration, reason="Verwechslung", at=AFTER)

    assert proofs.withdraw(proof.registration, reason="noch einmal", at=AFTER) is None
    with pytest.raises(DatabaseError, match="withdrawn_once"), transaction.atomic():
        Proof.objects.filter(pk=proof.pk).update(withdrawn_at=None, withdrawn_reason="")


def test_a_damaged_file_is_not_handed_out() -> None:
    proof = issued()
    Path(proof.file.path).write_bytes(b"etwas anderes")

    with pytest.raises(kept.DamagedFileError):
        kept.read(proof)


def test_a_worker_prints_what_was_forgotten(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=False):
            (proof,) = proofs.order_all([RegistrationFactory.create()], at=AFTER)
        assert tasks.print_proofs() == 1
    finally:
        app.conf.task_always_eager = False

    proof.refresh_from_db()
    assert proof.issued_at


def test_all_that_hold_come_in_one_file_byte_for_byte() -> None:
    event = InfoEventFactory.create()
    first, second, withdrawn = (
        issued(registration__event=event, registration__name=n) for n in ("A/B: \\C", "C", "D")
    )
    proofs.withdraw(withdrawn.registration, reason="Verwechslung", at=AFTER)
    issued()  # of another event

    archive = zipfile.ZipFile(BytesIO(proofs.together(event)))

    assert archive.namelist() == ["001 A-B- -C.pdf", "002 C.pdf"]
    assert [archive.read(name) for name in archive.namelist()] == [kept.read(first), kept.read(second)]


def test_the_person_finds_it_by_the_link_of_the_letter(client: Client) -> None:
    proof = issued()
    page = letters.manage_url(proof.registration).removeprefix("http://127.0.0.1:8000")

    assert f"{page}bescheinigung.pdf" in client.get(page).content.decode()
    answer = client.get(f"{page}bescheinigung.pdf")
    assert answer.content == kept.read(proof)
    assert "no-store" in answer["Cache-Control"]


def test_a_withdrawn_proof_is_shown_as_such_and_not_handed_out(client: Client) -> None:
    proof = issued()
    proofs.withdraw(proof.registration, reason="Eine Verwechslung", at=AFTER)
    page = letters.manage_url(proof.registration).removeprefix("http://127.0.0.1:8000")

    text = client.get(page).content.decode()
    assert "gilt nicht mehr" in text
    assert "Eine Verwechslung" in text
    assert client.get(f"{page}bescheinigung.pdf").status_code == 404


def test_before_it_is_printed_the_page_says_so_and_a_forged_link_finds_nothing(client: Client) -> None:
    proof = ProofFactory.create()
    page = letters.manage_url(proof.registration).removeprefix("http://127.0.0.1:8000")

    assert "wird gerade erstellt" in client.get(page).content.decode()
    assert client.get(f"{page}bescheinigung.pdf").status_code == 404
    assert client.get("/veranstaltungen/anmeldung/gefaelscht/bescheinigung.pdf").status_code == 404


def test_the_office_gets_one_and_all_and_still_a_withdrawn_one(client: Client) -> None:
    proof = issued()
    event = proof.registration.event
    client.force_login(UserFactory.create(service_office=True))
    one = reverse("office:proof", args=[event.pk, proof.pk])

    assert client.get(reverse("office:proofs", args=[event.pk])).content == proofs.together(event)
    proofs.withdraw(proof.registration, reason="Verwechslung", at=AFTER)
    assert client.get(one).content == kept.read(proof)
    assert client.get(reverse("office:proof", args=[InfoEventFactory.create().pk, proof.pk])).status_code == 404


def test_the_list_for_the_door_holds_no_more_than_the_door_needs() -> None:
    event = InfoEventFactory.create()
    each = RegistrationFactory.create(event=event, name="Ayşe Yılmaz", centre=FamilyCentreFactory.create())

    pdf = attendance_list.render(event, [each], at=AFTER)

    text, number = text_of(pdf), each.centre.certification_number
    assert [word for word in ("1. Yılmaz, Ayşe", number, "Unterschrift") if word not in text] == []
    assert each.email not in text
    assert PdfReader(BytesIO(pdf)).root_object["/Lang"] == "de"


def test_the_list_for_the_door_expects_nobody_who_comes_online() -> None:
    event = InfoEventFactory.create(mode="both", place="Bürgerhaus")
    there = RegistrationFactory.create(event=event, attends="on_site")
    RegistrationFactory.create(event=event, attends="online")
    RegistrationFactory.create(event=event, attends="on_site", state="cancelled")

    assert at_the_door.on_paper(event) == [there]
    assert len(at_the_door.on_paper(RegistrationFactory.create().event)) == 1


def test_both_conform_to_pdf_a_and_pdf_ua(tmp_path: Path) -> None:
    """Needs Java and veraPDF; see docs/decisions on the certificate for how to get it."""
    classes = os.environ.get("VERAPDF_CLASSPATH", "")
    if not (shutil.which("java") and classes):
        pytest.skip("NOT CHECKED: PDF/A and PDF/UA. Set VERAPDF_CLASSPATH and install Java to validate with veraPDF.")
    event = InfoEventFactory.create()
    people = RegistrationFactory.create_batch(40, event=event)
    facts = ProofFactory.build(registration__name="Anna " * 20).facts
    many = facts | {"programme": [f"Beitrag {n}" for n in range(30)], "centre": "", "hosts": "Ministerium " * 12}
    files = {
        "list": attendance_list.render(event, people, at=AFTER),
        "proof": printing.render(facts, ordered_at=AFTER),
        "longest": printing.render(many, ordered_at=AFTER),
    }
    for name, pdf in files.items():
        (tmp_path / name).write_bytes(pdf)

    command = ["java", "-cp", classes, str(CONFORMANCE), *(str(tmp_path / name) for name in files)]
    result = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own code

    assert result.stdout.count("passed") == 2 * len(files), result.stdout
