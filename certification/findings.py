"""Acts of the review: verdicts on parts and results of areas, saved by area and never over another's work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from certification.models import Area, AreaResult, Case, Finding, Part
from certification.rules.moves import State
from certification.workflow import NotAllowedError

REVIEWING = frozenset({State.IN_REVIEW, State.QUERIED, State.VISIT_AGREED, State.VISITED})


class ConflictError(NotAllowedError):
    """Somebody else has saved the area since it was read; the text may be shown to the person."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its internal note; without a verdict the part is open again."""

    verdict: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AreaReview:
    """What is recorded on one area: judgements by the primary key of the part, grade and text."""

    judgements: Mapping[int, Judgement] = field(default_factory=dict)
    grade: str = ""
    text: str = ""

    @property
    def stamp(self) -> str:
        """Changes with any change of what is recorded."""
        recorded = [*sorted((pk, j.verdict, j.note) for pk, j in self.judgements.items()), self.grade, self.text]
        return sha256(repr(recorded).encode()).hexdigest()[:16]


def review_of(case: Case, area: Area) -> AreaReview:
    rows = _findings(case, area).values_list("part_id", "verdict", "note")
    result = AreaResult.objects.filter(case=case, area=area).first()
    return AreaReview(
        {pk: Judgement(verdict, note) for pk, verdict, note in rows},
        result.grade if result else "",
        result.text if result else "",
    )


def last_saved(case: Case, area: Area) -> Finding | None:
    """The finding that was saved last, with its person."""
    return _findings(case, area).select_related("saved_by").order_by("-saved_at").first()


@transaction.atomic
def save_area(
    case: Case, *, area: Area, review: AreaReview, by: User, at: datetime, seen: str | None = None
) -> AreaReview:
    """Record the whole area. `seen` is the stamp of what the person had before them.

    Raises ConflictError where something else is recorded by now, unless it is just what is to be saved.
    """
    case = _lock(case, by=by)
    stored, wanted = review_of(case, area), _without_open(review)
    if stored == wanted:
        return stored
    if seen is not None and seen != stored.stamp:
        raise ConflictError(_conflict(case, area))
    _write_findings(case, area, stored.judgements, wanted.judgements, by=by, at=at)
    _write_result(case, area, wanted)
    return wanted


@transaction.atomic
def save_findings(case: Case, *, area: Area, verdicts: Mapping[int, Judgement], by: User, at: datetime) -> AreaReview:
    """Record judgements on some parts of an area and leave the others as they are."""
    stored = review_of(_lock(case, by=by), area)
    review = replace(stored, judgements={**stored.judgements, **verdicts})
    return save_area(case, area=area, review=review, by=by, at=at)


@transaction.atomic
def save_area_result(case: Case, *, area: Area, grade: str, text: str, by: User, at: datetime) -> AreaReview:
    """Record grade and text of an area and leave its verdicts as they are."""
    review = replace(review_of(_lock(case, by=by), area), grade=grade, text=text)
    return save_area(case, area=area, review=review, by=by, at=at)


def _lock(case: Case, *, by: User) -> Case:
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not (by.is_active and by.is_auditor):
        raise NotAllowedError("Über Kriterien urteilt nur die Zertifizierungsstelle.")
    state = State(case.state)
    if state not in REVIEWING:
        raise NotAllowedError(f"Urteile lassen sich nicht ändern, solange der Fall „{state.label}“ ist.")
    return case


def _without_open(review: AreaReview) -> AreaReview:
    judged = {pk: Judgement(j.verdict, j.note.strip()) for pk, j in review.judgements.items() if j.verdict}
    if review.text.strip() and not review.grade:
        raise NotAllowedError("Bitte wählen Sie zu Ihrem Text auch eine Bewertung des Bereichs.")
    return AreaReview(judged, review.grade, review.text.strip())


def _write_findings(
    case: Case,
    area: Area,
    stored: Mapping[int, Judgement],
    wanted: Mapping[int, Judgement],
    *,
    by: User,
    at: datetime,
) -> None:
    """Only what changes is written, so that each finding names the person whose verdict it is."""
    changed = {pk: judgement for pk, judgement in wanted.items() if stored.get(pk) != judgement}
    parts = Part.objects.filter(criterion__area=area, pk__in=changed)
    rows = [
        Finding(
            case=case,
            part=part,
            verdict=changed[part.pk].verdict,
            note=changed[part.pk].note,
            saved_at=at,
            saved_by=by,
        )
        for part in parts
    ]
    Finding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case", "part"],
        update_fields=["verdict", "note", "saved_at", "saved_by"],
    )
    _findings(case, area).exclude(part__in=wanted).delete()


def _write_result(case: Case, area: Area, review: AreaReview) -> None:
    if review.grade:
        values = {"grade": review.grade, "text": review.text}
        AreaResult.objects.update_or_create(case=case, area=area, defaults=values)
    else:
        AreaResult.objects.filter(case=case, area=area).delete()


def _findings(case: Case, area: Area) -> QuerySet[Finding]:
    return Finding.objects.filter(case=case, part__criterion__area=area)


def _conflict(case: Case, area: Area) -> str:
    last = last_saved(case, area)
    who = last.saved_by.name if last else "Jemand anderes"
    return f"{who} hat diesen Bereich gespeichert, während Sie daran gearbeitet haben."
