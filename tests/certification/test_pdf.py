"""Reads what the press prints with other people's readers: pypdf, PDFium, ZXing, pyHanko's validator and veraPDF."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.core.management import call_command
from django.test import Client
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from pytest_django import Settings

from centres.pdf import press
from certification import certificates, tasks
from certification.pdf import certificate as printing
from certification.pdf import seal
from certification.pdf.test_key import write_test_key
from certification.rules.facts import Facts, Place
from tests.factories.certification import SealFactory

AT = datetime(2026, 5, 5, 10, tzinfo=UTC)
LONG = ("Evangelisches Familienzentrum Arche Noah mit Kindertageseinrichtung und Beratung " * 4)[:250]
CONFORMANCE = Path(__file__).resolve().parents[1] / "conformance" / "Validate.java"

SINGLE = Facts(
    number="FZ-2026-000123-3",
    address="https://zertifizierung.example.org/siegel/q8Zk3n0vXw2LbT5yRj7HdA/",
    centre="Familienzentrum Größenwahn & Söhne",
    kind="single",
    form="Einzel-Familienzentrum",
    certification_number="0001001",
    facilities=(Place("Kita Regenbogen", "50667 Köln"),),
    provider="Evangelische Kirchengemeinde Köln",
    youth_office="Jugendamt Köln",
    awarded_on=date(2026, 5, 5),
    valid_from=date(2026, 5, 5),
    valid_through=date(2030, 7, 31),
    awarded_by=certificates.AWARDED_BY,
    on_behalf_of=certificates.ON_BEHALF_OF,
    sample=True,
)
NETWORK = replace(
    SINGLE,
    kind="network",
    form="Verbund",
    centre="Familienzentrum im Verbund Waldhäuschen und Sonnenschein",
    facilities=tuple(Place(f"Evangelische Kindertagesstätte {n}", "48143 Münster") for n in range(7)),
)
LONGEST = replace(
    NETWORK,
    centre=LONG,
    facilities=tuple(Place(LONG, "48143 Münster") for _ in range(7)),
    provider="; ".join(f"{LONG[:248]} {n}" for n in range(7)),
    youth_office=LONG[:150],
)


@pytest.fixture
def test_seal(settings: Settings, tmp_path: Path) -> None:
    settings.SEAL_KEY_FILE = str(tmp_path / "key.p12")
    settings.SEAL_KEY_PASSWORD = "muster"
    write_test_key(tmp_path / "key.p12", password="muster", at=AT)


def sealed(facts: Facts) -> bytes:
    return seal.apply(printing.render(facts, ordered_at=AT, sealed=True))


def read(pdf: bytes) -> Any:
    """A PdfReader; what is in the file has no types."""
    return PdfReader(BytesIO(pdf))


def letters(text: str) -> str:
    """Without blanks and hyphens, which lines may break at."""
    return re.sub(r"[\s\-‐\u00ad]", "", text)


def said(facts: Facts) -> list[str]:
    places = [name for place in facts.facilities for name in (place.name, place.town) if facts.is_network]
    dates = ["5. Mai 2026 bis einschließlich 31. Juli 2030", "Muster – nicht amtlich"]
    return [facts.centre, facts.provider, facts.youth_office, facts.certification_number, facts.number,
            facts.awarded_by, facts.on_behalf_of, facts.address, *places, *dates]  # fmt: skip


@pytest.mark.parametrize("facts", [SINGLE, NETWORK, LONGEST], ids=["single", "network", "longest"])
@pytest.mark.parametrize("with_seal", [False, True])
def test_everything_is_said_on_one_page(facts: Facts, with_seal: bool) -> None:
    pages = read(printing.render(facts, ordered_at=AT, sealed=with_seal)).pages

    text = letters(pages[0].extract_text())

    assert len(pages) == 1
    assert [words for words in said(facts) if letters(words) not in text] == []


def test_text_that_fits_on_no_page_is_refused() -> None:
    with pytest.raises(press.CannotPrintError, match="one page"):
        printing.render(replace(LONGEST, provider=LONG * 40), ordered_at=AT)


def test_same_facts_give_the_same_bytes() -> None:
    assert printing.render(SINGLE, ordered_at=AT) == printing.render(SINGLE, ordered_at=AT)


def test_file_is_small() -> None:
    assert len(printing.render(NETWORK, ordered_at=AT)) <= 30_000


def test_file_is_tagged_and_names_language_and_title() -> None:
    catalog = read(printing.render(SINGLE, ordered_at=AT)).root_object

    assert catalog["/MarkInfo"] == {"/Marked": True}
    assert catalog["/StructTreeRoot"]["/K"][0]["/S"] == "/Document"
    assert catalog["/Lang"] == "de"
    assert catalog["/ViewerPreferences"] == {"/DisplayDocTitle": True}


def test_file_has_title_author_and_the_moment_of_the_order() -> None:
    metadata = read(printing.render(SINGLE, ordered_at=AT)).metadata

    assert metadata is not None
    assert metadata.title == f"Urkunde {SINGLE.number}: Gütesiegel „Familienzentrum NRW“ für {SINGLE.centre} (Muster)"
    assert metadata.author == "pädquis Stiftung"
    assert metadata.creation_date == AT


def test_file_claims_both_standards() -> None:
    xmp = read(printing.render(SINGLE, ordered_at=AT)).root_object["/Metadata"].get_data().decode()

    assert 'pdfaid:part="3"' in xmp
    assert 'pdfaid:conformance="A"' in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp


def test_attached_file_holds_the_facts() -> None:
    attached = read(printing.render(NETWORK, ordered_at=AT)).attachments["urkunde.json"][0]

    assert Facts.read(json.loads(attached)) == NETWORK


def test_only_our_own_typeface_is_used_and_embedded() -> None:
    fonts = read(printing.render(NETWORK, ordered_at=AT)).pages[0]["/Resources"]["/Font"]

    for font in fonts.values():
        inner = font["/DescendantFonts"][0]
        assert "FiraSans" in inner["/BaseFont"].replace("-", "")
        assert "/FontFile3" in inner["/FontDescriptor"] or "/FontFile2" in inner["/FontDescriptor"]


@pytest.mark.parametrize("address", ["https://example.org/x.png", "file:///etc/passwd", "own:../secret"])
def test_press_fetches_nothing_but_our_own_files(address: str, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "pdf").mkdir()
    (tmp_path / "pdf" / "certificate.html").write_text(f'<html lang="de"><img src="{address}" alt="x">')
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]

    with pytest.raises(press.CannotPrintError, match="Not a file of ours"):
        printing.render(SINGLE, ordered_at=AT)


def test_web_process_loads_without_weasyprint_and_pyhanko() -> None:
    code = "import django, sys; django.setup(); import config.urls; print(*sys.modules)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}

    loaded = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )

    assert "django.urls" in loaded.stdout
    assert not {"weasyprint", "pyhanko"} & set(loaded.stdout.split())


@pytest.mark.django_db
@pytest.mark.parametrize("resolution", [100, 300])
def test_code_on_paper_leads_to_the_page_of_this_certificate(client: Client, resolution: int) -> None:
    certificate = certificates.issue(certificates.order(SealFactory.create(), at=AT), at=AT)
    picture = pypdfium2.PdfDocument(certificates.read(certificate))[0].render(scale=resolution / 72).to_pil()

    (code,) = zxingcpp.read_barcodes(picture)
    page = client.get(code.text.removeprefix("http://127.0.0.1:8000"))

    assert page.status_code == 200
    assert certificate.number in page.content.decode()
    assert "<h1>Echt" in page.content.decode()


@pytest.mark.usefixtures("test_seal")
def test_sealed_file_is_intact_and_covers_everything() -> None:
    status = signature_status(sealed(SINGLE))

    assert status.intact
    assert status.valid
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.docmdp_ok


@pytest.mark.usefixtures("test_seal")
def test_sealed_file_that_was_altered_is_not_intact() -> None:
    pdf = sealed(SINGLE)

    altered = pdf.replace(b"/Lang (de)", b"/Lang (fr)")

    assert altered != pdf
    assert not signature_status(altered).intact


@pytest.mark.usefixtures("test_seal")
def test_field_of_the_seal_is_tagged_and_named() -> None:
    document = read(sealed(SINGLE))
    (widget,) = (a.get_object() for a in document.pages[0]["/Annots"] if a.get_object()["/Subtype"] == "/Widget")
    forms = [e for e in elements(document.root_object["/StructTreeRoot"]) if e.get("/S") == "/Form"]

    assert widget["/TU"] == "Elektronisches Siegel der Zertifizierungsstelle"
    assert [form["/K"][0]["/Obj"].get_object() for form in forms] == [widget]


@pytest.mark.django_db
@pytest.mark.usefixtures("test_seal")
def test_certificates_are_sealed_where_a_key_is_configured() -> None:
    certificate = certificates.issue(certificates.order(SealFactory.create(), at=AT), at=AT)

    assert signature_status(certificates.read(certificate)).valid


@pytest.mark.usefixtures("test_seal")
def test_worker_process_that_starts_loads_typeface_and_key() -> None:
    press.press.cache_clear()

    tasks.warm_up()

    assert press.press.cache_info().currsize == 1


@pytest.mark.usefixtures("test_seal")
def test_wrong_password_of_the_key_is_told(settings: Settings) -> None:
    settings.SEAL_KEY_PASSWORD = "falsch"

    with pytest.raises(seal.UnsuitableKeyError, match="SEAL_KEY_PASSWORD"):
        sealed(SINGLE)


def test_command_writes_a_key_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "folder" / "key.p12"

    call_command("make_test_seal_key", file)
    first = file.read_bytes()
    call_command("make_test_seal_key", file)

    assert file.read_bytes() == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"SEAL_KEY_FILE={file}" in capsys.readouterr().out


@pytest.mark.usefixtures("test_seal")
def test_files_conform_to_pdf_a_and_pdf_ua(tmp_path: Path) -> None:
    """Needs Java and veraPDF; see docs/decisions on the certificate for how to get it."""
    classes = os.environ.get("VERAPDF_CLASSPATH", "")
    if not (shutil.which("java") and classes):
        pytest.skip("NOT CHECKED: PDF/A and PDF/UA. Set VERAPDF_CLASSPATH and install Java to validate with veraPDF.")
    files = {"single": printing.render(SINGLE, ordered_at=AT), "sealed": sealed(SINGLE), "longest": sealed(LONGEST)}
    for name, pdf in files.items():
        (tmp_path / name).write_bytes(pdf)

    command = ["java", "-cp", classes, str(CONFORMANCE), *(str(tmp_path / name) for name in files)]
    result = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own code

    assert result.stdout.count("passed") == 2 * len(files), result.stdout


def signature_status(pdf: bytes) -> Any:
    signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
    trust = ValidationContext(trust_roots=[signature.signer_cert], moment=AT)
    return validate_pdf_signature(signature, signer_validation_context=trust)


def elements(node: Any) -> list[Any]:
    kids = [kid.get_object() for kid in node.get("/K", [])]
    nodes = [kid for kid in kids if isinstance(kid, DictionaryObject)]
    return nodes + [element for kid in nodes for element in elements(kid)]
