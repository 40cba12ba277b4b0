"""What the page of a case shows once its outcome is released."""

from typing import Any

from certification.models import Case, Outcome, QualityProfile
from certification.rules.aftermath import after_refusal
from certification.rules.moves import State


def aftermath_of(case: Case, outcome: Outcome | None) -> dict[str, Any]:
    """Profiles, corrections and objections; nothing is asked of the database where nothing is released."""
    if outcome is None or outcome.released_at is None:
        return {}
    waiting = case.outcomes.pending_corrections().select_related("recommended_by")
    replaced = case.outcomes.exclude(replaced_at=None).select_related("recommended_by", "released_by")
    return {
        "released": True,
        "profiles": QualityProfile.objects.filter(outcome__case=case).order_by("-version"),
        "pending_correction": waiting.first(),
        "replaced": replaced.order_by("-replaced_at"),
        "objections": case.objections.select_related("recorded_by", "decided_by").order_by("-received_on", "-pk"),
        "may_follow": after_refusal(case.round.procedure) if case.state == State.NOT_AWARDED else (),
    }
