"""The questionnaire of a case as a page shows it: areas, criteria, groups of parts, and what is answered.

Every function takes a constant number of queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby

from certification.models import Answer, Area, Case, Criterion, Part
from certification.models.catalogue import Frequency
from certification.models.review import Claimed
from certification.rules.periods import HalfYear
from certification.scoring import counts_of, halves_of


@dataclass(frozen=True)
class Group:
    """Parts of which one is enough; several groups of a criterion are all needed."""

    parts: list[Part]

    def is_answered(self, answered: Iterable[int]) -> bool:
        return any(part.pk in answered for part in self.parts)


@dataclass(frozen=True)
class Item:
    """A criterion with its groups of parts."""

    criterion: Criterion
    groups: list[Group]
    answered: bool

    @property
    def anchor(self) -> str:
        return f"kriterium-{self.criterion.pk}"

    @property
    def parts(self) -> list[Part]:
        return [part for group in self.groups for part in group.parts]


@dataclass(frozen=True)
class Section:
    """An area with its criteria."""

    area: Area
    items: list[Item]

    @property
    def answered(self) -> int:
        return sum(item.answered for item in self.items)

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def parts(self) -> list[Part]:
        return [part for item in self.items for part in item.parts]

    def anchor_of(self, part: str) -> str:
        """The place of the criterion this part belongs to, by the part's primary key; empty where there is none."""
        return next((item.anchor for item in self.items if part in {str(each.pk) for each in item.parts}), "")

    @property
    def open_items(self) -> list[Item]:
        return [item for item in self.items if not item.answered]


@dataclass(frozen=True)
class Questionnaire:
    sections: list[Section]
    answers: Mapping[int, Answer]
    halves: tuple[HalfYear, ...]

    @cached_property
    def answered(self) -> int:
        return sum(section.answered for section in self.sections)

    @cached_property
    def total(self) -> int:
        return sum(section.total for section in self.sections)

    @property
    def claimed(self) -> list[Criterion]:
        """The criteria of which the centre says that it fulfils some of it."""
        said = {part for part, answer in self.answers.items() if answer.value in {Claimed.YES, Claimed.PARTLY}}
        items = [item for section in self.sections for item in section.items]
        return [item.criterion for item in items if said & {part.pk for part in item.parts}]

    def saved_at(self, parts: Iterable[Part]) -> datetime | None:
        last = self.last_answer(parts)
        return last.saved_at if last else None

    @property
    def last_saved_at(self) -> datetime | None:
        return max((answer.saved_at for answer in self.answers.values()), default=None)

    def section(self, number: int) -> Section | None:
        return next((s for s in self.sections if s.area.number == number), None)

    def neighbours(self, section: Section) -> tuple[Section | None, Section | None]:
        """The areas before and after."""
        at = self.sections.index(section)
        return (
            self.sections[at - 1] if at else None,
            self.sections[at + 1] if at + 1 < len(self.sections) else None,
        )

    def last_answer(self, parts: Iterable[Part]) -> Answer | None:
        """The answer to one of these parts that was saved last."""
        found = [self.answers[part.pk] for part in parts if part.pk in self.answers]
        return max(found, key=lambda answer: answer.saved_at, default=None)


def times_met(part: Part, answer: Answer | None, halves: Sequence[HalfYear]) -> str:
    """How far a counted part has got, for example "1 von 2 Halbjahren"; empty where nothing is counted yet."""
    if answer is None or not part.counted or part.times is None:
        return ""
    counts = counts_of(answer, halves)
    if part.per == Frequency.YEAR:
        return f"{sum(counts)} von {part.times} im Jahr"
    return f"{sum(count >= part.times for count in counts)} von {len(counts)} Halbjahren"


def questionnaire_of(case: Case) -> Questionnaire:
    """Two queries: the parts of the edition and the answers of the case."""
    answers = {answer.part_id: answer for answer in case.answers.select_related("saved_by")}
    answered = {part for part, answer in answers.items() if answer.value}
    rows = Part.objects.filter(criterion__area__edition=case.round.edition_id).select_related("criterion__area")
    ordered = rows.order_by("criterion__area__number", "criterion__position", "criterion", "alternative", "pk")
    items = [_item(list(parts), answered) for _, parts in groupby(ordered, key=lambda part: part.criterion_id)]
    sections = [Section(area, list(each)) for area, each in groupby(items, key=lambda item: item.criterion.area)]
    return Questionnaire(sections, answers, halves_of(case.round))


def progress_of(cases: Iterable[Case]) -> dict[int, tuple[int, int]]:
    """How many criteria of each case are answered, and of how many: what the questionnaire counts, only faster.

    Two queries for any number of cases.
    """
    cases = list(cases)
    if not cases:
        return {}
    answered: dict[int, set[int]] = defaultdict(set)
    said = Answer.objects.filter(case__in=cases).exclude(value="")
    for case, part in said.values_list("case", "part"):
        answered[case].add(part)
    groups = _groups({case.round.edition_id for case in cases})
    return {case.pk: _progress(groups[case.round.edition_id], answered[case.pk]) for case in cases}


def _groups(editions: set[int]) -> dict[int, dict[tuple[int, int], set[int]]]:
    """The parts of each group of a criterion, by edition."""
    found: dict[int, dict[tuple[int, int], set[int]]] = defaultdict(lambda: defaultdict(set))
    rows = Part.objects.filter(criterion__area__edition__in=editions)
    for edition, criterion, alternative, part in rows.values_list(
        "criterion__area__edition", "criterion", "alternative", "pk"
    ):
        found[edition][criterion, alternative].add(part)
    return found


def _progress(groups: Mapping[tuple[int, int], set[int]], answered: set[int]) -> tuple[int, int]:
    complete: dict[int, bool] = {}
    for (criterion, _), parts in groups.items():
        complete[criterion] = complete.get(criterion, True) and not parts.isdisjoint(answered)
    return sum(complete.values()), len(complete)


def _item(parts: list[Part], answered: set[int]) -> Item:
    groups = [Group(list(each)) for _, each in groupby(parts, key=lambda part: part.alternative)]
    return Item(parts[0].criterion, groups, all(group.is_answered(answered) for group in groups))
