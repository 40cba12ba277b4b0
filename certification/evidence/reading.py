"""Evidence as pages show it: by criterion, each piece with its verdict.

`for_case` is what auditors read beside the answers; the centre reads the same, and until it hands in what is offered.
Every function takes a fixed number of queries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from centres.models import FamilyCentre
from certification.evidence.periods import period_of_case, period_of_centre
from certification.models import Area, Case, Criterion, Evidence, EvidenceUse, Query, Round
from certification.models.evidence import EvidenceUseQuerySet
from certification.rules.evidence import (
    Dated,
    EvidenceKind,
    Judged,
    Period,
    halves_touched,
    hours_sentence,
    judged,
)
from certification.rules.periods import half_year_of


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence with the verdict on it; `use` where it is used in the case the page is about."""

    evidence: Evidence
    judged: Judged
    halves: tuple[str, ...] = ()
    use: EvidenceUse | None = None

    @property
    def is_new(self) -> bool:
        """Whether it is in a case for the first time; else it was submitted again."""
        return self.use is not None and not self.use.again

    @property
    def tone(self) -> str:
        if self.judged.usable:
            return "success"
        return "warning" if self.judged.now.usable or self.evidence.issued_on is None else "danger"

    @property
    def status(self) -> str:
        return self.judged.label


@dataclass(frozen=True, slots=True)
class AtCriterion:
    """What is shown for one criterion; `remark` says what the training together still lacks."""

    pieces: list[Piece]
    remark: str = ""

    @property
    def count(self) -> int:
        return len(self.pieces)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a centre has and may use for a criterion with one click; `last_round` where it handed it in before."""

    piece: Piece
    criterion: Criterion
    last_round: str = ""

    @property
    def key(self) -> str:
        return f"{self.piece.evidence.pk}-{self.criterion.pk}"

    @property
    def pair(self) -> tuple[int, int]:
        return self.piece.evidence.pk, self.criterion.pk


NOTHING = AtCriterion([])


def for_case(case: Case) -> dict[int, AtCriterion]:
    """What was handed in, by the primary key of the criterion; for auditors. One query; select the round."""
    return _by_criterion(case, EvidenceUse.objects.handed_in().filter(case=case), on=_day_of(case, None))


def evidence_of(case: Case, *, today: date) -> dict[int, AtCriterion]:
    """What the centre uses in its case, by the primary key of the criterion. One query."""
    return _by_criterion(case, case.evidence_uses.all(), on=_day_of(case, today))


def offers_of(case: Case, *, today: date) -> list[Offer]:
    """What the centre has for criteria it does not use it for yet, in the order of the criteria. Four queries.

    Criteria are matched by their code. Assumption: a new edition keeps the codes of criteria that stay the same.
    """
    period, edition = period_of_case(case), case.round.edition_id
    criteria = Criterion.objects.filter(area__edition=edition).select_related("area")
    by_code = {criterion.code: criterion for criterion in criteria}
    uses = EvidenceUse.objects.filter(case__centre=case.centre_id).select_related("case__round").order_by("added_at")
    there, last_round = set(), {}
    for use in uses:
        if use.case_id == case.pk:
            there.add((use.evidence_id, use.criterion_id))
        elif use.case.submitted_at:
            last_round[use.evidence_id] = use.case.round.label
    offers = [
        Offer(shown(evidence, period, on=today), by_code[own.code], last_round.get(evidence.pk, ""))
        for evidence in Evidence.objects.at_hand().filter(centre=case.centre_id).prefetch_related("criteria")
        for own in evidence.criteria.all()
        if own.code in by_code and (evidence.pk, by_code[own.code].pk) not in there
    ]
    unique = {offer.pair: offer for offer in offers}
    return sorted(unique.values(), key=lambda offer: (*_place(offer.criterion), offer.piece.evidence.pk))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The pieces for one criterion in a centre's collection, by half-year and date."""

    label: str
    pieces: list[Piece] = field(default_factory=list)


