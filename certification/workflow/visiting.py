"""The visit: times offered, agreed, moved, called off, held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from centres import post
from centres.models import Facility
from certification import letters, permissions
from certification.calendars import surroundings
from certification.models import Case, SiteVisit, SlotRequest, Step, VisitMode, VisitMove, VisitSlot
from certification.rules.moves import BY_ACT, State
from certification.rules.periods import long_date
from certification.rules.visiting import LONGEST, Span, objections
from certification.visit_calendar import attached
from certification.workflow.acting import NotAllowedError, lock, move, require, take

TAKEN = "Dieser Termin ist inzwischen vergeben. Bitte wählen Sie einen anderen."
OFFERING = {State.IN_REVIEW, State.QUERIED, State.VISIT_AGREED, State.VISITED}
CHOOSING = {State.IN_REVIEW, State.VISIT_AGREED, State.VISITED}  # where a centre may choose among the times offered


@dataclass(frozen=True, slots=True)
class Offer:
    """A time and a place the auditor could come."""

    starts_at: datetime
    ends_at: datetime
    mode: VisitMode = VisitMode.ON_SITE
    facilities: Sequence[Facility] = ()


@transaction.atomic
def offer_slots(
    case: Case, *, by: User, at: datetime, offers: Sequence[Offer], override_reason: str = ""
) -> list[VisitSlot]:
    """Offer times to the centre. What speaks against one is refused, or takes a reason that stays in the house."""
    case = _take_as_auditor(case, by=by)
    require(case.state in OFFERING, "Termine lassen sich erst anbieten, wenn die Prüfung begonnen hat.")
    require(bool(offers), "Bitte geben Sie mindestens einen Termin an.")
    _require_apart(offers)
    for offer in offers:
        _require_unobjectionable(case, offer, by=by, at=at, override_reason=override_reason)
    slots = [_offered(case, offer, by=by, at=at, override_reason=override_reason) for offer in offers]
    case.slot_requests.filter(done_at=None).update(done_at=at)
    _tell_centre(
        case, "visit_offered", f"slot-{slots[0].pk}/offered", "Ihnen sind Termine angeboten", at=at, number=len(slots)
    )
    return slots


@transaction.atomic
def withdraw_slots(case: Case, *, by: User, at: datetime) -> int:
    """Take back every time that nobody has taken; the centre hears that it need not choose any more."""
    case = _take_as_auditor(case, by=by)
    open_slots = list(case.slots.open(at=at).values_list("pk", flat=True))
    require(bool(open_slots), "Es ist kein Termin angeboten.")
    VisitSlot.objects.filter(pk__in=open_slots).update(withdrawn_at=at)
    key, what = f"slot-{open_slots[0]}/withdrawn", "Die angebotenen Termine sind zurückgezogen"
    _tell_centre(case, "visit_offers_withdrawn", key, what, at=at)
    return len(open_slots)


@transaction.atomic
def ask_for_other_slots(case: Case, *, by: User, at: datetime, reason: str) -> SlotRequest:
    """None of the times suits, or the one agreed no longer does: the auditor is asked for others."""
    case = _take_as_centre(case, by=by, at=at)
    require(bool(reason.strip()), "Bitte geben Sie eine Begründung an.")
    chosen = case.visits.live().first()
    require(chosen is not None or case.slots.open(at=at).exists(), "Zu diesem Fall ist kein Termin angeboten.")
    require(chosen is None or not chosen.moved_by_centre, _MOVED_BEFORE)
    require(not case.slot_requests.filter(done_at=None).exists(), "Sie haben schon um andere Termine gebeten.")
    request = SlotRequest.objects.create(case=case, reason=reason.strip(), asked_at=at, asked_by=by)
    _tell_wanted(case, request)
    return request


@transaction.atomic
def agree_visit(
    case: Case,
    *,
    by: User,
    at: datetime,
    slot: VisitSlot | None = None,
    offer: Offer | None = None,
    override_reason: str = "",
) -> Step:
    """Agree on a time: the centre takes one that is offered, an auditor may also enter one agreed by telephone.

    What speaks against the latter takes a reason that stays in the house.
    """
    case = take(case, "agree_visit", by=by, at=at)
    slot = _slot_for(case, slot, offer, by=by, at=at, override_reason=override_reason)
    visit = SiteVisit(
        case=case, slot=slot, starts_at=slot.starts_at, ends_at=slot.ends_at, mode=slot.mode,
        visitor=slot.visitor, changed_at=at,
    )  # fmt: skip
    _save_apart(visit)
    visit.facilities.set(slot.facilities.all())
    case.slot_requests.filter(done_at=None).update(done_at=at)
    step = move(case, "agree_visit", by=by, at=at, context={"visit": visit}, attach=attached(visit))
    _tell_of_visit(visit, "vereinbart", key=f"step-{step.pk}/visitor", at=at)
    return step


@transaction.atomic
def move_visit(
    case: Case,
    *,
    by: User,
    at: datetime,
    reason: str,
    slot: VisitSlot | None = None,
    offer: Offer | None = None,
    override_reason: str = "",
) -> VisitMove:
    """Another time for the same visit. A centre may move once; the auditor whenever there is need."""
    by_auditor = by.is_active and by.is_auditor
    case = _take_as_auditor(case, by=by) if by_auditor else _take_as_centre(case, by=by, at=at)
    require(case.state == State.VISIT_AGREED, "Es ist keine Begehung vereinbart.")
    require(bool(reason.strip()), "Bitte geben Sie eine Begründung an.")
    visit = case.visits.live().select_for_update(of=("self",)).get()
    require(visit.starts_at > at, "Die Begehung hat schon begonnen.")
    require(by_auditor or not visit.moved_by_centre, _MOVED_BEFORE)
    old, left = visit.starts_at, visit.slot
    slot = _slot_for(case, slot, offer, by=by, at=at, override_reason=override_reason)
    visit.slot, visit.starts_at, visit.ends_at, visit.mode = slot, slot.starts_at, slot.ends_at, slot.mode
    visit.visitor, visit.moved_by_centre = slot.visitor, visit.moved_by_centre or not by_auditor
    visit.sequence, visit.changed_at = visit.sequence + 1, at
    _save_apart(visit)
    visit.facilities.set(slot.facilities.all())
    if left:
        VisitSlot.objects.filter(pk=left.pk).update(withdrawn_at=at)
    case.slot_requests.filter(done_at=None).update(done_at=at)
    moved = VisitMove.objects.create(
        visit=visit, old_starts_at=old, new_starts_at=visit.starts_at, reason=reason.strip(), by=by, at=at
    )
    key, what = f"visit-{visit.pk}/{visit.sequence}", "Die Begehung ist verlegt"
    _tell_centre(case, "visit_moved", key, what, at=at, attach=attached(visit), visit=visit, move=moved)
    _tell_of_visit(visit, "verlegt", key=f"{key}/visitor", at=at)
    return moved


@transaction.atomic
def cancel_visit(case: Case, *, by: User, at: datetime, reason: str) -> Step:
    """Call the visit off; the case goes back to the review, and the reason stays in the house."""
    case = take(case, "cancel_visit", by=by, at=at, reason=reason)
    visit = call_off(case, at=at)
    context = {"visit": visit}
    return move(
        case, "cancel_visit", by=by, at=at, reason=reason, context=context, attach=attached(visit) if visit else None
    )


def call_off(case: Case, *, at: datetime) -> SiteVisit | None:
    """Strike out the visit that is agreed, if any, from calendars too; the visitor hears of it. For a locked case."""
    visit = case.visits.live().select_related("visitor", "case__centre").first()
    if visit is None:
        return None
    visit.cancelled_at, visit.sequence, visit.changed_at = at, visit.sequence + 1, at
    visit.save(update_fields=["cancelled_at", "sequence", "changed_at"])
    case.slots.filter(withdrawn_at=None).update(withdrawn_at=at)
    _tell_of_visit(visit, "abgesagt", key=f"visit-{visit.pk}/{visit.sequence}/visitor", at=at)
    return visit


@transaction.atomic
def record_visit(case: Case, *, by: User, at: datetime, held_on: date, record: str = "") -> Step:
    """The visit was held: times that nobody took are no longer offered, and nobody waits for others."""
    case = take(case, "record_visit", by=by, at=at)
    require(held_on <= timezone.localdate(at), "Der Tag der Begehung liegt in der Zukunft.")
    case.visits.live().update(held_on=held_on, record=record.strip())
    case.slots.open(at=at).update(withdrawn_at=at)
    case.slot_requests.filter(done_at=None).update(done_at=at)
    return move(case, "record_visit", by=by, at=at)


_MOVED_BEFORE = (
    "Sie haben die Begehung schon einmal verlegt. Wenn Sie wieder verhindert sind, rufen Sie bitte die "
    "Zertifizierungsstelle an."
)


def _take_as_auditor(case: Case, *, by: User) -> Case:
    case = lock(case)
    require(by.is_active and by.is_auditor, "Termine bietet nur die Zertifizierungsstelle an.")
    return case


def _take_as_centre(case: Case, *, by: User, at: datetime) -> Case:
    case, may = lock(case), permissions.may(by, BY_ACT["answer"], case, on=timezone.localdate(at))
    require(may, "Das ist nicht Ihre Aufgabe in diesem Fall.")
    require(case.state in CHOOSING, "Zu diesem Fall ist kein Termin angeboten.")
    return case


def _require_apart(offers: Iterable[Offer]) -> None:
    spans = sorted((Span(each.starts_at, each.ends_at) for each in offers), key=lambda span: span.starts)
    apart = all(not first.overlaps(second) for first, second in pairwise(spans))
    require(apart, "Zwei der Termine überschneiden sich.")


def _require_unobjectionable(
    case: Case, offer: Offer, *, by: User, at: datetime, override_reason: str, agreed: bool = False
) -> None:
    """A final objection refuses the time; a doubt takes a reason."""
    now = timezone.localtime(at)
    span = Span(timezone.localtime(offer.starts_at), timezone.localtime(offer.ends_at))
    found = objections(span, surroundings(case, visitor=by, tz=now), now=now)
    final = [each.sentence for each in found if each.is_final(agreed=agreed)]
    require(not final, " ".join(final))
    what = "trotzdem vereinbart haben" if agreed else "trotzdem anbieten möchten"
    doubts = " ".join(each.sentence for each in found)
    require(
        not doubts or bool(override_reason.strip()),
        f"{doubts} Wenn Sie den Termin {what}, geben Sie bitte den Grund an.",
    )


def _offered(case: Case, offer: Offer, *, by: User, at: datetime, override_reason: str) -> VisitSlot:
    twice = case.slots.filter(starts_at=offer.starts_at, withdrawn_at=None).exists()
    require(not twice, "Dieser Termin ist schon angeboten.")
    slot = VisitSlot.objects.create(
        case=case,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at or offer.starts_at + LONGEST,
        mode=offer.mode,
        visitor=by,
        offered_at=at,
        override_reason=override_reason.strip(),
    )
    slot.facilities.set(offer.facilities)
    return slot


def _slot_for(
    case: Case, slot: VisitSlot | None, offer: Offer | None, *, by: User, at: datetime, override_reason: str
) -> VisitSlot:
    """One of the times offered; or what an auditor has agreed by telephone, offered and taken at once."""
    if slot is None and offer is not None:
        require(by.is_auditor, "Bitte wählen Sie einen der angebotenen Termine.")
        require(offer.starts_at > at, "Bitte wählen Sie für die Begehung einen Termin in der Zukunft.")
        _require_unobjectionable(case, offer, by=by, at=at, override_reason=override_reason, agreed=True)
        slot = _offered(case, offer, by=by, at=at, override_reason=override_reason)
    return _free(case, slot, at=at)


def _free(case: Case, slot: VisitSlot | None, *, at: datetime) -> VisitSlot:
    """The offered time, locked, if it can still be had."""
    if slot is None:
        raise NotAllowedError("Bitte wählen Sie einen der angebotenen Termine.")
    found = case.slots.open(at=at).filter(pk=slot.pk).values_list("pk", flat=True)
    locked = VisitSlot.objects.select_for_update(of=("self",)).filter(pk__in=list(found)).first()
    if locked is None:
        raise NotAllowedError(TAKEN)
    return locked


def _save_apart(visit: SiteVisit) -> None:
    """The database has the last word on whether slot and visitor are free: somebody else may be quicker."""
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        raise NotAllowedError(TAKEN) from error


def _tell_centre(case: Case, template: str, key: str, what: str, *, at: datetime, **context: Any) -> None:
    why = f"{what}, am {long_date(timezone.localdate(at))}."
    post.write(case.centre, template, key=key, rule=template, why=why, at=at, case=case, **context)


def _tell_of_visit(visit: SiteVisit, what: str, *, key: str, at: datetime) -> None:
    post.write_to_staff(
        visit.visitor,
        "staff_visit",
        key=key,
        rule="visit/visitor",
        why=f"Die Begehung ist seit dem {long_date(timezone.localdate(at))} {what}.",
        at=at,
        attach=attached(visit, to_staff=True),
        case=visit.case,
        centre=visit.case.centre,
        visit=visit,
        what=what,
    )


def _tell_wanted(case: Case, request: SlotRequest) -> None:
    """Whoever looks after the case hears of it, else whoever offered times last."""
    letters.to_auditor(
        case.auditor or case.slots.select_related("visitor").latest("pk").visitor,
        "staff_slots_wanted",
        key=f"slot-request-{request.pk}",
        rule="slots/wanted",
        why=f"Das Zentrum hat am {long_date(timezone.localdate(request.asked_at))} um andere Termine gebeten.",
        at=request.asked_at,
        case=case,
        centre=case.centre,
    )
