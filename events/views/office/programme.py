"""The programme of an event, its questions, and its further days."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from events import programme
from events.forms.programme import ContributionRows, DaysForm, QuestionRows
from events.models import InfoEvent
from events.planning import NotPossibleError
from events.views.access import OfficeRequest, on_event

asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@on_event
def contributions(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """Works row by row, without a script: three empty ones are always there."""
    rows = event.contributions.select_related("centre").order_by("position")
    words = {
        "heading": "Programm",
        "row_name": "Beitrag",
        "intro": "Was Sie leer lassen, wird nicht gespeichert. Die Zahlen bestimmen die Reihenfolge.",
    }
    return _rows(request, event, ContributionRows, rows, programme.change_programme, words)


@asking
@on_event
def questions(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    rows = event.questions.order_by("position", "pk")
    intro = "Was Sie bei der Anmeldung wissen müssen, zum Beispiel welche Unterstützung jemand braucht."
    words = {"heading": "Fragen zur Anmeldung", "row_name": "Frage", "intro": intro}
    return _rows(request, event, QuestionRows, rows, programme.change_questions, words)


@asking
@on_event
def days(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = DaysForm(posted, title=event.title, in_series=event.series_id is not None, today=timezone.localdate())
    if form.is_valid():
        label = form.cleaned_data.get("label", "")
        try:
            made = programme.add_days(event, form.days, label=label, by=request.user, at=timezone.now())
        except NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            what = "Ein weiterer Termin ist" if len(made) == 1 else f"{len(made)} weitere Termine sind"
            messages.success(request, f"{what} als Entwurf angelegt. Bitte prüfen Sie Ort und Zugang.")
            return redirect("office:event", event.pk)
    return render(request, "events/office/days.html", {"event": event, "form": form})


def _rows(
    request: OfficeRequest,
    event: InfoEvent,
    formset: Any,
    rows: QuerySet[Any],
    act: Callable[..., None],
    words: dict[str, str],
) -> HttpResponse:
    forms = formset(request.POST if request.method == "POST" else None, queryset=rows, prefix="zeile")
    if request.method == "POST" and forms.is_valid():
        try:
            act(event, forms.entries(), by=request.user, at=timezone.now())
        except NotPossibleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Gespeichert.")
            return redirect("office:event", event.pk)
    return render(request, "events/office/rows.html", {"event": event, "formset": forms, **words})