def box_of(centre: FamilyCentre, *, case: Case | None, today: date) -> tuple[list[Shelf], Period | None]:
    """The collection of a centre by criterion, those without a criterion first; and the round it is judged for.

    Pieces for several criteria stand at each of them.
    """
    period = period_of_centre(centre, case)
    shelves: dict[tuple[int, int, str], Shelf] = {}
    found = Evidence.objects.at_hand().filter(centre=centre).prefetch_related("criteria__area")
    for evidence in found.order_by("issued_on", "pk"):
        piece = _in_half_year(shown(evidence, period, on=today))
        for criterion in evidence.criteria.all() or [None]:
            place = _place(criterion) if criterion else (0, 0, "")
            label = str(criterion) if criterion else "Noch keinem Kriterium zugeordnet"
            shelf = shelves.setdefault(place, Shelf(label))
            if piece not in shelf.pieces:
                shelf.pieces.append(piece)
    for shelf in shelves.values():
        shelf.pieces.sort(key=lambda piece: bool(piece.halves))  # in a half-year by their day already
    return [shelves[place] for place in sorted(shelves)], period


@dataclass(frozen=True, slots=True)
class Doubt:
    """A piece that does not count where it lies, and why."""

    criterion: Criterion
    piece: Piece


@dataclass(frozen=True, slots=True)
class BeforeHandIn:
    """What a centre should know about its evidence before it hands in: what counts, what does not, what has none."""

    counting: int
    undated: list[Doubt]
    too_old: list[Doubt]
    without: list[Criterion]

    @property
    def in_order(self) -> bool:
        return not (self.undated or self.too_old or self.without)


def before_hand_in(case: Case, claimed: Sequence[Criterion], *, today: date) -> BeforeHandIn:
    """Of the criteria the centre says it fulfils, and of every piece it uses. One query."""
    found = evidence_of(case, today=today)
    doubts = [
        Doubt(piece.use.criterion, piece)
        for here in found.values()
        for piece in here.pieces
        if piece.use and not piece.judged.usable
    ]
    doubts.sort(key=lambda doubt: (doubt.criterion.code, doubt.piece.evidence.pk))
    pieces = {piece.evidence.pk for here in found.values() for piece in here.pieces if piece.judged.usable}
    return BeforeHandIn(
        counting=len(pieces),
        undated=[doubt for doubt in doubts if doubt.piece.evidence.issued_on is None],
        too_old=[doubt for doubt in doubts if doubt.piece.evidence.issued_on is not None],
        without=[criterion for criterion in claimed if criterion.pk not in found],
    )


@dataclass(frozen=True, slots=True)
class BetweenCases:
    """What a centre has while no case is open: how much, and which of it will not count in the round to come."""

    period: Period | None
    count: int
    again: list[Piece]


def between_cases(centre: FamilyCentre, *, today: date) -> BetweenCases:
    expected = period_of_centre(centre, None)
    period = expected if expected and expected.audit_until >= today else None
    found = Evidence.objects.at_hand().filter(centre=centre).order_by("kind", "issued_on", "pk")
    pieces = [shown(evidence, period, on=today) for evidence in found]
    return BetweenCases(period, len(pieces), [piece for piece in pieces if not piece.judged.usable])


def lay_beside(queries: Sequence[Query]) -> None:
    """Let each question know what was sent with its answer, as its `evidence_uses`. One query."""
    uses = EvidenceUse.objects.select_related("evidence", "criterion").order_by("pk")
    prefetch_related_objects(queries, Prefetch("evidence_uses", uses))


def criteria_for(case: Case | None) -> list[Criterion]:
    """The criteria evidence can belong to: of the case's edition, else of the newest round's. At most two queries."""
    newest = Round.objects.order_by("-audit_until").values_list("edition", flat=True)
    edition = case.round.edition_id if case is not None else newest.first()
    criteria = Criterion.objects.filter(area__edition=edition).select_related("area")
    return list(criteria.order_by("area__number", "position", "pk"))


def said_of(evidence: Evidence, criteria: Sequence[Criterion]) -> dict[str, Any]:
    """What a form about the piece shows; its criteria are found by their code in another edition."""
    codes = set(evidence.criteria.values_list("code", flat=True))
    names = ("title", "kind", "issued_on", "ends_on", "renews", "hours")
    said = {name: getattr(evidence, name) for name in names}
    return said | {"criteria": [criterion.pk for criterion in criteria if criterion.code in codes]}


