import io
import zipfile
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import factory
from django.core.files.base import ContentFile
from PIL import Image
from pypdf import PdfWriter

from centres.rules.file_types import DOCX, PDF
from certification.models import Evidence, EvidenceUse
from certification.rules.evidence import EvidenceKind
from tests.factories.accounts import UserFactory
from tests.factories.centres import CentreSubFactory

UPLOADED_AT = datetime(2026, 1, 12, 9, tzinfo=UTC)


class EvidenceFactory(factory.django.DjangoModelFactory[Evidence]):
    """A training certificate of a year ago, with a file that is none; `criteria=[…]` says what it belongs to."""

    class Meta:
        model = Evidence
        skip_postgeneration_save = True

    class Params:
        content = factory.Sequence(lambda n: f"%PDF-1.7 no {n}".encode())

    centre = CentreSubFactory()
    title = factory.Sequence(lambda n: f"Nachweis {n}")
    kind = EvidenceKind.TRAINING.value
    issued_on = date(2025, 3, 10)
    file = factory.LazyAttribute(lambda e: ContentFile(e.content, "nachweis.pdf"))
    name = "nachweis.pdf"
    content_type = PDF
    size = factory.LazyAttribute(lambda e: len(e.content))
    sha256 = factory.LazyAttribute(lambda e: sha256(e.content).hexdigest())
    uploaded_at = UPLOADED_AT
    uploaded_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def criteria(self: Any, create: bool, given: Any, **_: Any) -> None:
        if create and given:
            self.criteria.set(given)


class EvidenceUseFactory(factory.django.DjangoModelFactory[EvidenceUse]):
    """Give `case`, `evidence` and `criterion`."""

    class Meta:
        model = EvidenceUse

    added_at = UPLOADED_AT
    added_by = factory.SubFactory(UserFactory)


def pdf(pages: int = 1, *, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(210, 297)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """Red on the left, white on the right."""
    drawn = Image.new("RGB", size, "white")
    drawn.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    drawn.save(out, form, **options)
    return out.getvalue()


def docx(*, main: str = f"{DOCX}.main+xml", document: str = "word/document.xml", **parts: bytes) -> bytes:
    out = io.BytesIO()
    types = f'<Types><Override PartName="/{document}" ContentType="{main}"/></Types>'
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", types)
        packed.writestr(document, "<w:document/>")
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()
