"""Acts of the review: verdicts on parts and results of areas, saved together and never over another's work.

Each part, and grade and texts together, carry the stamp of what the page had shown (docs/decisions/0012): what the
person left alone is never written, and what somebody else changed meanwhile is reported instead of overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from certification.models import Area, AreaResult, Case, Finding, Part, Verdict
from certification.rules.moves import State
from certification.workflow import NotAllowedError

REVIEWING = frozenset({State.IN_REVIEW, State.QUERIED, State.VISIT_AGREED, State.VISITED})
RESULT = "bereich"  # the key of grade and texts, beside the primary keys of parts


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with a note for the house and a remark for the centre; without a verdict the part is open again."""

    verdict: str
    note: str = ""
    remark: str = ""
    question: str = ""

    @property
    def stripped(self) -> "Judgement":
        if not self.verdict:
            return OPEN
        question = self.question.strip() if self.verdict == Verdict.QUERY else ""
        return Judgement(self.verdict, self.note.strip(), self.remark.strip(), question)


OPEN = Judgement("")


@dataclass(frozen=True, slots=True)
class AreaReview:
    """What is recorded on one area: judgements by the primary key of the part, grade and texts."""

    judgements: Mapping[int, Judgement] = field(default_factory=dict)
    grade: str = ""
    text: str = ""
    potential: str = ""

    @property
    def result(self) -> tuple[str, str, str]:
        return self.grade, self.text, self.potential

    def of(self, part: int) -> Judgement:
        return self.judgements.get(part, OPEN)

    def stamp(self, key: str) -> str:
        """A short name of what is recorded under the key, by which a form remembers what it has shown."""
        content = self.result if key == RESULT else self.of(int(key))
        return sha256(repr(content).encode()).hexdigest()[:16]

    @property
    def stripped(self) -> "AreaReview":
        judged = {pk: judgement.stripped for pk, judgement in self.judgements.items() if judgement.verdict}
        return AreaReview(judged, self.grade, self.text.strip(), self.potential.strip())


@dataclass(frozen=True, slots=True)
class Saved:
    """What is recorded now, and by key what somebody else had changed since the form was shown.

    `conflicts` the person changed as well: there nothing was written. `others` she had left alone.
    """

    review: AreaReview
    conflicts: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def review_of(case: Case, area: Area) -> AreaReview:
    rows = _findings(case, area).values_list("part_id", "verdict", "note", "remark", "question")
    result = AreaResult.objects.filter(case=case, area=area).first()
    judged = {pk: Judgement(*judgement) for pk, *judgement in rows}
    return AreaReview(judged, result.grade, result.text, result.potential) if result else AreaReview(judged)


@transaction.atomic
def save_area(
    case: Case, *, area: Area, review: AreaReview, by: User, at: datetime, seen: Mapping[str, str] | None = None
) -> Saved:
    """Record the whole area. `seen` are the stamps of what the person had before them, by key.

    Without them all is written as it is given. Raises NotAllowedError.
    """
    case = _lock(case, by=by)
    stored, wanted = review_of(case, area), _allowed(review)
    conflicts, others = _crossed(stored, wanted, seen)
    kept = conflicts | others
    judged = {pk: (stored if str(pk) in kept else wanted).of(pk) for pk in {*stored.judgements, *wanted.judgements}}
    result = (stored if RESULT in kept else wanted).result
    written = AreaReview({pk: judgement for pk, judgement in judged.items() if judgement.verdict}, *result)
    _write_findings(case, area, stored.judgements, written.judgements, by=by, at=at)
    if written.result != stored.result:
        _write_result(case, area, written, by=by, at=at)
    return Saved(written, conflicts, others)


@transaction.atomic
def save_findings(case: Case, *, area: Area, verdicts: Mapping[int, Judgement], by: User, at: datetime) -> Saved:
    """Record judgements on some parts of an area and leave the others as they are."""
    stored = review_of(_lock(case, by=by), area)
    review = replace(stored, judgements={**stored.judgements, **verdicts})
    return save_area(case, area=area, review=review, by=by, at=at)


@transaction.atomic
def save_area_result(
    case: Case, *, area: Area, grade: str, text: str, by: User, at: datetime, potential: str = ""
) -> Saved:
    """Record grade and texts of an area and leave its verdicts as they are."""
    review = replace(review_of(_lock(case, by=by), area), grade=grade, text=text, potential=potential)
    return save_area(case, area=area, review=review, by=by, at=at)


