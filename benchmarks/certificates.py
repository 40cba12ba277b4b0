"""Certificates: ours against stock parts, interleaved in one run. Ratios count, milliseconds are orders of magnitude.

BENCH_CERTIFICATES sets how many are printed in the batch (830).
"""

import hashlib
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path
from typing import Any, NamedTuple

import django
import segno
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from django.conf import settings
from django.template.loader import render_to_string
from fontTools.ttLib import TTFont as FontFile
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from weasyprint import HTML
from weasyprint.urls import URLFetcherResponse

from centres.pdf import press
from certification.pdf import certificate as printing
from certification.pdf import seal
from certification.pdf.field import NAME
from certification.pdf.test_key import write_test_key
from certification.rules.facts import Facts, Place

AT = datetime(2026, 5, 5, 10, tzinfo=UTC)
COUNT = int(os.environ.get("BENCH_CERTIFICATES", "830"))
SEGMENTS = 1620
WARM = 50
PASSWORD = "muster"  # noqa: S105 - of a key that lives for one run
FACTS = replace(
    printing.SPECIMEN,
    centre="Familienzentrum im Verbund Waldhäuschen und Sonnenschein",
    kind="network",
    form="Verbund",
    facilities=tuple(Place(f"Evangelische Kindertagesstätte {n}", "48143 Münster") for n in range(3)),
    provider="Evangelische Kirchengemeinde Münster",
    valid_through=date(2030, 7, 31),
    address="https://zertifizierung.example.org/siegel/q8Zk3n0vXw2LbT5yRj7HdA/",
    on_behalf_of="Ministerium für Kinder, Jugend, Familie, Gleichstellung, Flucht und Integration",
)


Job = tuple[int, Path]


class Run(NamedTuple):
    """What a batch took: by the clock, by the processor, and the growth of the hungriest process in MiB."""

    seconds: float
    processor: float
    growth: float


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key.p12"
        write_test_key(key, password=PASSWORD, at=datetime.now(UTC))
        settings.SEAL_KEY_FILE, settings.SEAL_KEY_PASSWORD = str(key), PASSWORD
        printing.warm_up()
        one_certificate()
        sealing(Path(folder))
        batch(Path(folder))


def one_certificate() -> None:
    ours, reference = fastest(lambda: printing.render(FACTS, ordered_at=AT), stock_weasyprint)
    size = len(printing.render(FACTS, ordered_at=AT))
    tell("certificate, warm, unsealed / WeasyPrint a-3u with 1,620 segments", ours, reference, goal=0.60)
    print(f"  size {size / 1000:.1f} kB, goal 30 kB")


def sealing(folder: Path) -> None:
    pdf = printing.render(FACTS, ordered_at=AT, sealed=True)
    signer = stock_signer(folder / "rsa.p12")
    ours, reference = fastest(lambda: seal.apply(pdf), lambda: stock_pyhanko(pdf, signer))
    tell("sealing / stock pyHanko with RSA-2048", ours, reference, goal=0.30)