@dataclass(frozen=True, slots=True)
class Story:
    """A piece with the rounds it was handed in with; from then on nothing is changed about it."""

    piece: Piece
    uses: list[EvidenceUse]
    handed_in: bool


def story_of(evidence: Evidence, *, case: Case | None, today: date) -> Story:
    rows = evidence.uses.select_related("case__round", "criterion", "query")
    uses = list(rows.order_by("-added_at", "criterion__area__number", "criterion__position"))
    piece = shown(evidence, period_of_centre(evidence.centre, case), on=today)
    return Story(piece, uses, evidence.uses.handed_in().exists())


@dataclass(frozen=True, slots=True)
class AreaShelf:
    area: Area
    rows: list[tuple[Criterion, AtCriterion]]

    @property
    def count(self) -> int:
        return sum(here.count for _, here in self.rows)


def sections_of(case: Case, evidence: Mapping[int, AtCriterion]) -> list[AreaShelf]:
    """Every criterion of the case with its evidence, area by area."""
    by_area = groupby(criteria_for(case), key=lambda criterion: criterion.area)
    return [AreaShelf(area, [(each, at(evidence, each)) for each in criteria]) for area, criteria in by_area]


def not_usable(pieces: Sequence[Evidence], centre: FamilyCentre, case: Case | None, *, today: date) -> list[Piece]:
    """Which of these will not count as they are."""
    period = period_of_centre(centre, case)
    judged_pieces = [shown(piece, period, on=today) for piece in pieces]
    return [piece for piece in judged_pieces if not piece.judged.usable]


def shown(evidence: Evidence, period: Period | None, *, on: date, use: EvidenceUse | None = None) -> Piece:
    return Piece(evidence, judged(evidence.dated, period, on=on), _halves(evidence.dated, period), use)


def _by_criterion(case: Case, uses: EvidenceUseQuerySet, *, on: date) -> dict[int, AtCriterion]:
    period = period_of_case(case)
    found: dict[int, list[Piece]] = {}
    codes: dict[int, str] = {}
    for use in uses.select_related("evidence", "criterion", "query").order_by(
        "evidence__issued_on", "added_at", "pk"
    ):
        found.setdefault(use.criterion_id, []).append(shown(use.evidence, period, on=on, use=use))
        codes[use.criterion_id] = use.criterion.code
    return {pk: AtCriterion(pieces, _remark(codes[pk], pieces)) for pk, pieces in found.items()}


def _remark(code: str, pieces: Sequence[Piece]) -> str:
    training = [p.evidence.hours for p in pieces if p.evidence.kind == EvidenceKind.TRAINING and p.judged.usable]
    return hours_sentence(code, training)


def _in_half_year(piece: Piece) -> Piece:
    """Offers before the audit period, or where none is known yet, have the half-year of the calendar."""
    dated = piece.evidence.dated
    if piece.halves or dated.kind != EvidenceKind.OFFER or dated.issued_on is None:
        return piece
    return replace(piece, halves=(half_year_of(dated.issued_on),))


def _halves(dated: Dated, period: Period | None) -> tuple[str, ...]:
    if period is None or dated.kind != EvidenceKind.OFFER or dated.issued_on is None:
        return ()
    span = {"audit_from": period.audit_from, "audit_until": period.audit_until}
    return halves_touched(dated.issued_on, dated.ends_on, **span)


def _day_of(case: Case, today: date | None) -> date:
    """On which day evidence is judged: on the day it was handed in, until then today."""
    if case.submitted_at:
        return timezone.localdate(case.submitted_at)
    return today or case.round.submission_until


def _place(criterion: Criterion) -> tuple[int, int, str]:
    return criterion.area.number, criterion.position, criterion.code


def at(evidence: Mapping[int, AtCriterion], criterion: Criterion) -> AtCriterion:
    return evidence.get(criterion.pk, NOTHING)
