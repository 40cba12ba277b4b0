"""What ties an auditor, and when one is away: one's own, for the team lead those of all."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from certification import availability, workflow
from certification.forms.assignment import AbsenceForm, EndTieForm, ExemptForm, TieForm
from certification.models import Absence, Case, Tie
from certification.views.review.access import AuditorRequest, auditors_only, on_case
from certification.views.review.act_page import ActPage, act_page, attempt, posted

asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@auditors_only
def ties(request: AuditorRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    form = TieForm(posted(request), by=request.user, initial={"starts_on": today})
    if _done(request, form, partial(availability.declare, by=request.user, at=now)):
        messages.success(
            request, "Die Bindung ist eingetragen. Sie wird beim Verteilen und bei jedem Ergebnis geprüft."
        )
        return redirect("review:ties")
    rows = Tie.objects.visible_to(request.user).select_related("auditor", "provider", "centre", "declared_by")
    context = {"rows": rows.order_by("auditor__name", "-starts_on", "pk"), "form": form, "today": today}
    return render(request, "review/ties.html", context)


@asking
@auditors_only
def tie(request: AuditorRequest, pk: int) -> HttpResponse:
    """End a tie; it stays on record."""
    row = get_object_or_404(Tie.objects.visible_to(request.user).select_related("auditor"), pk=pk)
    form = EndTieForm(posted(request), initial={"ends_on": row.ends_on or timezone.localdate()})
    if _done(request, form, partial(availability.end_tie, row, by=request.user)):
        messages.success(request, "Der letzte Tag der Bindung ist eingetragen.")
        return redirect("review:ties")
    return render(request, "review/tie.html", {"row": row, "form": form})


@asking
@auditors_only
def absences(request: AuditorRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    form = AbsenceForm(posted(request), by=request.user)
    if _done(request, form, partial(availability.be_away, by=request.user, at=now)):
        messages.success(request, "Die Abwesenheit ist eingetragen. Die Vertretung sieht die Fälle unter „Meine“.")
        return redirect("review:absences")
    rows = Absence.objects.visible_to(request.user).select_related("auditor", "deputy").filter(ends_on__gte=today)
    context = {"rows": rows.order_by("starts_on", "auditor__name"), "form": form, "today": today}
    return render(request, "review/absences.html", context)


@asking
@auditors_only
def absence(request: AuditorRequest, pk: int) -> HttpResponse:
    """Back earlier, or not away after all."""
    row = get_object_or_404(Absence.objects.visible_to(request.user).select_related("auditor", "deputy"), pk=pk)
    form, today = forms.Form(posted(request)), timezone.localdate()
    if _done(request, form, partial(availability.come_back, row, by=request.user, on=today)):
        messages.success(request, f"Die Abwesenheit von {row.auditor.name} ist beendet.")
        return redirect("review:absences")
    return render(request, "review/absence.html", {"row": row, "form": form})


@asking
@on_case
def exempt(request: AuditorRequest, case: Case) -> HttpResponse:
    """The team lead lets somebody have a part in the case despite what stands against them."""
    if not request.user.is_team_lead:
        raise Http404
    page = ActPage(
        "Ausnahme zulassen",
        "Ausnahme zulassen",
        "Die Ausnahme ist zugelassen.",
        text="Die Person darf den Fall dann übernehmen, ein Ergebnis vorschlagen oder freigeben, obwohl eine Bindung "
        "oder die Zahl der Verfahren in Folge dagegen spricht.",
        consequences=[
            "Die Ausnahme gilt nur für diesen Fall und für das, was heute bekannt ist.",
            "Ihre Begründung steht in der Geschichte des Falles.",
        ],
    )
    act = partial(workflow.exempt, case, by=request.user, at=timezone.now())
    return act_page(request, case, page, ExemptForm(posted(request)), act)


def _done(request: AuditorRequest, form: forms.Form, act: Callable[..., object]) -> bool:
    return request.method == "POST" and attempt(form, act)
