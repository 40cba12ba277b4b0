"""From the invitation to the hand-in: what a centre does before the review."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from certification import receipts
from certification.models import Case, Step
from certification.rules.periods import long_date
from certification.workflow.acting import move, require, take


@transaction.atomic
def register(case: Case, *, by: User, at: datetime) -> Step:
    """The centre confirms that it takes part. Late is possible until the papers are due."""
    case = take(case, "register", by=by, at=at)
    require(
        timezone.localdate(at) <= case.round.submission_until,
        f"Die Einreichung war bis zum {long_date(case.round.submission_until)} möglich. "
        "Bitte wenden Sie sich an die Zertifizierungsstelle.",
    )
    return move(case, "register", by=by, at=at)


@transaction.atomic
def submit(case: Case, *, by: User, at: datetime) -> Step:
    case = take(case, "submit", by=by, at=at)
    require(case.answers.exclude(value="").exists(), "Bitte beantworten Sie zuerst die Kriterien.")
    step = move(case, "submit", by=by, at=at, submitted_at=at)
    receipts.write(step)
    return step
