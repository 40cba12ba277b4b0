"""How a case ends: by the decision of the ministry, or before there is one."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres import post
from certification import sealing
from certification.models import Case, Outcome, Step
from certification.rules.moves import State
from certification.rules.periods import long_date
from certification.visit_calendar import attached
from certification.workflow import visiting
from certification.workflow.acting import NotAllowedError, move, require, take


@transaction.atomic
def award(case: Case, *, by: User, at: datetime, on: date) -> Step:
    """Award the seal as of the day `on`. Raises NotAllowedError where it would not leave a single valid day."""
    case = take(case, "award", by=by, at=at)
    require(_released_outcome(case).eligible, "Das freigegebene Ergebnis lautet: nicht gütesiegelfähig.")
    try:
        seal = sealing.award(case.centre, case=case, on=on, by=by, at=at)
    except sealing.NotPossibleError as error:
        raise NotAllowedError(str(error)) from error
    return move(case, "award", by=by, at=at, context={"seal": seal})


@transaction.atomic
def decline(case: Case, *, by: User, at: datetime) -> Step:
    case = take(case, "decline", by=by, at=at)
    outcome = _released_outcome(case)
    require(not outcome.eligible, "Das freigegebene Ergebnis lautet: gütesiegelfähig.")
    return move(case, "decline", by=by, at=at, context={"outcome": outcome})


@transaction.atomic
def withdraw(case: Case, *, by: User, at: datetime, reason: str) -> Step:
    case = take(case, "withdraw", by=by, at=at, reason=reason)
    return move(case, "withdraw", by=by, at=at, reason=reason, attach=_called_off(case, at=at))


@transaction.atomic
def miss(case: Case, *, by: User | None, at: datetime, reason: str) -> Step:
    """Record that the centre did not take part; possible once its date has passed."""
    case = take(case, "miss", by=by, at=at, reason=reason)
    until = case.round.registration_until if case.state == State.INVITED else case.round.submission_until
    require(timezone.localdate(at) > until, f"Die Frist läuft noch bis zum {long_date(until)}.")
    return move(case, "miss", by=by, at=at, reason=reason)


@transaction.atomic
def supersede(case: Case, *, by: User, at: datetime, reason: str) -> Step:
    """End the case because another takes its place, for example after restructuring (domain.md § 3.5)."""
    case = take(case, "supersede", by=by, at=at, reason=reason)
    return move(case, "supersede", by=by, at=at, reason=reason, attach=_called_off(case, at=at))


def _called_off(case: Case, *, at: datetime) -> post.Attach | None:
    """A case that ends takes the visit out of the calendars with it."""
    visit = visiting.call_off(case, at=at)
    return attached(visit) if visit else None


def _released_outcome(case: Case) -> Outcome:
    outcome: Outcome = case.outcomes.standing().get()
    require(outcome.released_at is not None, "Das Ergebnis ist noch nicht von einer zweiten Person freigegeben.")
    return outcome
