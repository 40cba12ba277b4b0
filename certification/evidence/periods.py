"""Which round evidence has to be recent enough for: the case in work, else the one to be expected."""

from datetime import date

from django.utils import timezone

from centres.models import FamilyCentre
from certification.models import Case, Seal
from certification.rules.evidence import Period
from certification.rules.rounds import renewal_dates


def period_of_case(case: Case) -> Period:
    """Judged on the day the papers are due; once they are in, on the day they came in."""
    due = timezone.localdate(case.submitted_at) if case.submitted_at else case.round.submission_until
    return Period(case.round.audit_from, case.round.audit_until, due)


def period_of_centre(centre: FamilyCentre, case: Case | None) -> Period | None:
    """The round of the case the centre is in; else what its last seal lets expect; else none."""
    if case is not None:
        return period_of_case(case)
    ends = Seal.objects.standing().filter(centre=centre).order_by("-valid_through")
    last_day = ends.values_list("valid_through", flat=True).first()
    return expected_period(last_day) if last_day else None


def expected_period(seal_end: date) -> Period:
    """Assumption: the round will have the usual dates; the round itself says so once it is open."""
    dates = renewal_dates(seal_end)
    return Period(dates.audit_from, dates.audit_until, dates.submission_until, sure=False)
