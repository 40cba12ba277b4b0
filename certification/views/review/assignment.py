"""Give a case to somebody, or many cases to several people."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.drafts import typed
from certification import sharing, workflow
from certification.forms.assignment import AssignForm, ConfirmForm, ShareForm, auditors
from certification.independence import standing
from certification.models import Absence, Case
from certification.rules.independence import Obstacle
from certification.views.review.access import AuditorRequest, auditors_only, on_case
from certification.views.review.act_page import ActPage, act_page, posted
from certification.worklist import chosen, kept

asking = require_http_methods(["GET", "HEAD", "POST"])
NONE_CHOSEN = "Noch ist kein Fall ausgewählt. Bitte haken Sie in der Liste an, was Sie verteilen möchten."


@asking
@on_case
def take(request: AuditorRequest, case: Case) -> HttpResponse:
    """Take the case over or give it to somebody else; beside each person stands what speaks against them."""
    now = timezone.now()
    against = standing([case], auditors(), on=timezone.localdate(now))
    page = ActPage(
        "Zuständigkeit ändern",
        "Zuständigkeit ändern",
        "Die Zuständigkeit ist geändert.",
        facts=[("Zurzeit zuständig", case.auditor.name if case.auditor else "niemand")],
    )
    beside = _beside({person: found for (_, person), found in against.items()})
    shown = {"to": request.user.pk, "instead_of": case.auditor_id}
    form = AssignForm(posted(request), initial=shown, by=request.user, beside=beside)
    return act_page(request, case, page, form, partial(workflow.assign, case, by=request.user, at=now))


@asking
@auditors_only
def share(request: AuditorRequest) -> HttpResponse:
    """Many cases at once: choose people, see each effect, confirm by the number, read each result."""
    now = timezone.now()
    query = _read(request)
    cases = chosen(query, user=request.user, today=timezone.localdate(now))
    if not cases:
        messages.info(request, NONE_CHOSEN)
        return redirect(f"{reverse('review:home')}?{kept(query)}")
    people = ShareForm(query if "an" in query or "vorschau" in query else None, beside=_beside({}))
    context: dict[str, Any] = {"cases": cases, "form": people, "begun_at": query.get("auswahl", "")}
    if people.is_bound and people.is_valid():
        to = list(people.cleaned_data["an"])
        plan = sharing.plan(cases, to, on=timezone.localdate(now))
        confirm = ConfirmForm(query if "anzahl" in query else None, expected=sum(line.changes for line in plan))
        is_same = sharing.is_current(plan, query)
        if request.method == "POST" and confirm.is_valid() and is_same:
            done = sharing.carry_out(plan, by=request.user, at=now, reason=confirm.cleaned_data["grund"])
            return render(request, "review/share_done.html", {"results": done})
        changed = confirm.is_bound and not is_same
        context |= {"plan": plan, "gains": sharing.gains(plan, to), "confirm": confirm, "changed": changed}
    return render(request, "review/share.html", context)


def _read(request: AuditorRequest) -> QueryDict:
    """What was sent, or typed when the session was over; a choice of other cases begins anew.

    The cases of a confirmed plan are in its stamps, for a form has room for a thousand values.
    """
    here = request.GET.urlencode()
    sent = typed(request, fits=lambda draft: here in {"", draft.get("auswahl")})
    query = (sent or request.GET).copy()
    if stamps := query.getlist("stand"):
        query.setlist("fall", [stamp.split("-")[0] for stamp in stamps])
    query.setdefault("auswahl", here)
    return query


def _beside(against: Mapping[int, list[Obstacle]]) -> dict[int, str]:
    away = Absence.objects.on_day(timezone.localdate()).values_list("auditor", "ends_on")
    beside = {person: [f"abwesend bis {until:%d.%m.%Y}"] for person, until in away}
    for person, found in against.items():
        beside.setdefault(person, []).append(workflow.sentences(found))
    return {person: "; ".join(texts) for person, texts in beside.items()}
