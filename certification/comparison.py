"""What a centre says now against what it said in its last round. Parts are matched by the codes of the catalogue.

Assumption: a new edition keeps the codes of what stays the same, as for evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Subquery

from certification.answers import Said
from certification.models import Answer, Area, Case

Code = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LastRound:
    """The answers of the last round the centre handed in, by codes of criterion and part."""

    answers: Mapping[Code, Answer] = field(default_factory=dict)

    def change(self, answer: Answer | None, code: Code) -> str:
        """Whether the answer is new or changed, as a word; empty where it is the same, or nothing to compare with."""
        if not self.answers or answer is None:
            return ""
        before = self.answers.get(code)
        if before is None:
            return "neu"
        return "" if _words(before) == _words(answer) else "geändert"


def last_round(case: Case, area: Area) -> LastRound:
    """One query; none where the case was not handed in."""
    if case.submitted_at is None:
        return LastRound()
    earlier = Case.objects.filter(centre=case.centre_id, submitted_at__lt=case.submitted_at).exclude(pk=case.pk)
    before = Subquery(earlier.order_by("-submitted_at").values("pk")[:1])
    rows = Answer.objects.filter(case=before, part__criterion__area__number=area.number)
    found = {(a.part.criterion.code, a.part.code): a for a in rows.select_related("part__criterion")}
    return LastRound(found)


def _words(answer: Answer) -> tuple[str, str]:
    """What is compared: numbers and dates of a new round are always new."""
    said = Said.by(answer)
    return said.value, said.text.strip()
