"""What has been released about a centre: the outcome of each round, with its grades and files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from accounts.models import User
from centres.models import FamilyCentre
from certification.models import AreaResult, Case, Certificate, Finding, Outcome, QualityProfile
from certification.models.review import Grade

RANK = {grade.value: place for place, grade in enumerate(reversed(Grade))}


@dataclass(frozen=True)
class Released:
    """One round with its released outcome. Files are the current ones, and may still be on their way."""

    case: Case
    outcome: Outcome
    grades: Sequence[AreaResult] = field(default_factory=list)
    profile: QualityProfile | None = None
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """An area beside its last result, where there is one."""

    result: AreaResult
    before: AreaResult | None

    @property
    def change(self) -> str:
        if self.before is None or self.before.grade == self.result.grade:
            return ""
        return "besser" if RANK[self.result.grade] > RANK[self.before.grade] else "schwächer"


def released_results(user: User, centre: FamilyCentre, *, today: date) -> list[Released]:
    """Every round of the centre with a released outcome, the newest first. Five queries at most."""
    cases = Case.objects.visible_to(user, on=today).filter(centre=centre)
    outcomes = Outcome.objects.standing().filter(case__in=cases).exclude(released_at=None)
    found = list(outcomes.select_related("case__round__edition").order_by("-released_at"))
    wanted = [outcome.case_id for outcome in found]
    if not wanted:
        return []
    rows = AreaResult.objects.filter(case__in=wanted).select_related("area").annotate(remarks=_remarks())
    rows = rows.order_by("case", "area__number")
    grades = {case: list(each) for case, each in groupby(rows, key=lambda row: row.case_id)}
    profiles = {p.outcome_id: p for p in QualityProfile.objects.current().filter(outcome__in=found)}
    current = Certificate.objects.current().filter(seal__case__in=wanted).select_related("seal")
    certificates = {each.seal.case_id: each for each in current}
    return [
        Released(o.case, o, grades.get(o.case_id, []), profiles.get(o.pk), certificates.get(o.case_id)) for o in found
    ]


def _remarks() -> ArraySubquery:
    """What the auditors say to the centre about parts of the area; their notes for the house never leave it."""
    said = Finding.objects.filter(case=OuterRef("case"), part__criterion__area=OuterRef("area")).exclude(remark="")
    ordered = said.order_by("part__criterion__position", "part__alternative", "part")
    return ArraySubquery(ordered.values(said=JSONObject(code="part__code", text="remark")))


def beside_the_last(results: Sequence[Released], case: Case) -> tuple[list[Graded], Released | None]:
    """The areas of a case, each beside the last result before it that still has its grades."""
    place = next(n for n, each in enumerate(results) if each.case.pk == case.pk)
    last = next((each for each in results[place + 1 :] if each.grades), None)
    before = {each.area.number: each for each in last.grades} if last else {}
    return [Graded(each, before.get(each.area.number)) for each in results[place].grades], last
