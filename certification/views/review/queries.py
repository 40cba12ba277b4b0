"""Questions to the centre, and how long it has for the answers."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from accounts.models import User
from certification import unanswered, workflow
from certification.calendars import work_calendar
from certification.forms.asking import AskForm, Change, DeadlineForm
from certification.forms.review import StartForm
from certification.models import Case
from certification.queries import ask_marked, marks_of
from certification.rules.moves import State
from certification.rules.periods import long_date
from certification.views.review.access import AuditorRequest, on_case
from certification.views.review.act_page import ActPage, act_page, posted

ASK = ActPage(
    "Rückfragen stellen",
    "Rückfragen senden",
    "Die Rückfragen sind gestellt.",
    "ask",
    text="Alle Fragen gehen in einem Brief hinaus und haben dieselbe Frist. Was Sie nicht brauchen, bleibt leer.",
    consequences=[
        "Das Familienzentrum bekommt einen Brief ohne den Text der Fragen und antwortet im Portal.",
        "Bis alle beantwortet sind, wartet der Fall; urteilen können Sie weiter.",
        "Vor dem Ende der Frist und am Tag danach wird das Zentrum erinnert.",
    ],
)
CLOSE = ActPage(
    "Ohne Antwort weiterprüfen",
    "Ohne Antwort weiterprüfen",
    "Der Fall ist wieder in Prüfung.",
    "close_unanswered",
    consequences=[
        "Die offenen Rückfragen sind ohne Antwort beendet; das Familienzentrum kann sie nicht mehr beantworten.",
        "Das Familienzentrum bekommt einen Brief.",
    ],
)
asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@on_case
def ask(request: AuditorRequest, case: Case) -> HttpResponse:
    """What is marked on the criteria stands in the form already."""
    act = partial(ask_marked, case, by=request.user, at=timezone.now())
    form = AskForm(posted(request), case=case, criterion=request.GET.get("kriterium", ""), marks=list(marks_of(case)))
    return act_page(request, case, ASK, form, act)


@asking
@on_case
def close(request: AuditorRequest, case: Case) -> HttpResponse:
    act = partial(workflow.close_unanswered, case, by=request.user, at=timezone.now())
    return act_page(request, case, CLOSE, StartForm(posted(request)), act)


@asking
@on_case
def deadline(request: AuditorRequest, case: Case) -> HttpResponse:
    """Extend the period, let it stand still, or let it go on."""
    if case.state != State.QUERIED:
        messages.error(request, "Zu diesem Fall ist keine Rückfrage offen.")
        return redirect("review:case", case.pk)
    page = ActPage(
        "Frist der Rückfragen ändern",
        "Frist ändern",
        "Die Frist ist geändert.",
        facts=_facts(case),
        consequences=["Das Familienzentrum bekommt einen Brief, welche Frist jetzt gilt."],
    )
    return act_page(
        request, case, page, DeadlineForm(posted(request), case=case), partial(_change, case, by=request.user)
    )


def _change(case: Case, *, by: User, change: str, reason: str, working_days: int | None = None) -> Any:
    given: dict[str, Any] = {"by": by, "at": timezone.now(), "reason": reason}
    if change == Change.EXTEND:
        return workflow.extend_deadline(case, working_days=working_days or 0, **given)
    return (workflow.pause_deadline if change == Change.PAUSE else workflow.resume_deadline)(case, **given)


def _facts(case: Case) -> list[tuple[str, str]]:
    """The rule of the period, what became of it, and when the case goes on by itself."""
    facts = []
    for query in case.queries.open().prefetch_related("changes__by").order_by("pk"):
        since = (
            f"{query.working_days} Arbeitstage nach dem {long_date(query.counted_from)}" if query.counted_from else ""
        )
        still = f"angehalten seit {long_date(query.paused_on)}" if query.paused_on else ""
        calendar = f"Kalender {query.calendar_version}" if query.calendar_version else ""
        words = ", ".join(filter(None, [f"bis {long_date(query.due_on)}", since, calendar, still]))
        facts.append((f"Frist zu „{Truncator(query.text).words(7, truncate=' …')}“", words))
        facts += [
            (f"{c.get_kind_display()}, {c.by.name}", f"{c.new_due_on:%d.%m.%Y}: {c.reason}")
            for c in query.changes.all()
        ]
    if last := unanswered.goes_on_after(case, work_calendar()):
        facts.append(("Geht von selbst ohne Antwort weiter", f"nach dem {long_date(last)}"))
    return facts
