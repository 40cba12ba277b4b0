"""What the page of a case shows once its outcome is released."""

from collections.abc import Sequence
from typing import Any

from certification.models import Case, Outcome, QualityProfile
from certification.rules.aftermath import after_refusal
from certification.rules.moves import State


def aftermath_of(case: Case, outcome: Outcome | None, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Profiles, corrections and objections; nothing is asked of the database where nothing is released.

    `outcomes` are all of the case, the one that stands among them.
    """
    if outcome is None or outcome.released_at is None:
        return {}
    objections = case.objections.select_related("recorded_by", "decided_by").order_by("-received_on", "-pk")
    replaced = [each for each in outcomes if each.replaced_at]
    return {
        "released": True,
        "profiles": QualityProfile.objects.filter(outcome__case=case).order_by("-version"),
        "pending_correction": next((each for each in outcomes if each.waits_as_correction), None),
        "replaced": sorted(replaced, key=lambda each: (each.replaced_at, each.pk), reverse=True),
        "objections": list(objections),
        "may_follow": after_refusal(case.round.procedure) if case.state == State.NOT_AWARDED else (),
    }
