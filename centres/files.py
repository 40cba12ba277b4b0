"""What people upload: told apart by content, really opened, cleaned. A name proves nothing.

What is found wrong is said in a sentence that names the file and says what to do.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

import pi_heif
import puremagic
from defusedxml import ElementTree
from pypdf import PdfReader

from centres.pictures import TooManyPixelsError, UnreadableError, cleaned
from centres.rules.file_types import ALL_TYPES, DOCX, JPEG, MOST_BYTES, PDF, PNG, PPTX, XLSX

LONGEST_NAME = 120
MOST_PAGES = 1000
MOST_PARTS = 2000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_CONTENTS = 1024 * 1024
ACCEPTED = "Angenommen werden PDF, Fotos (JPEG, PNG, HEIC) und Word-Dateien (DOCX)."
PACKED = "packed"  # office documents: which one, their table of contents says
SIGNATURES = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"PK\x03\x04": PACKED}
MAIN_PARTS = {DOCX: "word/document.xml", PPTX: "ppt/presentation.xml", XLSX: "xl/workbook.xml"}
OTHER = {
    "application/msword": "ist ein altes Word-Dokument. Bitte speichern Sie es in Word als PDF oder DOCX",
    "image/gif": "ist ein GIF. Bitte speichern Sie das Bild als JPEG oder PNG",
    "image/webp": "ist ein WebP-Bild. Bitte speichern Sie es als JPEG oder PNG",
    "image/tiff": "ist ein TIFF-Bild. Bitte speichern Sie es als JPEG, PNG oder PDF",
    "video/mp4": "ist ein Video. Bitte laden Sie ein Foto oder ein PDF hoch",
    "video/quicktime": "ist ein Video. Bitte laden Sie ein Foto oder ein PDF hoch",
}


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class UnusableFileError(Exception):
    """This file cannot be kept; the text says why and what to do, and may be shown to the person."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is stored: checked, pictures upright and without anything but the picture."""

    name: str
    content_type: str
    content: bytes
    pages: int | None = None

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def title(self) -> str:
        """What the piece is called until somebody calls it something."""
        return PurePath(self.name).stem.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Accepts:
    """Which office documents are taken besides PDF and pictures, and the sentences about them."""

    office: tuple[str, ...]
    sentence: str
    otherwise: str


WORD_ONLY = Accepts((DOCX,), ACCEPTED, "ist kein Word-Dokument (DOCX)")


def checked(name: str, file: Readable, *, size: int, accepts: Accepts = WORD_ONLY) -> Kept:
    """The file as it may be stored. Raises UnusableFileError."""
    name = clean_name(name)
    if not size:
        raise UnusableFileError(f"„{name}“ ist leer. Bitte wählen Sie die Datei noch einmal aus.")
    if size > MOST_BYTES:
        raise UnusableFileError(
            f"„{name}“ ist {size / 1024 / 1024:.0f} MB groß, möglich sind 20 MB. "
            "Bitte verkleinern Sie die Datei oder teilen Sie sie auf."
        )
    content = file.read(MOST_BYTES + 1)
    found = _content_type(name, content, accepts)
    return _office(name, content, accepts) if found == PACKED else READERS[found](name, content)


