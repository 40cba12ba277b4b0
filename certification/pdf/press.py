"""Prints certificates, and what others lay out, with WeasyPrint. Import late and in workers only: see the package."""

import gc
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from certification.pdf.conformance import claim_accessible
from certification.pdf.field import add_seal_field
from certification.pdf.qr import qr_code
from certification.rules.facts import Facts

HERE = Path(__file__).parent
FONTS = Path(settings.BASE_DIR) / "node_modules" / "@kern-ux" / "native" / "dist" / "fonts" / "fira-sans"
OWN_FILES = {path.name: path for path in (HERE / "frame.svg", HERE / "ornament.svg", HERE / "draft.svg")} | {
    name: FONTS / name for name in ("FiraSans-Regular.woff2", "FiraSans-SemiBold.woff2")
}
# From roomy to narrow; the first whose text fits on one page is taken.
DENSITIES = ("roomy", "close", "narrow", "tiny")
CERTIFICATE = "certificate.css"
WORDS_ONLY = URLFetcher(allowed_protocols=["data"])


SPECIMEN = Facts(
    number="FZ-2026-000000-0",
    address=f"{settings.SITE_URL}/siegel/",
    centre="Familienzentrum",
    kind="single",
    form="Einzel-Familienzentrum",
    certification_number="0",
    facilities=(),
    provider="Träger",
    youth_office="Jugendamt",
    awarded_on=date(2026, 1, 1),
    valid_from=date(2026, 1, 1),
    valid_through=date(2030, 7, 31),
    awarded_by="Zertifizierungsstelle",
    on_behalf_of="Ministerium",
    sample=True,
)


class CannotPrintError(Exception):
    """The certificate does not fit on a page or names a file that is not ours."""


class Press(NamedTuple):
    """What is dear to make and the same for every file of one style."""

    fonts: FontConfiguration
    style: CSS
    colours: ColorProfile


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Nothing from the network and no file but ours, called by name: "own:frame.svg"."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return WORDS_ONLY.fetch(url)
        path = OWN_FILES.get(url.removeprefix("own:"))
        if path is None:
            raise FatalURLFetchingError(f"Not a file of ours: {url}")
        return URLFetcherResponse(url, path.read_bytes())


@cache
def press(style: str = CERTIFICATE) -> Press:
    fonts = FontConfiguration()
    return Press(fonts, CSS(HERE / style, font_config=fonts, url_fetcher=OwnFiles()), _srgb())


def render(facts: Facts, *, ordered_at: datetime, sealed: bool = False) -> bytes:
    """One page, PDF/A-3a and PDF/UA-1 in one file; the same facts and moment give the same bytes.

    `sealed` leaves an empty signature field for `certification.pdf.seal`; until it is filled
    the file is not yet PDF/A. Raises CannotPrintError.
    """
    return written(
        _laid_out(facts, ordered_at, sealed=sealed),
        facts.written(),
        name="urkunde.json",
        description="Die Angaben dieser Urkunde, maschinenlesbar",
        ordered_at=ordered_at,
        finisher=add_seal_field if sealed else None,
    )


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


def warm_up() -> None:
    """Print a first certificate, for nobody, so that the next one finds everything loaded."""
    render(SPECIMEN, ordered_at=datetime(2026, 1, 1, tzinfo=UTC))
    gc.collect()
    gc.freeze()  # what is loaded now stays; looking through it for garbage took a twentieth of each certificate


def _srgb() -> ColorProfile:
    """WeasyPrint would read its own copy for each document and leave the file open."""
    with (files("weasyprint.pdf") / "sRGB2014.icc").open("rb") as file:
        return ColorProfile(file, "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


def _laid_out(facts: Facts, ordered_at: datetime, *, sealed: bool) -> Document:
    picture = qr_code(facts.address)
    for density in DENSITIES[_least_density(facts) :]:
        context = {
            "facts": facts,
            "density": density,
            "qr_code": picture,
            "created": f"{ordered_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "sealed": sealed,
        }
        document = lay_out(render_to_string("pdf/certificate.html", context), CERTIFICATE)
        if len(document.pages) == 1:
            return document
    raise CannotPrintError(f"{facts.number} does not fit on one page.")


def lay_out(html: str, style: str) -> Document:
    """Raises CannotPrintError where the text names a file that is not ours."""
    own = press(style)
    try:
        return HTML(string=html, url_fetcher=OwnFiles()).render(
            font_config=own.fonts, stylesheets=[own.style], color_profiles={"srgb": own.colours}
        )
    except FatalURLFetchingError as error:
        raise CannotPrintError(str(error)) from error


def _least_density(facts: Facts) -> int:
    """A guess that saves laying out twice; a wrong one costs time, not the page."""
    letters = len(facts.centre) + len(facts.provider) + sum(len(p.name) + 20 for p in facts.facilities)
    return sum(letters > limit for limit in (330, 700, 1600))
