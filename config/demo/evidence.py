"""Evidence of the centres: a handful of drawn papers, shared by all pieces, so that loading stays fast."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from accounts.models import User
from centres.models import FamilyCentre
from centres.rules.file_types import CONTENT_TYPES, JPEG, PDF
from certification.models import Evidence, EvidenceUse
from certification.rules.evidence import EvidenceKind
from certification.rules.moves import State
from config.demo.journeys import Journey
from config.demo.reviews import Questions, is_running
from config.demo.world import World

MOST_CASES = 60
OLD = 1000  # days
SHEET = (620, 877)  # A4 at 75 dots per inch


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of piece: `days` before the day of loading it was issued; `code` is the criterion it belongs to."""

    title: str
    kind: EvidenceKind
    code: str
    days: int
    content_type: str = PDF
    renews: bool = False
    hours: int | None = None


PAPERS = (
    Paper("Zertifikat Erst- und Verweisberatung", EvidenceKind.TRAINING, "1.3", 410, hours=32),
    Paper("Bescheinigung Interkulturelle Öffnung", EvidenceKind.TRAINING, "1.2", 2900, hours=16),
    Paper("Konzept Wege in die Beratung", EvidenceKind.CONCEPT, "1.4", 900),
    Paper("Elternkurs, Aushang und Teilnahmeliste", EvidenceKind.OFFER, "2.2", 40, content_type=JPEG),
    Paper("Programmheft des vorigen Durchgangs", EvidenceKind.OFFER, "2.1", 1500),
    Paper("Vereinbarung mit der Beratungsstelle", EvidenceKind.AGREEMENT, "6.1", 2300, renews=True),
    Paper("Sozialraumanalyse", EvidenceKind.CONCEPT, "5.1", 500),
    Paper("Elterncafé, Aushang", EvidenceKind.OFFER, "2.2", 200, content_type=JPEG),
)
BETWEEN = (
    Paper("Fortbildung Erst- und Verweisberatung", EvidenceKind.TRAINING, "1.3", 120, hours=30),
    Paper("Bescheinigung Kinderschutz", EvidenceKind.TRAINING, "1.3", 2700, hours=8),
    Paper("Elterncafé, Aushang", EvidenceKind.OFFER, "2.2", 25, content_type=JPEG),
    Paper("Familienfest, Programm", EvidenceKind.OFFER, "2.2", 170),
    Paper("Vereinbarung mit der Familienbildung", EvidenceKind.AGREEMENT, "6.1", 800, renews=True),
    Paper("Foto vom Schwarzen Brett", EvidenceKind.OTHER, "", 12, content_type=JPEG),
)


def make_evidence(world: World, journeys: list[Journey], questions: Questions) -> None:
    """In the cases people look at first: what still counts is used, what is too old only lies in the collection."""
    files = [_drawn(paper) for paper in PAPERS]
    criteria = {part.criterion.code: part.criterion for part in questions.parts}
    pieces: list[tuple[Evidence, Paper, Journey]] = []
    for journey in _chosen(world, journeys):
        pieces += [
            (_of_case(world, journey, paper, file), paper, journey) for paper, file in zip(PAPERS, files, strict=True)
        ]
    Evidence.objects.bulk_create([piece for piece, _, _ in pieces], batch_size=1000)
    belongs = Evidence.criteria.through
    belongs.objects.bulk_create(
        belongs(evidence=piece, criterion=criteria[paper.code])
        for piece, paper, _ in pieces
        if paper.code in criteria
    )
    EvidenceUse.objects.bulk_create(
        EvidenceUse(
            case=journey.case,
            evidence=piece,
            criterion=criteria[paper.code],
            added_at=piece.uploaded_at,
            added_by=journey.lead,
        )
        for piece, paper, journey in pieces
        if _is_used(journey, paper)
    )


def collect(world: World, centre: FamilyCentre, lead: User, questions: Questions) -> None:
    """What the lead of a centre without an open case has put aside for the next time."""
    criteria = {part.criterion.code: part.criterion for part in questions.parts}
    for paper in BETWEEN:
        at = timezone.make_aware(datetime.combine(_day(world, paper) + timedelta(days=5), time(9)))
        piece = _piece(paper, _drawn(paper), centre=centre, by=lead, on=_day(world, paper), at=at)
        piece.save()
        piece.criteria.set([criteria[paper.code]] if paper.code in criteria else [])


def _chosen(world: World, journeys: list[Journey]) -> Iterator[Journey]:
    """Running cases that have begun to write, those of our first auditor before the others."""
    begun = [j for j in journeys if is_running(world, j.case.round) and "register" in j.acts]
    yield from sorted(begun, key=lambda journey: not journey.fate.pinned)[:MOST_CASES]


def _is_used(journey: Journey, paper: Paper) -> bool:
    """Whoever has handed in has used what counts; whoever is still writing, about half of it."""
    counts = paper.days < OLD or paper.renews
    return counts and (journey.state != State.REGISTERED or paper.code in {"1.3", "2.2"})


def _of_case(world: World, journey: Journey, paper: Paper, file: tuple[str, bytes]) -> Evidence:
    at = _uploaded_at(world, journey, paper)
    return _piece(paper, file, centre=journey.case.centre, by=journey.lead, on=_day(world, paper), at=at)


def _piece(
    paper: Paper, file: tuple[str, bytes], *, centre: FamilyCentre, by: User, on: date, at: datetime
) -> Evidence:
    name, content = file
    return Evidence(
        centre=centre,
        title=paper.title,
        kind=paper.kind.value,
        issued_on=on,
        renews=paper.renews,
        hours=paper.hours,
        file=name,
        name=f"{paper.title}{CONTENT_TYPES[paper.content_type]}",
        content_type=paper.content_type,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        pages=1 if paper.content_type == PDF else None,
        uploaded_at=at,
        uploaded_by=by,
    )


def _uploaded_at(world: World, journey: Journey, paper: Paper) -> datetime:
    """Old papers soon after they were issued, the others shortly before the hand-in."""
    if paper.days >= OLD:
        return timezone.make_aware(datetime.combine(_day(world, paper) + timedelta(days=30), time(9)))
    until = journey.acts.get("submit") or timezone.make_aware(datetime.combine(world.on, time(9)))
    return until - timedelta(days=3, minutes=paper.days % 50)


def _day(world: World, paper: Paper) -> date:
    return world.on - timedelta(days=paper.days)


def _drawn(paper: Paper) -> tuple[str, bytes]:
    """A sheet that says what it is, stored; its name in the storage and its content."""
    sheet = Image.new("L", SHEET, 255)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((30, 30, SHEET[0] - 30, SHEET[1] - 30), outline=120, width=2)
    pen.text((60, 90), paper.kind.label, fill=90, font=ImageFont.load_default(18))
    pen.text((60, 130), paper.title, fill=0, font=ImageFont.load_default(26))
    pen.text((60, 200), "Muster zum Ausprobieren, keine echte Urkunde.", fill=90, font=ImageFont.load_default(16))
    out = io.BytesIO()
    sheet.save(out, "PDF" if paper.content_type == PDF else "JPEG", quality=60)
    content = out.getvalue()
    name = f"evidence/demo/{sha256(content).hexdigest()[:32]}{CONTENT_TYPES[paper.content_type]}"
    return default_storage.save(name, ContentFile(content)), content
