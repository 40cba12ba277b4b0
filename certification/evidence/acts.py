"""The acts on evidence: keep a file, describe it, use it in a case, take it back. The only writer of its rows.

What a case was handed in with stays as it was. Until then, and for the answer to an open query, its centre may add
and take back.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres.files import Kept
from centres.models import FamilyCentre, Membership
from certification import permissions
from certification.evidence.periods import period_of_case
from certification.models import Case, Criterion, Evidence, EvidenceUse, Query
from certification.rules.evidence import EvidenceKind, judged
from certification.rules.moves import Actor, State
from certification.workflow import NotAllowedError

NOT_YOURS = "Nachweise verwaltet nur das Familienzentrum selbst."
HANDED_IN = "Die Nachweise lassen sich nach dem Einreichen nicht mehr ändern."
FIXED = "Dieser Nachweis ist eingereicht. Bitte laden Sie die neue Fassung als weiteren Nachweis hoch."
GONE = "Dieser Nachweis ist entfernt."


@dataclass(frozen=True, slots=True)
class Details:
    """What a centre says about a piece of evidence; `criteria` are primary keys."""

    title: str = ""
    kind: EvidenceKind = EvidenceKind.OTHER
    issued_on: date | None = None
    ends_on: date | None = None
    renews: bool = False
    hours: int | None = None
    criteria: frozenset[int] = frozenset()

    @property
    def facts(self) -> dict[str, object]:
        """The columns; what belongs to another kind is left out, whatever a form may still carry."""
        return {
            "kind": self.kind.value,
            "issued_on": self.issued_on,
            "ends_on": self.ends_on,
            "renews": self.renews and self.kind == EvidenceKind.AGREEMENT,
            "hours": self.hours if self.kind == EvidenceKind.TRAINING else None,
        }


@transaction.atomic
def keep(
    centre: FamilyCentre, file: Kept, details: Details, *, by: User, at: datetime, case: Case | None = None
) -> Evidence:
    """Store a checked file with what is known about it, and use it in `case` for its criteria, where one is given.

    A file the centre has already is not stored twice, for example after an answer that was lost on the way: then the
    piece that is there gets the criteria. Raises NotAllowedError.
    """
    _require_mine(centre.pk, by, at)
    same = Evidence.objects.at_hand().filter(sha256=file.sha256, centre=centre).order_by("pk").first()
    piece = same or _stored(centre, file, details, by, at)
    piece.criteria.add(*details.criteria)
    if case is not None:
        attach(case, [piece], criteria=details.criteria, by=by, at=at)
    return piece


@transaction.atomic
def keep_all(
    centre: FamilyCentre,
    files: Sequence[Kept],
    details: Details,
    *,
    by: User,
    at: datetime,
    case: Case | None = None,
    query: Query | None = None,
    earlier: Sequence[Evidence] = (),
) -> list[Evidence]:
    """Store several files of which the same is said; say it as well of those that were stored a moment `earlier`.

    Each bears the title, told apart by a number. A `case` uses them for their criteria, with the answer to `query`
    where one is given. Raises NotAllowedError.
    """
    if case is not None:
        _take_case(case, by, at)  # before a file is written, which no rollback takes back
    total = len(files) + len(earlier)
    titled = [replace(details, title=_numbered(details.title, n, total)) for n in range(1, total + 1)]
    before, after = titled[: len(earlier)], titled[len(earlier) :]
    pieces = [
        *[describe(piece, each, by=by, at=at) for piece, each in zip(earlier, before, strict=True)],
        *[keep(centre, file, each, by=by, at=at) for file, each in zip(files, after, strict=True)],
    ]
    if case is not None and pieces:
        attach(case, pieces, criteria=details.criteria, by=by, at=at, query=query)
    return pieces


def _numbered(title: str, number: int, total: int) -> str:
    return f"{title[:135]} ({number} von {total})" if title and total > 1 else title


def _stored(centre: FamilyCentre, file: Kept, details: Details, by: User, at: datetime) -> Evidence:
    piece = Evidence(
        centre=centre,
        title=(details.title or file.title)[:150],
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        pages=file.pages,
        uploaded_at=at,
        uploaded_by=by,
        **details.facts,
    )
    piece.file.save(file.name, ContentFile(file.content), save=False)
    piece.save(force_insert=True)
    return piece


@transaction.atomic
def describe(piece: Evidence, details: Details, *, by: User, at: datetime) -> Evidence:
    """Say something else about a piece. Where a case in work uses it, it is used for the new criteria as well.

    Raises NotAllowedError where it was handed in.
    """
    piece = _take(piece, by, at)
    if piece.uses.handed_in().exists():
        raise NotAllowedError(FIXED)
    before = set(piece.criteria.values_list("pk", flat=True))
    for name, value in {"title": details.title[:150] or piece.title, **details.facts}.items():
        setattr(piece, name, value)
    piece.save(update_fields=["title", *details.facts])
    piece.criteria.set(details.criteria)
    _follow(piece, gone=before - details.criteria, new=details.criteria - before, by=by, at=at)
    return piece


@transaction.atomic
def remove(piece: Evidence, *, by: User, at: datetime) -> bool:
    """Take a piece out of the centre's collection: for good, or withdrawn where it was handed in (then False).

    Cases it was handed in with keep it. Raises NotAllowedError.
    """
    piece = _take(piece, by, at)
    piece.uses.changeable().delete()
    if piece.uses.exists():
        piece.withdrawn_at, piece.withdrawn_by = at, by
        piece.save(update_fields=["withdrawn_at", "withdrawn_by"])
        return False
    storage, name = piece.file.storage, str(piece.file.name)
    piece.delete()
    if not Evidence.objects.filter(sha256=piece.sha256, file=name).exists():
        transaction.on_commit(lambda: storage.delete(name), robust=True)
    return True


@transaction.atomic
def attach(
    case: Case,
    pieces: Iterable[Evidence],
    *,
    criteria: Collection[int],
    by: User,
    at: datetime,
    query: Query | None = None,
) -> int:
    """Use these pieces in the case for these criteria; how many uses are new.

    After the hand-in that is possible only with the answer to an open query: give it as `query`, or leave it out
    and the open one is found. Safe any number of times. Raises NotAllowedError.
    """
    case = _take_case(case, by, at)
    pairs = {(piece.pk, criterion) for piece in pieces for criterion in criteria}
    return _use(case, pairs, query=_open_query(case, query), by=by, at=at)


@transaction.atomic
def detach(case: Case, piece: Evidence, *, criterion: Criterion, by: User, at: datetime) -> int:
    """Stop using a piece for a criterion; it stays in the collection. Raises NotAllowedError."""
    case = _take_case(case, by, at)
    found = case.evidence_uses.filter(evidence=piece, criterion=criterion)
    gone, _ = found.changeable().delete()
    if not gone and found.exists():
        raise NotAllowedError(HANDED_IN)
    return gone


@transaction.atomic
def hand_in_again(case: Case, offers: Iterable[tuple[int, int]], *, by: User, at: datetime) -> int:
    """Use again what is offered, as pairs of evidence and criterion, where it is still usable for the round.

    How many uses are new. Raises NotAllowedError.
    """
    case = _take_case(case, by, at)
    pairs, period, today = set(offers), period_of_case(case), timezone.localdate(at)
    found = Evidence.objects.filter(pk__in={piece for piece, _ in pairs})
    usable = {piece.pk for piece in found if judged(piece.dated, period, on=today).usable}
    still_good = {pair for pair in pairs if pair[0] in usable}
    return _use(case, still_good, query=_open_query(case, None), by=by, at=at)


def may_change(case: Case) -> bool:
    """Whether its centre may add evidence now: before the hand-in, or to answer a query."""
    return case.answers_are_open or case.state == State.QUERIED


def _require_mine(centre: int, by: User, at: datetime) -> None:
    mine = Membership.objects.on_day(timezone.localdate(at)).filter(user=by, centre=centre)
    if permissions.actor_of(by) != Actor.CENTRE or not mine.exists():
        raise NotAllowedError(NOT_YOURS)


def _take(piece: Evidence, by: User, at: datetime) -> Evidence:
    piece = Evidence.objects.select_for_update(of=("self",)).get(pk=piece.pk)
    _require_mine(piece.centre_id, by, at)
    if piece.withdrawn_at is not None:
        raise NotAllowedError(GONE)
    return piece


def _take_case(case: Case, by: User, at: datetime) -> Case:
    case = Case.objects.select_for_update(of=("self",)).select_related("round").get(pk=case.pk)
    _require_mine(case.centre_id, by, at)
    if not may_change(case):
        raise NotAllowedError(HANDED_IN)
    return case


def _open_query(case: Case, query: Query | None) -> Query | None:
    """Which query the evidence answers; none before the hand-in."""
    if case.answers_are_open:
        return None
    still_open = case.queries.open()
    if query is not None:
        still_open = still_open.filter(pk=query.pk)
    found = still_open.order_by("asked_at").first()
    if found is None:
        raise NotAllowedError(HANDED_IN)
    return found


def _use(case: Case, pairs: set[tuple[int, int]], *, query: Query | None, by: User, at: datetime) -> int:
    """The case is locked. Foreign and withdrawn pieces, and criteria of another edition, are left out."""
    own = Evidence.objects.at_hand().filter(centre=case.centre_id, pk__in={piece for piece, _ in pairs})
    pieces = set(own.values_list("pk", flat=True))
    asked = Criterion.objects.filter(
        area__edition=case.round.edition_id, pk__in={criterion for _, criterion in pairs}
    )
    criteria = set(asked.values_list("pk", flat=True))
    wanted = sorted(pair for pair in pairs if pair[0] in pieces and pair[1] in criteria)
    earlier = _handed_in_before(case, pieces)
    there = set(case.evidence_uses.values_list("evidence", "criterion"))
    uses = [
        EvidenceUse(
            case=case,
            evidence_id=piece,
            criterion_id=criterion,
            again=piece in earlier,
            query=query,
            added_at=at,
            added_by=by,
        )
        for piece, criterion in wanted
        if (piece, criterion) not in there
    ]
    EvidenceUse.objects.bulk_create(uses)
    belongs = Evidence.criteria.through
    belongs.objects.bulk_create([belongs(evidence_id=e, criterion_id=c) for e, c in wanted], ignore_conflicts=True)
    return len(uses)


def _handed_in_before(case: Case, pieces: Collection[int]) -> set[int]:
    uses = EvidenceUse.objects.handed_in().filter(evidence__in=pieces).exclude(case=case)
    return set(uses.values_list("evidence", flat=True))


def _follow(piece: Evidence, *, gone: Collection[int], new: Collection[int], by: User, at: datetime) -> None:
    """The cases in work follow what is said about a piece they use."""
    changeable = piece.uses.changeable()
    cases = list(Case.objects.filter(pk__in=changeable.values("case")))
    changeable.filter(criterion__in=gone).delete()
    for case in cases:
        if may_change(case):
            attach(case, [piece], criteria=new, by=by, at=at)
