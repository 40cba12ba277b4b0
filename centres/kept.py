"""Files that are stored once with their hash and handed out byte for byte or not at all."""

import hashlib
from typing import Any, Protocol

from django.http import HttpResponse
from django.utils.http import content_disposition_header


class DamagedFileError(Exception):
    """The stored file is not the one that was issued."""


class Kept(Protocol):
    """A row with the file and its hash."""

    sha256: Any

    @property
    def file(self) -> Any: ...


def read(document: Kept) -> bytes:
    """The file as it was issued. Raises DamagedFileError rather than hand out another."""
    with document.file.open("rb") as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise DamagedFileError(f"The file of {document} has another hash than when it was issued.")
    return content


def download(document: Kept, name: str) -> HttpResponse:
    """The issued file under this name; the view has asked who may. Raises DamagedFileError."""
    response = HttpResponse(read(document), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response