def clean_name(name: str) -> str:
    """The file's own name without folders, control characters and other tricks, of a length people can read."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(each if unicodedata.category(each)[0] not in "CZ" else " " for each in last)
    path = PurePath(" ".join(kept.split()).strip(". ") or "Datei")
    suffix = path.suffix[:10]
    return f"{path.name.removesuffix(path.suffix)[: LONGEST_NAME - len(suffix)].strip()}{suffix}"


def _content_type(name: str, content: bytes, accepts: Accepts) -> str:
    if b"%PDF-" in content[:1024]:
        return PDF
    if pi_heif.is_supported(content):
        return HEIC
    for signature, content_type in SIGNATURES.items():
        if content.startswith(signature):
            return content_type
    what = OTHER.get(_guessed(content), "ist keine Datei, die wir lesen können")
    raise UnusableFileError(f"„{name}“ {what}. {accepts.sentence}")


def _guessed(content: bytes) -> str:
    """What else it may be: only for the sentence."""
    try:
        return str(puremagic.from_string(content[:4096], mime=True))
    except (puremagic.PureError, ValueError):
        return ""


def _pdf(name: str, content: bytes) -> Kept:
    try:
        reader = PdfReader(io.BytesIO(content))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
    except Exception as error:  # pypdf stumbles over broken files in many ways, each with an exception of its own
        raise _broken(name) from error
    if locked:
        raise UnusableFileError(
            f"„{name}“ ist mit einem Passwort geschützt. Bitte speichern Sie das PDF ohne Passwort."
        )
    if not pages:
        raise _broken(name)
    if pages > MOST_PAGES:
        raise UnusableFileError(
            f"„{name}“ hat {pages} Seiten, möglich sind {MOST_PAGES}. "
            "Bitte laden Sie nur die Seiten hoch, um die es geht."
        )
    return Kept(_renamed(name, PDF), PDF, content, pages)


def _picture(name: str, content: bytes) -> Kept:
    try:
        clean, content_type = cleaned(content)
    except TooManyPixelsError as error:
        raise UnusableFileError(
            f"„{name}“ hat zu viele Bildpunkte. Bitte verkleinern Sie das Bild und laden Sie es noch einmal hoch."
        ) from error
    except UnreadableError as error:
        raise _broken(name) from error
    return Kept(_renamed(name, content_type), content_type, clean)


def _office(name: str, content: bytes, accepts: Accepts) -> Kept:
    """Only the table of contents is unpacked, within limits; nothing of the document is run or rendered."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise UnusableFileError(f"„{name}“ ist entpackt zu groß. Bitte speichern Sie das Dokument als PDF.")
            contents, names = packed.read(_contents(packed)), set(packed.namelist())
            damaged = packed.testzip()
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise _broken(name) from error
    if damaged:
        raise _broken(name)
    kinds = _kinds(name, contents)
    if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in kinds):
        raise UnusableFileError(
            f"„{name}“ enthält Makros. Bitte speichern Sie das Dokument als PDF oder {_without_macros(accepts)}."
        )
    for content_type in accepts.office:
        if MAIN_PARTS[content_type] in names and f"{content_type}.main+xml" in kinds:
            return Kept(_renamed(name, content_type), content_type, content)
    raise UnusableFileError(f"„{name}“ {accepts.otherwise}. {accepts.sentence}")


def _without_macros(accepts: Accepts) -> str:
    return "als DOCX ohne Makros" if accepts.office == (DOCX,) else "ohne Makros"


def _contents(packed: zipfile.ZipFile) -> zipfile.ZipInfo:
    contents = packed.getinfo("[Content_Types].xml")
    if contents.file_size > MOST_CONTENTS:
        raise ValueError
    return contents


def _kinds(name: str, contents: bytes) -> set[str]:
    """The content types the document says its parts have."""
    try:
        return {element.get("ContentType", "") for element in ElementTree.fromstring(contents)}
    except (ElementTree.ParseError, ValueError) as error:  # ValueError: entities and other tricks
        raise _broken(name) from error


def _broken(name: str) -> UnusableFileError:
    return UnusableFileError(
        f"„{name}“ lässt sich nicht öffnen, die Datei ist beschädigt. "
        "Bitte öffnen Sie sie bei sich, speichern Sie sie neu und laden Sie sie noch einmal hoch."
    )


def _renamed(name: str, content_type: str) -> str:
    """With the ending that is true."""
    path = PurePath(name)
    true = ALL_TYPES[content_type]
    same = {true, ".jpeg"} if true == ".jpg" else {true}
    return name if path.suffix.lower() in same else f"{path.stem}{true}"


HEIC = "image/heic"
READERS: dict[str, Callable[[str, bytes], Kept]] = {
    PDF: _pdf,
    HEIC: _picture,
    JPEG: _picture,
    PNG: _picture,
}
