"""A released outcome is corrected by a new version alone: recommended with a reason, released by another person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from centres import post
from certification import letters, profiles
from certification.models import AreaCorrection, AreaResult, Case, Outcome
from certification.scoring import result_of
from certification.workflow.acting import NotAllowedError, lock, require
from certification.workflow.concluding import DEVIATES, require_apart, tell_of_return

NOTHING_TO_CORRECT = "Berichtigt wird nur ein freigegebenes Ergebnis."
NOTHING_NEW = "Die Berichtigung ändert nichts. Bitte ändern Sie Ergebnis, Würdigung oder eine Bewertung."
PROPOSED_BEFORE = "Zu diesem Fall ist schon eine Berichtigung vorgeschlagen."
NOTHING_PROPOSED = "Zu diesem Fall ist keine Berichtigung vorgeschlagen."


@dataclass(frozen=True, slots=True)
class AreaChange:
    """How an area is to be graded from the correction on."""

    result: AreaResult
    grade: str
    text: str = ""
    potential: str = ""

    @property
    def says_something_new(self) -> bool:
        old = self.result
        return (self.grade, self.text, self.potential) != (old.grade, old.text, old.potential)


@transaction.atomic
def correct_outcome(
    case: Case,
    *,
    by: User,
    at: datetime,
    reason: str,
    eligible: bool,
    deviation_reason: str = "",
    closing_text: str = "",
    areas: Sequence[AreaChange] = (),
) -> Outcome:
    """Propose a correction of the released outcome; until its release the old one stands and is all that is seen."""
    case = lock(case)
    _require_auditor(by)
    old = _released(case)
    require(bool(reason.strip()), "Bitte geben Sie eine Begründung an.")
    require(not case.outcomes.pending_corrections().exists(), PROPOSED_BEFORE)
    changed = [change for change in areas if change.says_something_new]
    same = (eligible, closing_text.strip()) == (old.eligible, old.closing_text)
    require(bool(changed) or not same, NOTHING_NEW)
    computed = result_of(case, by="findings").eligible
    require(eligible == computed or bool(deviation_reason.strip()), DEVIATES)
    correction = Outcome.objects.create(
        case=case,
        eligible=eligible,
        computed=computed,
        deviation_reason=deviation_reason.strip(),
        closing_text=closing_text.strip(),
        recommended_by=by,
        recommended_at=at,
        replaces=old,
        correction_reason=reason.strip(),
    )
    AreaCorrection.objects.bulk_create(_row(correction, change) for change in changed)
    return correction


@transaction.atomic
def release_correction(case: Case, *, by: User, at: datetime) -> Outcome:
    """The second person lets the correction take the place of the old outcome, which stays to be read.

    Neither case nor seal changes: what follows for them the ministry decides.
    """
    case, correction = _proposed(case, by=by)
    require_apart(case, by, at=at)
    old = Outcome.objects.get(corrections=correction)
    old.replaced_at = at
    old.save(update_fields=["replaced_at"])
    correction.released_by, correction.released_at = by, at
    correction.save(update_fields=["released_by", "released_at"])
    for change in correction.area_corrections.all():
        AreaResult.objects.filter(case=case, area=change.area_id).update(
            grade=change.grade, text=change.text, potential=change.potential
        )
    profiles.succeed(old, correction, at=at)
    post.write_all([letters.of_correction(correction, case, at=at)], at=at)
    return correction


@transaction.atomic
def send_back_correction(case: Case, *, by: User, at: datetime, reason: str) -> Outcome:
    """The second person does not follow the correction; the released outcome stands as before."""
    case, correction = _proposed(case, by=by)
    require(bool(reason.strip()), "Bitte geben Sie eine Begründung an.")
    correction.sent_back_at, correction.sent_back_reason = at, reason.strip()
    correction.save(update_fields=["sent_back_at", "sent_back_reason"])
    tell_of_return(correction, case, to=correction.recommended_by, at=at)
    return correction


def _released(case: Case) -> Outcome:
    try:
        released: Outcome = case.outcomes.standing().exclude(released_at=None).select_for_update().get()
    except Outcome.DoesNotExist as error:
        raise NotAllowedError(NOTHING_TO_CORRECT) from error
    return released


def _proposed(case: Case, *, by: User) -> tuple[Case, Outcome]:
    """The case, locked, and the correction on which this person decides."""
    case = lock(case)
    _require_auditor(by)
    waiting = case.outcomes.pending_corrections().select_for_update()
    try:
        correction = waiting.get()
    except Outcome.DoesNotExist as error:
        raise NotAllowedError(NOTHING_PROPOSED) from error
    require(correction.recommended_by_id != by.pk, "Über Ihren eigenen Vorschlag entscheidet eine zweite Person.")
    return case, correction


def _require_auditor(by: User) -> None:
    require(by.is_active and by.is_auditor, "Ein Ergebnis berichtigt nur die Zertifizierungsstelle.")


def _row(correction: Outcome, change: AreaChange) -> AreaCorrection:
    old = change.result
    return AreaCorrection(
        outcome=correction,
        area=old.area,
        old_grade=old.grade,
        old_text=old.text,
        old_potential=old.potential,
        grade=change.grade,
        text=change.text,
        potential=change.potential,
    )
