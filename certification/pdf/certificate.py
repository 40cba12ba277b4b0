"""Prints certificates. Import late and in workers only: see the package."""

import gc
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import Document

from centres.pdf.press import CannotPrintError, lay_out, written
from certification.pdf.field import add_seal_field
from certification.pdf.qr import qr_code
from certification.rules.facts import Facts

STYLE = Path(__file__).with_name("certificate.css")
# From roomy to narrow; the first whose text fits on one page is taken.
DENSITIES = ("roomy", "close", "narrow", "tiny")


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


def warm_up() -> None:
    """Print a first certificate, for nobody, so that the next one finds everything loaded."""
    render(SPECIMEN, ordered_at=datetime(2026, 1, 1, tzinfo=UTC))
    gc.collect()
    gc.freeze()  # what is loaded now stays; looking through it for garbage took a twentieth of each certificate


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
        document = lay_out(render_to_string("pdf/certificate.html", context), STYLE)
        if len(document.pages) == 1:
            return document
    raise CannotPrintError(f"{facts.number} does not fit on one page.")


def _least_density(facts: Facts) -> int:
    """A guess that saves laying out twice; a wrong one costs time, not the page."""
    letters = len(facts.centre) + len(facts.provider) + sum(len(p.name) + 20 for p in facts.facilities)
    return sum(letters > limit for limit in (330, 700, 1600))
