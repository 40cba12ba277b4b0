"""How far the review of a case has come. Every function takes a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from certification.models import Area, AreaResult, Case, Finding, Part, Verdict
from certification.models.review import JUDGED, Grade


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


def progress_of(case: Case) -> Progress:
    edition = case.round.edition_id
    counted = Part.objects.filter(criterion__area__edition=edition).values_list("criterion__area")
    parts = dict(counted.annotate(n=Count("pk")))
    found = Finding.objects.filter(case=case).values_list("part__criterion__area")
    judged, marked = Q(verdict__in=JUDGED), Q(verdict=Verdict.QUERY, query=None)
    rows = found.annotate(judged=Count("pk", filter=judged), marks=Count("pk", filter=marked))
    counts = {area: (n, marks) for area, n, marks in rows}
    grades = dict(AreaResult.objects.filter(case=case).values_list("area", "grade"))
    areas = Area.objects.filter(edition=edition).order_by("number")
    return Progress([_of_area(a, parts.get(a.pk, 0), counts.get(a.pk, (0, 0)), grades.get(a.pk, "")) for a in areas])


def _of_area(area: Area, parts: int, counts: tuple[int, int], grade: str) -> AreaProgress:
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


def only_waits(part: Part) -> bool:
    """Whether there is nothing to do but to wait for an answer; of `open_parts`."""
    return bool(getattr(part, "waits", False))
