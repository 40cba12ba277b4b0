"""The bridge from rows to the rules of scoring. Every function takes a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from django.db.models import QuerySet

from certification.models import Answer, Case, Edition, Finding, Part, Round, Verdict
from certification.rules import scoring
from certification.rules.offers import times_in
from certification.rules.periods import HalfYear, half_years
from certification.rules.scoring import HALF_YEARS, Claim, Result

Says = Literal["answers", "findings"]


def criteria_of(edition: Edition, parts: Iterable[Part] | None = None) -> list[scoring.Criterion]:
    """The criteria in their order, frozen values that may be kept as long as the edition does not change.

    Parts are keyed by their primary key, since their numbers are unique in their criterion only. `parts` are those
    of `parts_in_order`, where they have been read already.
    """
    of_criterion: dict[int, list[Part]] = defaultdict(list)
    for part in parts_in_order(edition) if parts is None else parts:
        of_criterion[part.criterion_id].append(part)
    return [_criterion(each) for each in of_criterion.values()]


def parts_in_order(edition: Edition) -> QuerySet[Part]:
    """Every part with criterion and area, in the order of the catalogue."""
    rows = Part.objects.filter(criterion__area__edition=edition).select_related("criterion__area")
    return rows.order_by("criterion__area__number", "criterion__position", "criterion", "alternative", "pk")


def halves_of(round_: Round) -> tuple[HalfYear, ...]:
    """The half-years of the audit period that are counted."""
    return half_years(round_.audit_from, round_.audit_until)[:HALF_YEARS]


def counts_of(answer: Answer, halves: Sequence[HalfYear]) -> tuple[int, ...]:
    """How often in each half-year, by number and by date."""
    counted = (answer.first_half, answer.second_half)
    return tuple(times_in(half, counted=n, dates=answer.offers) for half, n in zip(halves, counted, strict=False))


def claims_of_answers(answers: Iterable[Answer], halves: Sequence[HalfYear]) -> dict[str, Claim]:
    return {str(a.part_id): Claim(a.value, counts_of(a, halves)) for a in answers}


def claims_of_findings(findings: Iterable[Finding]) -> dict[str, Claim]:
    """A part found met counts as often as it has to. Select the findings with their `part`."""
    return {str(f.part_id): _verdict(f) for f in findings}


def pass_rules_for(edition: Edition, procedure: str, kind: str) -> list[scoring.PassRule]:
    """The least to fulfil in this procedure and form; for each tier and group the most specific row holds.

    A row without procedure or form is meant for every one of them. Where one row names the procedure and
    another the form, the one with the form holds.
    """
    rows = edition.pass_rules.filter(procedure__in=["", procedure], kind__in=["", kind])
    in_force = {
        (row.tier, row.group): row for row in sorted(rows, key=lambda row: (row.kind != "", row.procedure != ""))
    }
    return [scoring.PassRule(row.tier, row.group, row.at_least) for _, row in sorted(in_force.items())]


def result_of(
    case: Case,
    by: Says = "answers",
    *,
    answers: Iterable[Answer] | None = None,
    findings: Iterable[Finding] | None = None,
    parts: Iterable[Part] | None = None,
) -> Result:
    """What the rules say about the case, by what the centre says or by what the auditors found.

    `answers` and `findings` (with their parts) are those of the case, `parts` those of its edition, where they have
    been read already.
    """
    (result,) = results_of(case, by, answers=answers, findings=findings, parts=parts)
    return result


def results_of(
    case: Case,
    *says: Says,
    answers: Iterable[Answer] | None = None,
    findings: Iterable[Finding] | None = None,
    parts: Iterable[Part] | None = None,
) -> list[Result]:
    """The same by several of them, with the criteria read once."""
    round_ = case.round
    halves = halves_of(round_)
    rules = pass_rules_for(round_.edition, round_.procedure, case.centre.kind)
    criteria = criteria_of(round_.edition, parts)
    claims = [_claims(case, by, halves, answers, findings) for by in says]
    return [scoring.score(criteria, each, rules, halves=len(halves)) for each in claims]


def _claims(
    case: Case,
    by: Says,
    halves: Sequence[HalfYear],
    answers: Iterable[Answer] | None,
    findings: Iterable[Finding] | None,
) -> dict[str, Claim]:
    if by == "answers":
        return claims_of_answers(case.answers.all() if answers is None else answers, halves)
    return claims_of_findings(case.findings.select_related("part") if findings is None else findings)


def _criterion(parts: list[Part]) -> scoring.Criterion:
    criterion = parts[0].criterion
    area = criterion.area
    return scoring.Criterion(criterion.code, criterion.tier, area.group, area.number, _joined(parts))


def _joined(parts: list[Part]) -> scoring.Node:
    """Parts of one alternative by ODER, the alternatives by UND; one of a kind stands alone."""
    groups: dict[int, list[scoring.Node]] = defaultdict(list)
    for part in parts:
        groups[part.alternative].append(_part(part))
    nodes = [group[0] if len(group) == 1 else scoring.AnyOf(tuple(group)) for group in groups.values()]
    return nodes[0] if len(nodes) == 1 else scoring.All(tuple(nodes))


def _part(part: Part) -> scoring.Part:
    per = scoring.Per(part.per) if part.per else None
    return scoring.Part(str(part.pk), part.text, part.times, per, partly=part.partly_counts)


def _verdict(finding: Finding) -> Claim:
    if finding.verdict != Verdict.MET:
        return Claim("no")
    return Claim("yes", (finding.part.times or 0,) * HALF_YEARS)
