from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from centres.models import FamilyCentre, LetterState
from certification import sealing
from certification.models import Seal
from certification.rules.moves import State
from config import consistency
from events import proofs
from tests.certification.portal_cases import case_of, handed_in, recommend
from tests.factories.accounts import UserFactory
from tests.factories.attendance import ProofFactory
from tests.factories.centres import FamilyCentreFactory, NetworkFactory
from tests.factories.certification import (
    CaseFactory,
    CertificateFactory,
    ProfileFactory,
    RoundFactory,
    SealFactory,
)
from tests.factories.evidence import EvidenceFactory
from tests.factories.post import LetterFactory, LetterTextFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
LONG_AGO = datetime(2026, 11, 1, 9, tzinfo=UTC)


def sentences(*, files: bool = False) -> list[str]:
    return [finding.sentence for finding in consistency.findings(at=AT, files=files)]


def awarded_seal() -> Seal:
    case = CaseFactory.create(state=State.RECOMMENDED)
    return sealing.award(case.centre, case=case, on=date(2026, 5, 5), by=UserFactory.create(ministry=True), at=AT)


def test_a_house_in_order_has_no_findings() -> None:
    FamilyCentreFactory.create()
    LetterFactory.create(written_at=AT)

    assert sentences() == []


def test_a_seal_without_its_award_is_found() -> None:
    SealFactory.create()

    assert sentences() == ["Dem Gütesiegel fehlt der Eintrag der Verleihung."]


def test_a_case_that_no_step_led_here_is_found() -> None:
    awarded_seal()

    assert sentences() == ["Der Stand des Falles passt nicht zu seinem letzten Schritt."]


def test_a_text_that_no_longer_fits_its_letter_is_found() -> None:
    LetterTextFactory.create(released=True)
    LetterTextFactory.create(released=True, letter="case_invited", body="{Gibtesnichtmehr}")
    LetterTextFactory.create(released=True, letter="gibt-es-nicht-mehr")

    unknown, gone = sorted(sentences(), key=len, reverse=True)
    assert unknown.startswith(
        f"{consistency.MISFIT} Den Platzhalter {{Gibtesnichtmehr}} gibt es in diesem Brief nicht."
    )
    assert gone == f"{consistency.MISFIT} Diesen Brief gibt es nicht mehr."


def test_a_network_without_recipient_or_members_is_found() -> None:
    network = NetworkFactory.create()
    network.facility_memberships.update(ends_on=date(2026, 1, 1))

    assert [sentence.split(".")[0] for sentence in sentences()] == [
        "Der Verbund hat heute keinen Zuschussempfänger",
        "Der Verbund hat heute weniger als zwei Einrichtungen",
    ]


def test_a_search_that_was_not_refreshed_is_found() -> None:
    centre = FamilyCentreFactory.create()

    FamilyCentre.objects.filter(pk=centre.pk).update(name="Familienzentrum Regenbogen")

    assert [sentence.split(".")[0] for sentence in sentences()] == [
        "Die Suche findet dieses Familienzentrum nicht mehr richtig"
    ]


def test_what_waits_for_a_worker_too_long_is_found() -> None:
    CertificateFactory.create(requested_at=LONG_AGO)
    RoundFactory.create(confirmed_at=LONG_AGO)
    LetterFactory.create(written_at=LONG_AGO)

    assert len([s for s in sentences() if s.endswith("Läuft der Worker?")]) == 3


def test_an_undeliverable_letter_is_found() -> None:
    LetterFactory.create(state=LetterState.FAILED, error="550 unknown")

    assert sentences() == ["Der Brief ist nicht zustellbar: 550 unknown"]


def test_a_file_that_is_not_the_issued_one_is_found() -> None:
    certificate = CertificateFactory.create(issued=True)
    with certificate.file.storage.open(certificate.file.name, "wb") as file:
        file.write(b"something else")

    assert sentences(files=True)[-1].startswith("Die gespeicherte Datei ist nicht die ausgestellte")


def test_a_profile_or_receipt_that_is_not_the_printed_one_is_found() -> None:
    case = case_of(State.SUBMITTED)
    whole = ProfileFactory.create(outcome=recommend(case, released=True)), handed_in(case)
    assert sentences(files=True) == []

    for document in whole:
        with document.file.storage.open(document.file.name, "wb") as file:
            file.write(b"something else")

    assert [sentence.partition(".")[0] for sentence in sentences(files=True)] == [
        "Die gespeicherte Datei ist nicht die ausgestellte",
        "Die gespeicherte Datei ist nicht die gedruckte",
    ]


def test_evidence_that_is_not_what_was_uploaded_is_found() -> None:
    EvidenceFactory.create()
    piece, lost = EvidenceFactory.create_batch(2)
    with piece.file.storage.open(piece.file.name, "wb") as file:
        file.write(b"something else")
    lost.file.storage.delete(lost.file.name)

    said = sentences(files=True)

    assert [s for s in said if "hochgeladene" in s] == said
    assert len(said) == 2


def test_the_command_ends_with_one_where_something_is_wrong() -> None:
    LetterFactory.create(state=LetterState.FAILED, error="550 unknown")
    out = StringIO()

    with pytest.raises(SystemExit, match="1"):
        call_command("check_consistency", stdout=out)

    assert out.getvalue().splitlines()[-1] == "1 Befunde."


def test_the_command_says_when_all_is_well() -> None:
    out = StringIO()

    call_command("check_consistency", stdout=out)

    assert out.getvalue() == "Alles stimmt.\n"


def test_a_proof_of_attendance_that_is_not_the_printed_one_is_found() -> None:
    proof = proofs.issue(ProofFactory.create(), at=AT)
    assert sentences(files=True) == []

    with proof.file.storage.open(proof.file.name, "wb") as file:
        file.write(b"something else")

    assert [sentence.partition(".")[0] for sentence in sentences(files=True)] == [
        "Die gespeicherte Datei ist nicht die gedruckte"
    ]
