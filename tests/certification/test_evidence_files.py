"""What is kept of a file and what is refused, with a sentence each: real files, told apart by content."""

import io
import warnings
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from centres import files, pictures
from centres.files import Kept, UnusableFileError, checked, clean_name
from centres.rules.file_types import DOCX, JPEG, MOST_BYTES, PDF, PNG
from tests.factories.evidence import docx, pdf, picture

PHONE = (Path(__file__).parent / "samples/phone.heic").read_bytes()
TURNED = 0x0112
PLACE = 0x8825


def look(content: bytes, name: str = "datei.bin") -> Kept:
    return checked(name, io.BytesIO(content), size=len(content))


def refusal(content: bytes, name: str = "datei.bin") -> str:
    with pytest.raises(UnusableFileError) as refused:
        look(content, name)
    return str(refused.value)


def opened(kept: Kept) -> Image.Image:
    return Image.open(io.BytesIO(kept.content))


def is_red(shown: Image.Image, at: tuple[int, int]) -> bool:
    green = shown.getchannel("G").crop((*at, at[0] + 1, at[1] + 1))
    return green.tobytes()[0] < 60


def exif_of_a_phone() -> Image.Exif:
    exif = Image.Exif()
    exif[TURNED], exif[0x010F] = 6, "Telefon"
    exif.get_ifd(PLACE).update({1: "N", 2: (51.0, 13.0, 30.0)})
    return exif


@pytest.mark.parametrize(
    ("content", "content_type", "name", "pages"),
    [
        (pdf(3), PDF, "datei.pdf", 3),
        (picture("JPEG"), JPEG, "datei.jpg", None),
        (picture("PNG"), PNG, "datei.png", None),
        (PHONE, JPEG, "datei.jpg", None),
        (docx(), DOCX, "datei.docx", None),
    ],
)
def test_content_decides_what_a_file_is_whatever_it_is_called(
    content: bytes, content_type: str, name: str, pages: int | None
) -> None:
    kept = look(content, "datei.exe")

    assert (kept.content_type, kept.name, kept.pages) == (content_type, name, pages)


def test_documents_are_kept_byte_for_byte() -> None:
    assert [look(each).content for each in (pdf(), docx())] == [pdf(), docx()]


def test_a_photo_is_upright_and_says_nothing_of_place_and_device() -> None:
    kept = look(picture("JPEG", exif=exif_of_a_phone(), comment=b"geheim"))

    shown = opened(kept)
    assert (shown.size, dict(shown.getexif()), set(shown.info)) == ((40, 60), {}, {*shown.info} - {"comment", "exif"})
    assert [is_red(shown, (20, 5)), is_red(shown, (20, 55))] == [True, False]
    assert b"Telefon" not in kept.content
    assert b"geheim" not in kept.content


def test_a_photo_of_an_iphone_becomes_a_jpeg_without_its_place() -> None:
    assert b"Telefon" in PHONE
    kept = look(PHONE, "IMG_0815.HEIC")

    shown = opened(kept)
    assert (kept.name, shown.format, shown.size, dict(shown.getexif())) == ("IMG_0815.jpg", "JPEG", (200, 320), {})
    assert [is_red(shown, (100, 10)), is_red(shown, (100, 310))] == [True, False]


def test_a_png_loses_its_texts() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Erika Mustermann")

    kept = look(picture("PNG", pnginfo=info))

    assert b"Mustermann" not in kept.content
    assert opened(kept).format == "PNG"


def test_colours_of_a_phone_stay_what_they_look_like() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    shown = opened(look(picture("PNG", icc_profile=profile)))

    assert (shown.getpixel((5, 5)), "icc_profile" in shown.info) == ((255, 0, 0), False)


def test_a_profile_nobody_can_read_changes_nothing() -> None:
    assert opened(look(picture("PNG", icc_profile=b"quatsch"))).getpixel((5, 5)) == (255, 0, 0)


def test_transparency_stays_in_a_png() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")

    assert opened(look(out.getvalue())).mode == "RGBA"


def test_a_large_photo_is_kept_as_large_as_it_is_read() -> None:
    assert opened(look(picture("JPEG", (9000, 300)))).size == (4096, 137)


