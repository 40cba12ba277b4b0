"""`{% evidence_here evidence case criterion %}`: the evidence at one criterion, with the way to add more.

`evidence` is what `certification.evidence.reading.evidence_of(case, today=…)` gives; one query for the whole page.
"""

from collections.abc import Mapping
from typing import Any

from django import template

from certification.evidence.acts import may_change
from certification.evidence.reading import NOTHING, AtCriterion
from certification.models import Case, Criterion

register = template.Library()


@register.inclusion_tag("portal/evidence_here.html")
def evidence_here(evidence: Mapping[int, AtCriterion], case: Case, criterion: Criterion) -> dict[str, Any]:
    here = evidence.get(criterion.pk, NOTHING)
    return {"here": here, "case": case, "criterion": criterion, "changeable": may_change(case)}
