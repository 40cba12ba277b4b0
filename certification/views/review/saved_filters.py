"""Selections of the worklist that somebody keeps under a name."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres.refusals import sentence_of
from certification.forms.assignment import FilterNameForm
from certification.models import SavedFilter
from certification.views.review.access import AuditorRequest, auditors_only
from certification.views.review.act_page import posted
from certification.worklist import kept

asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@auditors_only
def saved_filters(request: AuditorRequest) -> HttpResponse:
    """Keep the selection of the worklist; its address comes along as `auswahl`."""
    selected = kept(QueryDict(request.POST.get("auswahl", "") or request.GET.urlencode()))
    form = FilterNameForm(posted(request))
    row = SavedFilter(owner=request.user, query=selected)
    if request.method == "POST" and _store(row, form):
        messages.success(request, f"Die Auswahl „{row.name}“ ist gespeichert.")
        return redirect(f"{reverse('review:home')}?{row.query}")
    saved = SavedFilter.objects.filter(owner=request.user).order_by("name")
    return render(request, "review/saved_filters.html", {"saved": saved, "form": form, "selected": selected})


@asking
@auditors_only
def saved_filter(request: AuditorRequest, pk: int) -> HttpResponse:
    """Rename or delete one."""
    row = get_object_or_404(SavedFilter, owner=request.user, pk=pk)
    if "loeschen" in request.POST:
        row.delete()
        messages.success(request, f"Die Auswahl „{row.name}“ ist gelöscht.")
        return redirect("review:saved_filters")
    form = FilterNameForm(posted(request), initial={"name": row.name})
    if request.method == "POST" and _store(row, form):
        messages.success(request, f"Die Auswahl heißt jetzt „{row.name}“.")
        return redirect("review:saved_filters")
    return render(request, "review/saved_filter.html", {"row": row, "form": form})


def _store(row: SavedFilter, form: FilterNameForm) -> bool:
    if not form.is_valid():
        return False
    row.name = form.cleaned_data["name"]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        form.add_error("name", sentence_of(error))
        return False
    return True
