"""The receipt of a hand-in: written with the step, printed once, never changed."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from certification import receipts, tasks, workflow
from certification.certificates import DamagedFileError
from certification.models import Case, Receipt
from config.celery import app
from tests.certification.portal_cases import AT, case_of, handed_in, lead, part_of, say
from tests.factories.evidence import EvidenceFactory, EvidenceUseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    default = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = settings.STORAGES | {"default": default}


@pytest.fixture
def case() -> Case:
    case = case_of()
    say(case, "1.1", text="Ein Ordner im Eingang")
    say(case, "1.3", offers=["2025-03-14", "2025-09-12"])
    return case


def written(case: Case) -> Receipt:
    return workflow.submit(case, by=lead(case), at=AT).receipt


def test_handing_in_writes_down_who_when_and_what(case: Case) -> None:
    facts = written(case).facts

    assert (facts["handed_in_by"], facts["handed_in_at"]) == (lead(case).name, AT.isoformat())
    assert (facts["certification_number"], facts["answered"]) == (case.centre.certification_number, 1)
    first, _, counted = facts["areas"][0]["criteria"]
    assert (first["parts"][0]["said"], first["parts"][0]["text"]) == ("ja", "Ein Ordner im Eingang")
    assert counted["parts"][0]["dates"] == ["2025-03-14", "2025-09-12"]


def test_each_piece_of_evidence_is_named_once_with_its_criteria(case: Case) -> None:
    piece = EvidenceFactory.create(centre=case.centre, title="Vereinbarung")
    for code in ["1.1", "5.1"]:
        EvidenceUseFactory.create(case=case, evidence=piece, criterion=part_of(case, code).criterion)

    (said,) = written(case).facts["evidence"]

    assert (said["title"], said["criteria"], said["sha256"]) == ("Vereinbarung", ["1.1", "5.1"], piece.sha256)


def test_what_was_handed_in_stays_as_it_was(case: Case) -> None:
    receipt = written(case)
    case.answers.update(text="Etwas anderes")
    case.centre.name = "Anders"
    case.centre.save()

    receipt.refresh_from_db()

    assert "Etwas anderes" not in str(receipt.facts)
    assert "Anders" not in str(receipt.facts)


@pytest.mark.parametrize(
    "change", [{"facts": {}}, {"sha256": "0" * 64}, {"printed_at": None, "file": "", "sha256": ""}]
)
def test_database_refuses_to_change_or_delete_a_receipt(case: Case, change: dict[str, Any]) -> None:
    receipt = handed_in(case)

    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        receipt.delete()


def test_receipt_is_printed_once_and_says_everything(case: Case) -> None:
    receipt = receipts.print_once(written(case), at=AT)
    content = receipts.read(receipt)
    pdf: Any = PdfReader(BytesIO(content))

    text = "".join(page.extract_text() for page in pdf.pages)
    said = [lead(case).name, case.centre.certification_number, "Ein Ordner im Eingang", "14. März 2025", "Nachweise"]
    assert [each for each in said if each not in text] == []
    assert pdf.root_object["/Lang"] == "de"
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    assert "pdfuaid:part>1<" in pdf.root_object["/Metadata"].get_object().get_data().decode()
    again = receipts.print_once(receipt, at=AT)
    assert (again.file.name, again.sha256) == (receipt.file.name, receipt.sha256)


def test_the_same_facts_give_the_same_file(case: Case) -> None:
    from certification.pdf import certificate as printing  # noqa: PLC0415
    from certification.pdf import receipt as press  # noqa: PLC0415

    facts = written(case).facts
    printing.warm_up()  # as every worker does before it takes work: the first document of a process differs
    press.render(facts)

    assert press.render(facts) == press.render(facts)


def test_a_damaged_file_is_not_handed_out(case: Case) -> None:
    receipt = handed_in(case)
    Path(receipt.file.path).write_bytes(b"etwas anderes")

    with pytest.raises(DamagedFileError):
        receipts.read(receipt)


def test_worker_prints_after_the_hand_in(
    case: Case, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, settings: Settings
) -> None:
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=False):
            receipt = written(case)
        assert tasks.print_receipts() == 1
    finally:
        app.conf.task_always_eager = False

    receipt.refresh_from_db()
    assert receipt.printed_at is not None
    assert tasks.print_receipts() == 0


def test_centre_downloads_its_receipt_byte_for_byte(client: Client, case: Case) -> None:
    receipt = handed_in(case)
    client.force_login(lead(case))

    response = client.get(reverse("portal:receipt", args=[case.pk]))

    assert response.content == receipts.read(receipt)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Cache-Control"] == "private, no-store"


def test_a_receipt_that_is_not_printed_is_not_there_yet(client: Client, case: Case) -> None:
    written(case)
    client.force_login(lead(case))

    assert client.get(reverse("portal:receipt", args=[case.pk])).status_code == 404
    assert "wird gerade erstellt" in client.get(reverse("portal:case", args=[case.pk])).content.decode()