@pytest.mark.parametrize("size", [(9000, 8000), (16000, 12000)])
def test_a_picture_that_would_fill_the_memory_is_not_unpacked(size: tuple[int, int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        assert "zu viele Bildpunkte" in refusal(_blank_png(*size))


def test_a_heic_that_would_fill_the_memory_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 200 * 320 - 1)

    assert "zu viele Bildpunkte" in refusal(PHONE)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "„datei.bin“ ist leer. Bitte wählen Sie die Datei noch einmal aus."),
        (
            b"Nur Text",
            f"„datei.bin“ ist keine Datei, die wir lesen können. {files.ACCEPTED}",
        ),
        (
            pdf(password="geheim"),
            "„datei.bin“ ist mit einem Passwort geschützt. Bitte speichern Sie das PDF ohne Passwort.",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_to_do(content: bytes, sentence: str) -> None:
    assert refusal(content) == sentence


@pytest.mark.parametrize(
    "content",
    [
        pdf()[:60],
        b"%PDF-1.7 nichts weiter",
        pdf(0),
        picture("JPEG")[:-300],
        picture("PNG")[:50],
        PHONE[:700],
        b"\xff\xd8\xff quatsch",
        docx()[:80],
        docx().replace(b"<w:document/>", b"<w:document?>"),
        docx(main='"><!DOCTYPE x [<!ENTITY a "b">]><x a="&a;'),
    ],
    ids=["pdf cut", "pdf head", "pdf empty", "jpeg cut", "png cut", "heic cut", "jpeg head", "docx cut", "docx crc",
         "docx xml"],
)  # fmt: skip
def test_a_broken_file_is_named_with_what_to_do(content: bytes) -> None:
    assert refusal(content, "scan.pdf").startswith("„scan.pdf“ lässt sich nicht öffnen, die Datei ist beschädigt. ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"), "enthält Makros"),
        (
            docx(main="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
            "kein Word-Dokument",
        ),
        (docx(document="word/anders.xml"), "kein Word-Dokument"),
        (picture("GIF"), "ist ein GIF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "altes Word-Dokument"),
        (b"MZ\x90\x00" + bytes(100), "keine Datei, die wir lesen können"),
    ],
)
def test_other_kinds_of_files_are_called_what_they_are(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    with pytest.raises(UnusableFileError, match="21 MB groß, möglich sind 20 MB"):
        checked("film.pdf", io.BytesIO(), size=MOST_BYTES + 1024 * 1024)


def test_a_book_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_PAGES", 2)

    assert "hat 3 Seiten, möglich sind 2" in refusal(pdf(3))


@pytest.mark.parametrize(("limit", "least"), [("MOST_PARTS", 2), ("MOST_UNPACKED", 1000)])
def test_a_word_file_that_would_fill_the_disk_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, least: int
) -> None:
    monkeypatch.setattr(files, limit, least)

    assert "entpackt zu groß" in refusal(docx(bombe=bytes(100_000)))


def test_a_word_file_with_an_endless_table_of_contents_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_CONTENTS", 10)

    assert "beschädigt" in refusal(docx())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Vertrag.pdf", "Vertrag.pdf"),
        (r"C:\Users\erika\Vertrag.pdf", "Vertrag.pdf"),
        ("../../etc/passwd", "passwd"),
        ("Ver\u202etrag\x00\n.pdf", "Ver trag.pdf"),
        ("Übersicht  Kita.pdf", "Übersicht Kita.pdf"),
        ("U\u0308bersicht.pdf", "Übersicht.pdf"),
        ("", "Datei"),
        ("...", "Datei"),
        (f"{'a' * 300}.pdf", f"{'a' * 116}.pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_title_is_made_of_the_name() -> None:
    assert look(pdf(), "Fortbildung_Mai_2026.pdf").title == "Fortbildung Mai 2026"


def _blank_png(width: int, height: int) -> bytes:
    """The head of an enormous picture; there is hardly anything behind it."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    chunk = b"IHDR" + head
    start = b"\x89PNG\r\n\x1a\n" + len(head).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return start + bytes(4) + b"IDAT" + zlib.crc32(b"IDAT").to_bytes(4, "big")
