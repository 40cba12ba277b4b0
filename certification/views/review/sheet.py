"""What stands beside each other on the page of an area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.forms import BoundField

from certification.findings import Judgement
from certification.forms.area import AreaForm
from certification.models import Answer, Area, Case, Criterion, Finding, Part, Verdict
from certification.progress import open_parts
from certification.rules.scoring import Explained
from certification.scoring import result_of
from certification.views.review.next_step import place_of


@dataclass(frozen=True, slots=True)
class PartSheet:
    """What the centre says to a part beside the verdict on it.

    `stored` is what somebody else has saved meanwhile, where it differs from what stands in the form.
    """

    part: Part
    joined: str
    answer: Answer | None
    verdict: BoundField
    note: BoundField
    finding: Finding | None
    stored: str


@dataclass(frozen=True, slots=True)
class CriterionSheet:
    criterion: Criterion
    parts: Sequence[PartSheet]
    found: Explained
    claimed: Explained
    is_open: bool
    next_code: str
    next_url: str


def parts_of(area: Area) -> QuerySet[Part]:
    rows = Part.objects.filter(criterion__area=area).select_related("criterion")
    return rows.order_by("criterion__position", "criterion", "alternative", "pk")


def sheets(case: Case, area: Area, form: AreaForm, *, compare: bool) -> list[CriterionSheet]:
    """One sheet for each criterion; `compare` where somebody else saved meanwhile."""
    answers = {a.part_id: a for a in case.answers.filter(part__criterion__area=area)}
    findings = {f.part_id: f for f in case.findings.filter(part__criterion__area=area).select_related("saved_by")}
    found, claimed = result_of(case, by="findings").explained, result_of(case, by="answers").explained
    still_open = _open_criteria(case)
    made = []
    for criterion, parts in groupby(form.parts, key=lambda part: part.criterion):
        following = _following(still_open, criterion, area)
        made.append(
            CriterionSheet(
                criterion,
                _parts(list(parts), form, answers, findings, compare=compare),
                found[criterion.code],
                claimed[criterion.code],
                any(part.criterion_id == criterion.pk for part in still_open),
                following.criterion.code if following else "",
                place_of(case, following) if following else "",
            )
        )
    return made


def _open_criteria(case: Case) -> list[Part]:
    """The first open part of each criterion that has one."""
    return [next(parts) for _, parts in groupby(open_parts(case), key=lambda part: part.criterion_id)]


def _following(still_open: Sequence[Part], criterion: Criterion, area: Area) -> Part | None:
    """The next open criterion, from the start again after the last one."""
    others = [part for part in still_open if part.criterion_id != criterion.pk]
    here = (area.number, criterion.position, criterion.pk)
    behind = (p for p in others if (p.criterion.area.number, p.criterion.position, p.criterion_id) > here)
    return next(behind, others[0] if others else None)


def _parts(
    parts: Sequence[Part],
    form: AreaForm,
    answers: Mapping[int, Answer],
    findings: Mapping[int, Finding],
    *,
    compare: bool,
) -> list[PartSheet]:
    return [
        PartSheet(
            part,
            _joined(before, part),
            answers.get(part.pk),
            form.verdict_of(part),
            form.note_of(part),
            findings.get(part.pk),
            _differing(form, part) if compare else "",
        )
        for before, part in zip([None, *parts], parts, strict=False)
    ]


def _joined(before: Part | None, part: Part) -> str:
    if before is None:
        return ""
    return "oder" if before.alternative == part.alternative else "und"


def _differing(form: AreaForm, part: Part) -> str:
    there = form.stored.judgements.get(part.pk, Judgement(""))
    if there == form.review.judgements.get(part.pk):
        return ""
    verdict = Verdict(there.verdict).label if there.verdict else "offen"
    return f"{verdict}, Notiz: {there.note}" if there.note else verdict
