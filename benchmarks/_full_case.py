"""A case in review that has all a case can have: every criterion answered and judged, sixty pieces of evidence."""

from datetime import timedelta
from hashlib import sha256

from accounts.models import User
from benchmarks import _stage
from centres.rules.file_types import PDF
from certification.models import (
    Answer,
    AreaResult,
    Case,
    CaseNote,
    Criterion,
    Evidence,
    EvidenceUse,
    Finding,
    Part,
    Query,
    Verdict,
)
from certification.rules.moves import State

CRITERIA, PIECES = 80, 60
SAID = "Das Angebot findet jede Woche statt und wird von Eltern der Einrichtung und des Stadtteils besucht. " * 3


def full_case(auditor: User, *, crowded: int) -> Case:
    """The evidence lies at the criteria in turn, a third of it at those of the area `crowded`."""
    case = Case.objects.filter(state=State.IN_REVIEW, auditor=auditor, queries=None).earliest("pk")
    edition, at = case.round.edition, _stage.now() - timedelta(days=9)
    parts = list(Part.objects.filter(criterion__area__edition=edition).select_related("criterion__area"))
    criteria = sorted({part.criterion for part in parts}, key=lambda criterion: criterion.pk)
    assert len(criteria) == CRITERIA
    _say(case, parts, by=auditor)
    _lay(case, criteria, crowded=crowded, by=auditor)
    queries = [Query(case=case, criterion=c, text=SAID, due_on=at, asked_at=at, asked_by=auditor) for c in criteria]
    Query.objects.bulk_create(queries[:5])
    CaseNote.objects.bulk_create(CaseNote(case=case, text=SAID, by=auditor, at=at) for _ in range(5))
    return case


def _say(case: Case, parts: list[Part], *, by: User) -> None:
    case.answers.all().delete()
    case.findings.all().delete()
    at = _stage.now()
    Answer.objects.bulk_create(
        Answer(case=case, part=part, value="yes", text=SAID, saved_at=at, saved_by=by) for part in parts
    )
    Finding.objects.bulk_create(
        Finding(case=case, part=part, verdict=Verdict.MET, note=SAID, saved_at=at, saved_by=by) for part in parts[:-3]
    )
    case.area_results.all().delete()
    areas = {part.criterion.area for part in parts}
    AreaResult.objects.bulk_create(AreaResult(case=case, area=area, grade="good", text=SAID) for area in areas)


def _lay(case: Case, criteria: list[Criterion], *, crowded: int, by: User) -> None:
    there, at = case.evidence_uses.count(), _stage.now()
    pieces = [_piece(case, n, by=by) for n in range(PIECES - there)]
    Evidence.objects.bulk_create(pieces)
    here = [criterion for criterion in criteria if criterion.area.number == crowded]
    places = [(here if n % 3 == 0 else criteria)[n % (len(here) if n % 3 == 0 else CRITERIA)] for n in range(PIECES)]
    EvidenceUse.objects.bulk_create(
        EvidenceUse(case=case, evidence=piece, criterion=criterion, added_at=at, added_by=by)
        for piece, criterion in zip(pieces, places, strict=False)
    )


def _piece(case: Case, number: int, *, by: User) -> Evidence:
    return Evidence(
        centre=case.centre,
        title=f"Nachweis {number}: Programm, Teilnahmeliste und Aushang",
        issued_on=case.round.audit_from,
        file=f"evidence/none/{number}.pdf",
        name=f"{number}.pdf",
        content_type=PDF,
        size=1,
        sha256=sha256(str(number).encode()).hexdigest(),
        pages=3,
        uploaded_at=_stage.now(),
        uploaded_by=by,
    )
