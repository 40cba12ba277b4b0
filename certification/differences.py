"""What the second person has to look at: where a recommendation differs from the rules, the last time, the centre."""

from collections.abc import Iterable
from dataclasses import dataclass

from certification.models import Answer, AreaResult, Case, Finding, Outcome, Verdict
from certification.models.review import Claimed
from certification.profiles import previous_outcome
from certification.results import Graded


@dataclass(frozen=True, slots=True)
class Compared:
    """A part of a criterion judged otherwise than the centre says, or a criterion of which only a part is met."""

    code: str
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Differences:
    """`grades` are those that changed; `last` is the outcome they are compared with, None where there is none."""

    last: Outcome | None
    grades: list[Graded]
    partly: list[Compared]
    contradicted: list[Compared]

    @property
    def are_none(self) -> bool:
        return not (self.grades or self.partly or self.contradicted)


def differences(case: Case, outcome: Outcome) -> Differences:
    """Everything but what is as expected. The number of queries does not grow with the criteria."""
    last = previous_outcome(outcome)
    findings = list(_findings(case))
    return Differences(last, _changed(case, last), _partly(findings), _contradicted(case, findings))


def _findings(case: Case) -> Iterable[Finding]:
    found = Finding.objects.filter(case=case).select_related("part__criterion__area")
    return found.order_by("part__criterion__area__number", "part__criterion__position", "part__code")


def _changed(case: Case, last: Outcome | None) -> list[Graded]:
    cases = [case.pk, *([last.case_id] if last else [])]
    results = list(AreaResult.objects.filter(case__in=cases).select_related("area").order_by("area__number"))
    before = {each.area.number: each for each in results if each.case_id != case.pk}
    graded = [Graded(each, before.get(each.area.number)) for each in results if each.case_id == case.pk]
    return [each for each in graded if each.change]


def _partly(findings: list[Finding]) -> list[Compared]:
    verdicts: dict[int, list[Finding]] = {}
    for each in findings:
        verdicts.setdefault(each.part.criterion_id, []).append(each)
    mixed = [group for group in verdicts.values() if len({each.verdict for each in group}) > 1]
    return [_of_criterion(group) for group in mixed]


def _of_criterion(group: list[Finding]) -> Compared:
    criterion = group[0].part.criterion
    missing = ", ".join(each.part.code for each in group if each.verdict != Verdict.MET)
    return Compared(criterion.code, criterion.title, f"nicht erfüllt: {missing}")


def _contradicted(case: Case, findings: list[Finding]) -> list[Compared]:
    """Said "yes" by the centre and judged not met, or said "no" and judged met."""
    said = dict(Answer.objects.filter(case=case).values_list("part", "value"))
    opposite = {(Claimed.YES, Verdict.NOT_MET), (Claimed.NO, Verdict.MET)}
    return [
        Compared(
            each.part.code,
            each.part.criterion.title,
            f"Zentrum: {Claimed(said[each.part_id]).label}, Urteil: {each.get_verdict_display()}",
        )
        for each in findings
        if (said.get(each.part_id), each.verdict) in opposite
    ]
