"""Lays out and prints with WeasyPrint what any room writes. Import late: see the package."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from centres.pdf.conformance import claim_accessible

FONTS = Path(settings.BASE_DIR) / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts" / "fira-sans"
TYPEFACE = {name: FONTS / name for name in ("FiraSans-Regular.woff2", "FiraSans-SemiBold.woff2")}
WORDS_ONLY = URLFetcher(allowed_protocols=["data"])


class CannotPrintError(Exception):
    """The text does not fit where it must or names a file that is not ours."""


class Press(NamedTuple):
    """What is dear to make and the same for every file of one style."""

    fonts: FontConfiguration
    style: CSS
    colours: ColorProfile


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Nothing from the network; the typeface, and the pictures and styles beside the style: "own:frame.svg"."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        beside = (path for pattern in ("*.svg", "*.css") for path in folder.glob(pattern))
        self.own_files = TYPEFACE | {path.name: path for path in beside}

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return WORDS_ONLY.fetch(url)
        path = self.own_files.get(url.removeprefix("own:"))
        if path is None:
            raise FatalURLFetchingError(f"Not a file of ours: {url}")
        return URLFetcherResponse(url, path.read_bytes())


@cache
def press(style: Path) -> Press:
    fonts = FontConfiguration()
    return Press(fonts, CSS(style, font_config=fonts, url_fetcher=OwnFiles(style.parent)), _srgb())


def lay_out(html: str, style: Path) -> Document:
    """Raises CannotPrintError where the text names a file that is not ours."""
    own = press(style)
    try:
        return HTML(string=html, url_fetcher=OwnFiles(style.parent)).render(
            font_config=own.fonts, stylesheets=[own.style], color_profiles={"srgb": own.colours}
        )
    except FatalURLFetchingError as error:
        raise CannotPrintError(str(error)) from error


def written(
    document: Document,
    facts: Mapping[str, Any],
    *,
    name: str,
    description: str,
    ordered_at: datetime,
    finisher: Callable[..., None] | None = None,
) -> bytes:
    """The laid-out document as PDF/A-3a and PDF/UA-1 in one file, with its facts attached."""
    claim_accessible(document.metadata)
    attachment = Attachment(
        string=json.dumps(facts, ensure_ascii=False, indent=1),
        name=name,
        description=description,
        relationship="Data",
        created=ordered_at.astimezone(UTC),
        modified=ordered_at.astimezone(UTC),
    )
    pdf: bytes = document.write_pdf(
        pdf_variant="pdf/a-3a",
        output_intent="the profile given",
        attachments=[attachment],
        finisher=finisher,
    )
    return pdf


def _srgb() -> ColorProfile:
    """WeasyPrint would read its own copy for each document and leave the file open."""
    with (files("weasyprint.pdf") / "sRGB2014.icc").open("rb") as file:
        return ColorProfile(file, "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))
