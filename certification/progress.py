"""How far the review of a case has come. Every function takes a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from certification.models import Area, AreaResult, Case, Finding, Part, Verdict
from certification.models.review import JUDGED, Grade

Counts = tuple[int, int]


@dataclass(frozen=True, slots=True)
class AreaProgress:
    area: Area
    parts: int
    judged: int
    grade: str
    marks: int = 0  # still to be sent as queries

    @property
    def open(self) -> int:
        return self.parts - self.judged

    @property
    def is_complete(self) -> bool:
        return not self.open and bool(self.grade)

    @property
    def grade_label(self) -> str:
        return Grade(self.grade).label if self.grade else ""


@dataclass(frozen=True, slots=True)
class Progress:
    areas: Sequence[AreaProgress]

    @property
    def parts(self) -> int:
        return sum(area.parts for area in self.areas)

    @property
    def judged(self) -> int:
        return sum(area.judged for area in self.areas)

    @property
    def open(self) -> int:
        return self.parts - self.judged

    @property
    def marks(self) -> int:
        return sum(area.marks for area in self.areas)

    @property
    def ungraded(self) -> list[AreaProgress]:
        return [area for area in self.areas if not area.grade]

    @property
    def is_complete(self) -> bool:
        return all(area.is_complete for area in self.areas)


def progress_of(case: Case, *, findings: Iterable[Finding] | None = None) -> Progress:
    """Two queries; one where the findings have been read already, with the criteria of their parts."""
    grade = AreaResult.objects.filter(case=case, area=OuterRef("pk")).values("grade")
    areas = Area.objects.filter(edition=case.round.edition_id).order_by("number")
    counted = areas.annotate(asked=Count("criteria__parts"), grade=Coalesce(Subquery(grade), Value("")))
    counts = _counts(case) if findings is None else _counted(findings)
    return Progress([_of_area(area, area.asked, counts.get(area.pk, (0, 0)), area.grade) for area in counted])


def _counts(case: Case) -> Mapping[int, Counts]:
    """By area: how many parts are judged, and how many are marked to be asked about."""
    found = Finding.objects.filter(case=case).values_list("part__criterion__area")
    judged, marked = Q(verdict__in=JUDGED), Q(verdict=Verdict.QUERY, query=None)
    rows = found.annotate(judged=Count("pk", filter=judged), marks=Count("pk", filter=marked))
    return {area: (n, marks) for area, n, marks in rows}


def _counted(findings: Iterable[Finding]) -> Mapping[int, Counts]:
    counts: dict[int, Counts] = {}
    for finding in findings:
        area = finding.part.criterion.area_id
        judged, marks = counts.get(area, (0, 0))
        marked = finding.verdict == Verdict.QUERY and finding.query_id is None
        counts[area] = (judged + (finding.verdict in JUDGED), marks + marked)
    return counts


def _of_area(area: Area, parts: int, counts: Counts, grade: str) -> AreaProgress:
    judged, marks = counts
    return AreaProgress(area, parts, judged, grade, marks)


def open_parts(case: Case) -> QuerySet[Part]:
    """What still lacks a verdict, in the order of the catalogue; last what waits for a query (`waits`)."""
    found = Finding.objects.filter(case=case)
    return (
        Part.objects.filter(criterion__area__edition=case.round.edition_id)
        .exclude(pk__in=found.filter(verdict__in=JUDGED).values("part"))
        .annotate(waits=Exists(found.filter(verdict=Verdict.QUERY, part=OuterRef("pk"))))
        .select_related("criterion__area")
        .order_by("waits", "criterion__area__number", "criterion__position", "criterion", "alternative", "pk")
    )


def first_open(parts: Iterable[Part], findings: Iterable[Finding]) -> Part | None:
    """The first of `open_parts`, from rows that have been read already, the parts in the order of the catalogue."""
    verdicts = {finding.part_id: finding.verdict for finding in findings}
    still_open = [part for part in parts if verdicts.get(part.pk) not in JUDGED]
    return min(still_open, key=lambda part: verdicts.get(part.pk) == Verdict.QUERY, default=None)


def only_waits(part: Part) -> bool:
    """Whether there is nothing to do but to wait for an answer; of `open_parts`."""
    return bool(getattr(part, "waits", False))
