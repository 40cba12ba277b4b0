"""From the review to an outcome: one person recommends, another releases or sends back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres import post
from certification import letters, profiles
from certification.models import AreaResult, Case, Finding, Outcome, Part, Step
from certification.rules.moves import State
from certification.rules.periods import long_date
from certification.scoring import result_of
from certification.workflow.acting import lock, move, require, take
from certification.workflow.assigning import require_independent, take_on

DEVIATES = "Ihr Vorschlag weicht vom errechneten Ergebnis ab. Bitte begründen Sie das."


@transaction.atomic
def start_review(case: Case, *, by: User, at: datetime) -> Step:
    """Whoever begins takes the case on, unless somebody has it already."""
    case = take(case, "start_review", by=by, at=at)
    take_on(case, by=by, at=at)
    return move(case, "start_review", by=by, at=at)


@transaction.atomic
def recommend(
    case: Case, *, by: User, at: datetime, eligible: bool, deviation_reason: str = "", closing_text: str = ""
) -> Step:
    """Recommend an outcome after the visit; anew, if it was sent back or the centre was asked something since."""
    case = take(case, "recommend", by=by, at=at)
    _write_outcome(case, by, at, eligible, deviation_reason, closing_text)
    return move(case, "recommend", by=by, at=at)


@transaction.atomic
def recommend_without_visit(
    case: Case,
    *,
    by: User,
    at: datetime,
    reason: str,
    eligible: bool,
    deviation_reason: str = "",
    closing_text: str = "",
) -> Step:
    """Recommend an outcome where no visit is needed; `reason` says why not."""
    case = take(case, "recommend_without_visit", by=by, at=at, reason=reason)
    _write_outcome(case, by, at, eligible, deviation_reason, closing_text)
    return move(case, "recommend_without_visit", by=by, at=at, reason=reason)


@transaction.atomic
def send_back(case: Case, *, by: User, at: datetime, reason: str) -> Step:
    """The second person returns the recommendation; it is kept, but no longer stands. Its author hears of it."""
    case = take(case, "send_back", by=by, at=at, reason=reason)
    outcome = _unreleased_outcome(case)
    require(outcome.recommended_by_id != by.pk, "Über Ihren eigenen Vorschlag entscheidet eine zweite Person.")
    outcome.sent_back_at = at
    outcome.save(update_fields=["sent_back_at"])
    tell_of_return(outcome, case, to=case.auditor or outcome.recommended_by, at=at)
    return move(case, "send_back", by=by, at=at, reason=reason)


@transaction.atomic
def release(case: Case, *, by: User, at: datetime) -> Outcome:
    """The second person releases the outcome: from now on the centre reads it. The case stays where it is."""
    case = lock(case)
    require(by.is_active and by.is_auditor, "Ein Ergebnis gibt nur die Zertifizierungsstelle frei.")
    require(case.state == State.RECOMMENDED, "Zu diesem Fall liegt kein Vorschlag vor.")
    outcome = _unreleased_outcome(case)
    require(outcome.recommended_by_id != by.pk, "Ihren eigenen Vorschlag gibt eine zweite Person frei.")
    require_apart(case, by, at=at)
    outcome.released_by, outcome.released_at = by, at
    outcome.save(update_fields=["released_by", "released_at"])
    profiles.order(outcome, at=at)
    post.write_all([letters.of_release(outcome, case, at=at)], at=at)
    return outcome


def require_apart(case: Case, by: User, *, at: datetime) -> None:
    """Whoever releases has neither visited the centre nor a tie to it."""
    visited = case.visits.held().filter(visitor=by).exists()
    require(not visited, "Sie haben die Begehung geführt. Das Ergebnis gibt eine andere Person frei.")
    require_independent(case, by, at=at)


def tell_of_return(outcome: Outcome, case: Case, *, to: User, at: datetime) -> None:
    """The letter to whoever revises a recommendation or correction; what is to be revised stands in the case."""
    post.write_to_staff(
        to,
        "staff_sent_back",
        key=f"outcome-{outcome.pk}/sent-back",
        rule="sent_back",
        why=f"Der Vorschlag ist am {long_date(timezone.localdate(at))} zurückgegeben worden.",
        at=at,
        case=case,
        centre=case.centre,
    )


def _write_outcome(
    case: Case, by: User, at: datetime, eligible: bool, deviation_reason: str, closing_text: str
) -> Outcome:
    offered = case.slots.open(at=at).exists()  # if they went away, the centre would read what it may not know yet
    require(not offered, "Dem Zentrum sind Termine angeboten. Bitte ziehen Sie sie zuerst zurück.")
    _require_complete_review(case)
    require_independent(case, by, at=at)
    computed = result_of(case, by="findings").eligible
    require(eligible == computed or bool(deviation_reason.strip()), DEVIATES)
    return Outcome.objects.create(
        case=case,
        eligible=eligible,
        computed=computed,
        deviation_reason=deviation_reason.strip(),
        closing_text=closing_text.strip(),
        recommended_by=by,
        recommended_at=at,
    )


def _require_complete_review(case: Case) -> None:
    edition = case.round.edition_id
    open_parts = Part.objects.filter(criterion__area__edition=edition).exclude(
        pk__in=Finding.objects.filter(case=case).values("part")
    )
    missing = open_parts.count()
    require(not missing, f"Es fehlen noch {missing} Urteile. Bitte beurteilen Sie zuerst alle Kriterien.")
    graded = AreaResult.objects.filter(case=case).count()
    areas = case.round.edition.areas.count()
    require(graded == areas, f"Es fehlen noch Bewertungen: {graded} von {areas} Bereichen sind bewertet.")


def _unreleased_outcome(case: Case) -> Outcome:
    outcome: Outcome = case.outcomes.standing().select_for_update().get()
    require(outcome.released_at is None, "Dieses Ergebnis ist schon freigegeben.")
    return outcome