def batch(folder: Path) -> None:
    """Both sides load their fonts before the clock runs."""
    ours = in_processes(2, COUNT, print_one, folder)
    reference = in_processes(2, COUNT, draw_one, folder)
    alone = in_processes(1, COUNT // 4, print_one, folder)
    what = f"{COUNT} certificates, sealed and stored, 2 processes / ReportLab, unsealed"
    tell(f"{what}, by the clock", ours.seconds, reference.seconds, goal=2.5)
    tell(f"{what}, by the processor", ours.processor, reference.processor, goal=2.5)
    print(f"  two processes {alone.seconds * 4 / ours.seconds:.2f} × one, goal 1.8 (needs two idle cores)")
    print(f"  memory of a process grew by {ours.growth:.1f} MiB over its share, after its first {WARM}")


def fastest(*acts: Callable[[], object], times: int = 15) -> list[float]:
    """The least of several runs for each, in turn, so that a busy moment meets all."""
    for act in acts:
        act()
    least = [float("inf")] * len(acts)
    for _ in range(times):
        for n, act in enumerate(acts):
            least[n] = min(least[n], timed(act))
    return least


def timed(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def tell(what: str, ours: float, reference: float, *, goal: float) -> None:
    ratio = ours / reference
    verdict = "met" if ratio <= goal else "MISSED"
    print(f"{what}: {ratio:.2f} (goal {goal}, {verdict}; {ours * 1000:.0f} ms to {reference * 1000:.0f} ms)")


def in_processes(number: int, count: int, act: Callable[[Job], float], folder: Path) -> Run:
    with multiprocessing.get_context("spawn").Pool(number, initializer=prepare, initargs=(seal_key(),)) as pool:
        pool.map(act, [(n, folder) for n in range(WARM * number)], chunksize=WARM)
        before = max(pool.map(memory, range(number), chunksize=1))
        start = time.perf_counter()
        processor = sum(pool.map(act, [(n, folder) for n in range(count)], chunksize=5))
        seconds = time.perf_counter() - start
        return Run(seconds, processor, max(pool.map(memory, range(number), chunksize=1)) - before)


def seal_key() -> tuple[str, str]:
    return settings.SEAL_KEY_FILE, settings.SEAL_KEY_PASSWORD


def prepare(key: tuple[str, str]) -> None:
    django.setup()
    settings.SEAL_KEY_FILE, settings.SEAL_KEY_PASSWORD = key
    printing.warm_up()
    draw(FACTS)


def memory(_: int) -> float:
    """MiB in use by this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def print_one(job: Job) -> float:
    facts = replace(FACTS, number=f"FZ-2026-{job[0]:06d}-0")
    return timed(lambda: store(job, seal.apply(printing.render(facts, ordered_at=AT, sealed=True))))


def draw_one(job: Job) -> float:
    return timed(lambda: store(job, draw(replace(FACTS, number=f"FZ-2026-{job[0]:06d}-0"))))


def store(job: Job, pdf: bytes) -> str:
    (job[1] / f"{job[0]}.pdf").write_bytes(pdf)
    return hashlib.sha256(pdf).hexdigest()


class StockFiles(press.OwnFiles):
    """Ours, but with a guilloche seal of many line segments."""

    def fetch(self, url: str, headers: object = None) -> Any:
        return URLFetcherResponse(url, guilloche()) if url == "own:ornament.svg" else super().fetch(url, headers)


@cache
def guilloche() -> bytes:
    points = [(2 * pi * n / SEGMENTS, 15 + 4 * sin(2 * pi * n / SEGMENTS * 31)) for n in range(SEGMENTS + 1)]
    places = [f"{20 + r * cos(a):.2f} {20 + r * sin(a):.2f}" for a, r in points]
    path = " ".join(f"M {start} L {end}" for start, end in pairwise(places))
    svg = f'<path d="{path}" fill="none" stroke="#b5883a" stroke-width=".2"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">{svg}</svg>'.encode()


def stock_weasyprint() -> bytes:
    """The same page as WeasyPrint does it by itself, with typeface and style sheet shared as ours are."""
    own = press.press(printing.STYLE)
    code = segno.make(FACTS.address, error="m", micro=False).svg_data_uri(border=4)
    context = {"facts": FACTS, "density": "roomy", "qr_code": code, "created": "2026-05-05"}
    html = HTML(
        string=render_to_string("pdf/certificate.html", context), url_fetcher=StockFiles(printing.STYLE.parent)
    )
    pdf: bytes = html.write_pdf(font_config=own.fonts, stylesheets=[own.style], pdf_variant="pdf/a-3u")
    return pdf


def stock_signer(file: Path) -> signers.SimpleSigner:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "RSA")])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2036, 1, 1, tzinfo=UTC),
    )
    certificate = builder.sign(key, SHA256())
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"rsa", key, certificate, None, NoEncryption()))
    signer: signers.SimpleSigner = signers.SimpleSigner.load_pkcs12(file)  # type: ignore[no-untyped-call]
    return signer


def stock_pyhanko(pdf: bytes, signer: signers.SimpleSigner) -> None:
    metadata = signers.PdfSignatureMetadata(field_name=NAME)
    signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), metadata, signer=signer)


@cache
def drawing_fonts() -> None:
    """ReportLab reads TrueType only."""
    for name in ("Regular", "SemiBold"):
        plain = BytesIO()
        font = FontFile(press.FONTS / f"FiraSans-{name}.woff2")
        font.flavor = None
        font.save(plain)
        plain.seek(0)
        pdfmetrics.registerFont(TTFont(name, plain))


def draw(facts: Facts) -> bytes:
    """The same page by hand with ReportLab: neither tagged nor archival nor sealed."""
    drawing_fonts()
    output = BytesIO()
    page = Canvas(output, pagesize=A4)
    page.roundRect(9 * mm, 9 * mm, 192 * mm, 279 * mm, 2.5 * mm)
    page.roundRect(10.8 * mm, 10.8 * mm, 188.4 * mm, 275.4 * mm, 1.4 * mm)
    for n in range(18):
        angle = 2 * pi * n / 18
        page.circle((105 + 10.7 * cos(angle)) * mm, (255 + 10.7 * sin(angle)) * mm, 8 * mm)
    for radius in (19.5, 12, 11):
        page.circle(105 * mm, 255 * mm, radius * mm)
    draw_text(page, facts)
    draw_code(page, facts.address)
    page.save()
    return output.getvalue()


def draw_text(page: Canvas, facts: Facts) -> None:
    lines = [
        "Muster – nicht amtlich",
        "Urkunde",
        "Gütesiegel",
        "„Familienzentrum NRW“",
        "wird verliehen an",
        facts.centre,
    ]
    lines += [f"{place.name}, {place.town}" for place in facts.facilities]
    for n, line in enumerate(lines):
        page.setFont("SemiBold" if n in {2, 3, 5} else "Regular", 24 if n in {2, 3} else 12)
        page.drawCentredString(105 * mm, (228 - 9 * n) * mm, line)
    page.setFont("Regular", 10)
    for n, (label, value) in enumerate(facts.rows):
        page.line(24 * mm, (134 - 6 * n) * mm, 186 * mm, (134 - 6 * n) * mm)
        page.drawString(24 * mm, (130 - 6 * n) * mm, label)
        page.drawString(70 * mm, (130 - 6 * n) * mm, value[:70])
    words = [facts.awarded_by, facts.on_behalf_of, "Ist diese Urkunde echt?", facts.address]
    for n, line in enumerate(words):
        page.drawString(56 * mm, (60 - 6 * n) * mm, line)


def draw_code(page: Canvas, address: str) -> None:
    code = segno.make(address, error="m", micro=False)
    size = 25 * mm / code.symbol_size(border=0)[0]
    for y, row in enumerate(code.matrix):
        for x, dark in enumerate(row):
            if dark:
                page.rect(24 * mm + x * size, 45 * mm - y * size, size, size, stroke=0, fill=1)
