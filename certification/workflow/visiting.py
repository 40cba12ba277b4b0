"""The visit: agreed, held."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from certification.models import Case, SiteVisit, Step
from certification.models.case import VisitMode
from certification.workflow.acting import move, require, take


@transaction.atomic
def agree_visit(
    case: Case, *, by: User, at: datetime, starts_at: datetime, mode: VisitMode = VisitMode.ON_SITE
) -> Step:
    case = take(case, "agree_visit", by=by, at=at)
    require(starts_at > at, "Bitte wählen Sie für die Begehung einen Termin in der Zukunft.")
    visit = SiteVisit.objects.create(case=case, starts_at=starts_at, mode=mode, visitor=by)
    return move(case, "agree_visit", by=by, at=at, context={"visit": visit})


@transaction.atomic
def record_visit(case: Case, *, by: User, at: datetime, held_on: date, record: str = "") -> Step:
    case = take(case, "record_visit", by=by, at=at)
    require(held_on <= timezone.localdate(at), "Der Tag der Begehung liegt in der Zukunft.")
    case.visits.filter(held_on=None).update(held_on=held_on, record=record.strip())
    return move(case, "record_visit", by=by, at=at)
