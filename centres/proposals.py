"""Acts on proposals: a centre asks for a change of the register, the ministry decides, the centre hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.formats import date_format

from accounts.models import Role, User
from centres import post, register
from centres.models import Decision, Facility, FamilyCentre, Proposal, Subject, YouthOffice
from centres.models.proposal import OF_NETWORKS
from centres.refusals import check_deferred, sentence_of

WHY = "Im Portal wurde am {} eine Änderung am Register vorgeschlagen, und das Ministerium hat darüber entschieden."


class NotPossibleError(Exception):
    """This cannot be proposed or decided; the text may be shown to the person."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a centre wants changed. `new` is the new value in words; networks name facility and day."""

    subject: Subject
    new: str
    reason: str
    facility: Facility | None = None
    youth_office: YouthOffice | None = None
    effective_on: date | None = None
    exception_reason: str = ""
    effect: Sequence[str] = ()


@transaction.atomic
def propose(centre: FamilyCentre, wish: Wish, *, by: User, at: datetime) -> Proposal:
    """Raises NotPossibleError where it says nothing new, or the same is waiting already."""
    centre = FamilyCentre.objects.select_for_update(of=("self",)).select_related("youth_office").get(pk=centre.pk)
    proposal = Proposal(
        centre=centre,
        subject=wish.subject,
        facility=wish.facility,
        youth_office=wish.youth_office,
        effective_on=wish.effective_on,
        new=wish.new.strip(),
        reason=wish.reason.strip(),
        exception_reason=wish.exception_reason.strip(),
        effect=list(wish.effect),
        proposed_by=by,
        proposed_at=at,
    )
    proposal.old = register.current(proposal)
    _require_sense(proposal)
    waiting = Proposal.objects.open().filter(centre=centre, subject=wish.subject, facility=wish.facility)
    _require(
        not waiting.exists(),
        "Dazu wartet schon ein Vorschlag auf das Ministerium. Ziehen Sie ihn zuerst zurück.",
    )
    proposal.save(force_insert=True)
    return proposal


@transaction.atomic
def accept(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """Write the change into the register and tell the centre.

    Raises NotPossibleError where the register has changed since, or would contradict itself.
    """
    proposal = _lock_open(proposal, by)
    now = register.current(proposal)
    _require(
        now == proposal.old,
        f"Der Vorschlag ist überholt: Bei seiner Abgabe stand dort „{proposal.old or '–'}“, jetzt „{now or '–'}“. "
        "Bitte lehnen Sie ihn mit diesem Grund ab.",
    )
    try:
        with transaction.atomic():
            register.change(proposal)
            check_deferred()
    except IntegrityError as error:
        raise NotPossibleError(sentence_of(error)) from error
    FamilyCentre.objects.filter(pk=proposal.centre_id).refresh_search()
    return _decide(proposal, Decision.ACCEPTED, by=by, at=at)


@transaction.atomic
def decline(proposal: Proposal, *, by: User, at: datetime, reason: str) -> Proposal:
    """Change nothing, and tell the centre. Raises NotPossibleError."""
    proposal = _lock_open(proposal, by)
    _require(bool(reason.strip()), "Bitte geben Sie den Grund an.")
    return _decide(proposal, Decision.DECLINED, by=by, at=at, reason=reason)


@transaction.atomic
def take_back(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """The centre no longer wants it; no letter. Raises NotPossibleError once it is decided."""
    locked = _locked(proposal)
    locked.decision, locked.decided_by, locked.decided_at = Decision.TAKEN_BACK, by, at
    locked.save(update_fields=["decision", "decided_by", "decided_at"])
    return locked


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise NotPossibleError(sentence)


def _require_sense(proposal: Proposal) -> None:
    subject, centre = Subject(proposal.subject), proposal.centre
    _require(centre.ended_on is None, "Dieses Familienzentrum ist beendet; hier ändert sich nichts mehr.")
    _require(bool(proposal.reason), "Bitte geben Sie eine Begründung an.")
    _require(proposal.new != proposal.old, "Genau das steht schon im Register.")
    if subject in OF_NETWORKS:
        _require(centre.is_network, "Das geht nur in einem Verbund.")
    if subject == Subject.JOINING:
        _require(
            proposal.old == register.FREE,
            f"Diese Einrichtung {proposal.old}. Erst wenn sie dort ausgeschieden ist, kann sie hinzukommen.",
        )
    elif subject in OF_NETWORKS:
        belongs = register.belonging(proposal) == register.BELONGS
        _require(belongs, "Diese Einrichtung gehört an diesem Tag nicht zum Verbund.")


def _locked(proposal: Proposal) -> Proposal:
    row = Proposal.objects.select_for_update(of=("self",)).with_register().get(pk=proposal.pk)
    _require(row.is_open, f"Dieser Vorschlag ist schon {row.get_decision_display()}.")
    return row


def _lock_open(proposal: Proposal, by: User) -> Proposal:
    _require(by.is_active and by.role == Role.MINISTRY, "Über Vorschläge entscheidet das Ministerium.")
    return _locked(proposal)


def _decide(proposal: Proposal, decision: Decision, *, by: User, at: datetime, reason: str = "") -> Proposal:
    proposal.decision, proposal.decided_by, proposal.decided_at = decision, by, at
    proposal.decision_reason = reason.strip()
    proposal.save(update_fields=["decision", "decided_by", "decided_at", "decision_reason"])
    post.write(
        proposal.centre,
        f"proposal_{decision.value}",
        key=f"proposal-{proposal.pk}/decided",
        rule=f"proposal/{decision.value}",
        why=WHY.format(date_format(proposal.proposed_at, "j. F Y")),
        at=at,
        proposal=proposal,
    )
    return proposal