def who_saved(case: Case, area: Area, keys: frozenset[str]) -> str:
    """Who changed these last, for a sentence."""
    rows = _findings(case, area).filter(part__in=[key for key in keys if key != RESULT])
    people: list[Any] = list(rows.select_related("saved_by").order_by("-saved_at")[:1])
    if not people and RESULT in keys:
        people = list(AreaResult.objects.filter(case=case, area=area).exclude(saved_by=None))
    return people[0].saved_by.name if people else "Jemand anderes"


def _lock(case: Case, *, by: User) -> Case:
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not (by.is_active and by.is_auditor):
        raise NotAllowedError("Über Kriterien urteilt nur die Zertifizierungsstelle.")
    state = State(case.state)
    if state not in REVIEWING:
        raise NotAllowedError(f"Urteile lassen sich nicht ändern, solange der Fall „{state.label}“ ist.")
    return case


def _allowed(review: AreaReview) -> AreaReview:
    wanted = review.stripped
    if (wanted.text or wanted.potential) and not wanted.grade:
        raise NotAllowedError("Bitte wählen Sie zu Ihrem Text auch eine Bewertung des Bereichs.")
    if any(each.verdict == Verdict.QUERY and not each.question for each in wanted.judgements.values()):
        raise NotAllowedError("Bitte schreiben Sie zu „Rückfrage“ auch, was Sie fragen möchten.")
    return wanted


def _crossed(
    stored: AreaReview, wanted: AreaReview, seen: Mapping[str, str] | None
) -> tuple[frozenset[str], frozenset[str]]:
    """What somebody else changed since it was shown: what the person changed as well, and what she left alone."""
    if seen is None:
        return frozenset(), frozenset()
    parts = {*stored.judgements, *wanted.judgements, *(int(key) for key in seen if key != RESULT)}
    keys = {RESULT, *map(str, parts)}
    differing = {key for key in keys if stored.stamp(key) != wanted.stamp(key)}
    moved = {key for key in differing if seen.get(key, "") != stored.stamp(key)}
    others = frozenset(key for key in moved if wanted.stamp(key) == seen.get(key))
    return frozenset(moved - others), others


def _write_findings(
    case: Case,
    area: Area,
    stored: Mapping[int, Judgement],
    wanted: Mapping[int, Judgement],
    *,
    by: User,
    at: datetime,
) -> None:
    """Only what changes is written, so that each finding names the person whose verdict it is.

    A question that was changed is to be sent again; the answer to the last one stays with a verdict.
    """
    changed = {pk: judgement for pk, judgement in wanted.items() if stored.get(pk) != judgement}
    asked = dict(_findings(case, area).filter(part__in=changed).values_list("part", "query"))
    rows = [
        Finding(
            case=case,
            part=part,
            verdict=changed[part.pk].verdict,
            note=changed[part.pk].note,
            remark=changed[part.pk].remark,
            question=changed[part.pk].question,
            query_id=None if _asks_anew(changed[part.pk], stored.get(part.pk)) else asked.get(part.pk),
            saved_at=at,
            saved_by=by,
        )
        for part in Part.objects.filter(criterion__area=area, pk__in=changed)
    ]
    Finding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case", "part"],
        update_fields=["verdict", "note", "remark", "question", "query", "saved_at", "saved_by"],
    )
    _findings(case, area).filter(part__in=stored.keys() - wanted.keys()).delete()


def _asks_anew(wanted: Judgement, stored: Judgement | None) -> bool:
    return wanted.verdict == Verdict.QUERY and (stored is None or stored.question != wanted.question)


def _write_result(case: Case, area: Area, review: AreaReview, *, by: User, at: datetime) -> None:
    if review.grade:
        values = {"grade": review.grade, "text": review.text, "potential": review.potential}
        AreaResult.objects.update_or_create(case=case, area=area, defaults=values | {"saved_by": by, "saved_at": at})
    else:
        AreaResult.objects.filter(case=case, area=area).delete()


def _findings(case: Case, area: Area) -> QuerySet[Finding]:
    return Finding.objects.filter(case=case, part__criterion__area=area)
