"""What stands beside each other on the page of an area."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.forms import BoundField

from certification.comparison import LastRound, last_round
from certification.evidence.reading import AtCriterion, at, for_case
from certification.findings import Judgement
from certification.forms.area import AreaForm
from certification.models import Answer, Area, Case, Criterion, Finding, Part, Quote, Verdict
from certification.progress import only_waits, open_parts
from certification.rules.scoring import Explained, Result
from certification.views.review.next_step import place_of


@dataclass(frozen=True, slots=True)
class PartSheet:
    """What the centre says to a part beside the verdict on it.

    `change` says what is other than in the last round, `before` what was said then. `stored` is what somebody else
    has saved meanwhile, where it differs from what stands in the form.
    """

    part: Part
    joined: str
    answer: Answer | None
    change: str
    before: Answer | None
    verdict: BoundField
    note: BoundField
    remark: BoundField
    question: BoundField
    finding: Finding | None
    stored: str

    @property
    def has_news(self) -> bool:
        """Whether an answer to a query came after the verdict."""
        query = self.finding.query if self.finding else None
        return bool(query and query.answered_at and self.finding and query.answered_at > self.finding.saved_at)


@dataclass(frozen=True, slots=True)
class CriterionSheet:
    criterion: Criterion
    parts: Sequence[PartSheet]
    evidence: AtCriterion
    quotes: Sequence[Quote]
    found: Explained
    claimed: Explained
    is_open: bool
    waits: bool
    next_code: str
    next_url: str

    @property
    def has_news(self) -> bool:
        return any(part.has_news for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Read:
    """The rows behind the sheets of an area."""

    answers: Mapping[int, Answer]
    findings: Mapping[int, Finding]
    before: LastRound
    evidence: Mapping[int, AtCriterion]
    quotes: Mapping[int, Sequence[Quote]]

    @classmethod
    def about(cls, case: Case, area: Area) -> "_Read":
        findings = case.findings.filter(part__criterion__area=area).select_related("saved_by", "query")
        quotes = defaultdict(list)
        for quote in case.quotes.filter(criterion__area=area).select_related("evidence", "by").order_by("at", "pk"):
            quotes[quote.criterion_id].append(quote)
        return cls(
            {a.part_id: a for a in case.answers.filter(part__criterion__area=area)},
            {f.part_id: f for f in findings},
            last_round(case, area),
            for_case(case),
            quotes,
        )


def last_saved(sheets: Sequence[CriterionSheet]) -> Finding | None:
    """The finding that was saved last."""
    found = [part.finding for sheet in sheets for part in sheet.parts if part.finding]
    return max(found, key=lambda finding: finding.saved_at, default=None)


def parts_of(area: Area) -> QuerySet[Part]:
    rows = Part.objects.filter(criterion__area=area).select_related("criterion")
    return rows.order_by("criterion__position", "criterion", "alternative", "pk")


def sheets(
    case: Case, area: Area, form: AreaForm, results: Sequence[Result], *, compare: bool
) -> list[CriterionSheet]:
    """One sheet for each criterion; `results` by findings and by answers, `compare` where somebody else saved."""
    read = _Read.about(case, area)
    found, claimed = (result.explained for result in results)
    still_open = _open_criteria(case)
    made = []
    for criterion, parts in groupby(form.parts, key=lambda part: part.criterion):
        following = _following(still_open.values(), criterion, area)
        here = still_open.get(criterion.pk)
        made.append(
            CriterionSheet(
                criterion,
                _parts(list(parts), form, read, compare=compare),
                at(read.evidence, criterion),
                read.quotes.get(criterion.pk, ()),
                found[criterion.code],
                claimed[criterion.code],
                here is not None,
                here is not None and only_waits(here),
                following.criterion.code if following else "",
                place_of(case, following) if following else "",
            )
        )
    return made


def _open_criteria(case: Case) -> dict[int, Part]:
    """The first open part of each criterion that has one; last those that only wait for a query."""
    first: dict[int, Part] = {}
    for part in open_parts(case):
        first.setdefault(part.criterion_id, part)
    return first


def _following(still_open: Iterable[Part], criterion: Criterion, area: Area) -> Part | None:
    """The next open criterion, from the start again after the last one."""
    others = [part for part in still_open if part.criterion_id != criterion.pk]
    here = (area.number, criterion.position, criterion.pk)
    behind = (
        p
        for p in others
        if not only_waits(p) and (p.criterion.area.number, p.criterion.position, p.criterion_id) > here
    )
    return next(behind, others[0] if others else None)


def _parts(parts: Sequence[Part], form: AreaForm, read: _Read, *, compare: bool) -> list[PartSheet]:
    return [
        _part(part, form, read, joined=_joined(before, part), stored=_differing(form, part) if compare else "")
        for before, part in zip([None, *parts], parts, strict=False)
    ]


def _part(part: Part, form: AreaForm, read: _Read, *, joined: str, stored: str) -> PartSheet:
    code, answer = (part.criterion.code, part.code), read.answers.get(part.pk)
    return PartSheet(
        part,
        joined,
        answer,
        read.before.change(answer, code),
        read.before.answers.get(code),
        form.field_of("urteil", part),
        form.field_of("notiz", part),
        form.field_of("hinweis", part),
        form.field_of("frage", part),
        read.findings.get(part.pk),
        stored,
    )


def _joined(before: Part | None, part: Part) -> str:
    if before is None:
        return ""
    return "oder" if before.alternative == part.alternative else "und"


def _differing(form: AreaForm, part: Part) -> str:
    there = form.stored.of(part.pk)
    if there == form.review.of(part.pk).stripped:
        return ""
    return in_words(there)


def in_words(judgement: Judgement) -> str:
    verdict = Verdict(judgement.verdict).label if judgement.verdict else "offen"
    texts = {"Notiz": judgement.note, "Hinweis": judgement.remark, "Frage": judgement.question}
    return ", ".join([verdict, *(f"{name}: {text}" for name, text in texts.items() if text)])
