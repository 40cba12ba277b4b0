"""The acts on the way to an outcome, one page each."""

from dataclasses import replace
from functools import partial

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from certification import workflow
from certification.forms.review import StartForm, VisitHeldForm
from certification.models import Case
from certification.views.review.access import AuditorRequest, on_case
from certification.views.review.act_page import ActPage, act_page, posted
from certification.views.review.visits import agreed_facts

START = ActPage(
    "Prüfung beginnen",
    "Prüfung beginnen",
    "Die Prüfung hat begonnen.",
    "start_review",
    consequences=[
        "Sie werden für diesen Fall zuständig, wenn es noch niemand ist.",
        "Das Familienzentrum bekommt einen Brief, dass die Prüfung läuft.",
    ],
)
VISIT_HELD = ActPage(
    "Begehung festhalten",
    "Begehung festhalten",
    "Die Begehung ist festgehalten.",
    "record_visit",
    consequences=[
        "Das Familienzentrum bekommt eine Bestätigung.",
        "Danach können Sie ein Ergebnis vorschlagen oder noch etwas fragen.",
        "Termine, die noch angeboten sind, gelten nicht mehr.",
    ],
)
NOT_YET = (
    "Der vereinbarte Termin liegt noch vor Ihnen. Halten Sie die Begehung nur fest, wenn sie schon stattgefunden hat."
)

asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@on_case
def start(request: AuditorRequest, case: Case) -> HttpResponse:
    act = partial(workflow.start_review, case, by=request.user, at=timezone.now())
    return act_page(request, case, START, StartForm(posted(request)), act)


@asking
@on_case
def visit_held(request: AuditorRequest, case: Case) -> HttpResponse:
    agreed = case.visits.live().first()
    now = timezone.now()
    held_on = timezone.localdate(min(agreed.starts_at, now)) if agreed else None
    page = replace(VISIT_HELD, facts=agreed_facts(case), text=NOT_YET if agreed and agreed.starts_at > now else "")
    act = partial(workflow.record_visit, case, by=request.user, at=now)
    return act_page(request, case, page, VisitHeldForm(posted(request), initial={"held_on": held_on}), act)
