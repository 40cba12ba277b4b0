"""From rows to the rules about days: public holidays, school holidays, and when an auditor is busy."""

from datetime import datetime

from accounts.models import User
from certification.models import Case, ExtraHoliday, SchoolHolidays, SiteVisit
from certification.rules.visiting import Span, Surroundings
from certification.rules.working_days import WorkCalendar


def work_calendar() -> WorkCalendar:
    """The calendar of the state as it stands, one-off holidays included."""
    return WorkCalendar(tuple(ExtraHoliday.objects.order_by("day").values_list("day", "name")))


def surroundings(case: Case, *, visitor: User, tz: datetime) -> Surroundings:
    """What a time for a visit of this case by this auditor is held against; `tz` is a moment in Berlin's time."""
    busy = SiteVisit.objects.live().filter(visitor=visitor).exclude(case=case)
    zone = tz.tzinfo
    return Surroundings(
        work_calendar(),
        [each.vacation for each in SchoolHolidays.objects.order_by("starts_on")],
        [Span(v.starts_at.astimezone(zone), v.ends_at.astimezone(zone)) for v in busy.order_by("starts_at")],
        case.round.visits_from,
        case.round.visits_until,
    )
