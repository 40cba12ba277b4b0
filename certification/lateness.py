"""What is late: a date of the round, of a question or of a visit has passed, and the case still waits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from certification import missing
from certification.models import Case, Query, SiteVisit
from certification.models.case import OPEN_STATES
from certification.rules.moves import State

_OPEN_QUERIES = Query.objects.running().filter(case=OuterRef("pk"))
_UPCOMING_VISITS = SiteVisit.objects.live().filter(case=OuterRef("pk"))


@dataclass(frozen=True, slots=True)
class Late:
    key: str
    label: str
    cases: Callable[[date], Q]


KINDS = (
    Late(
        "anmeldung",
        "nicht angemeldet, Frist vorbei",
        lambda today: Q(state=State.INVITED, round__registration_until__lt=today),
    ),
    Late(
        "einreichung",
        "nicht eingereicht, Frist vorbei",
        lambda today: Q(state=State.REGISTERED, round__submission_until__lt=today),
    ),
    Late("unerreicht", "nicht erreichbar, Frist abgelaufen", missing.unreached),
    Late(
        "rueckfrage",
        "Rückfrage nicht beantwortet, Frist vorbei",
        lambda today: Q(Exists(_OPEN_QUERIES.filter(due_on__lt=today)), state=State.QUERIED),
    ),
    Late(
        "begehung",
        "Begehung vorbei, Niederschrift fehlt",
        lambda today: Q(Exists(_UPCOMING_VISITS.filter(starts_at__date__lt=today)), state=State.VISIT_AGREED),
    ),
    Late(
        "ergebnis",
        "Zeitraum der Ergebnisse vorbei, Fall noch offen",
        lambda today: Q(state__in=OPEN_STATES, round__results_until__lt=today),
    ),
)
BY_KEY = {late.key: late for late in KINDS}


def counts(cases: QuerySet[Case], *, today: date) -> dict[str, int]:
    """How many cases are late in which way, in one query."""
    each: Mapping[str, Any] = {late.key: Count("pk", filter=Q(pk__gt=0) & late.cases(today)) for late in KINDS}
    return cases.order_by().aggregate(**each)
