"""The registrations of an event: the list, its export, and what the office does for somebody."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from centres.spreadsheets import download
from events import registration
from events.attendees import HEADERS, lines
from events.forms.registrations import CancelForm, ListForm, PhoneForm, PriorityForm
from events.models import InfoEvent, Question, Registration
from events.models.registration import RegistrationQuerySet
from events.views.access import OfficeRequest, on_event

PER_PAGE = 100
FIRST = 100  # the priority given by hand: before everybody who has none
asking = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@on_event
def index(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """`datei` asks for exactly what is shown, on all its pages, as a file."""
    form = ListForm(request.GET)
    found = _with_all(form.found(event))
    if kind := request.GET.get("datei"):
        questions = event.questions.order_by("position", "pk").values_list("text", flat=True)
        rows = (line.cells for line in lines(event, found))
        return download(kind, f"Anmeldungen-{event.day}", [*HEADERS, *questions], rows)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("seite"))
    context = {
        "event": event,
        "form": form,
        "page_obj": page,
        "lines": list(lines(event, page.object_list)),
        "asks": event.questions.exists(),
        "because": event.window.closed_because(timezone.localtime()),
    }
    return render(request, "events/office/registrations.html", context)


@require_safe
@on_event
def show(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    each = get_object_or_404(_with_all(event.registrations.all()), pk=number)
    (line,) = lines(event, [each])
    steps = each.steps.select_related("by").order_by("-at", "-pk")
    context = {
        "event": event,
        "each": each,
        "facts": _facts(line.cells, line.answers),
        "steps": steps,
        "marks": each.attendance_steps.select_related("by").order_by("-at", "-pk"),
        "proofs": each.proofs.order_by("-requested_at", "-pk"),
    }
    return render(request, "events/office/registration.html", context)


@asking
@on_event
def create(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """Somebody calls and wants to come."""
    form = PhoneForm(_posted(request), event=event, questions=list(event.questions.order_by("position", "pk")))
    if form.is_valid():
        try:
            made = registration.register(
                event, who=form.attendee, attends=form.way, by=request.user, at=timezone.now(), answers=form.answers
            )
        except registration.NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{made.name}: {made.get_state_display()}.")
            return redirect("office:registration", event.pk, made.pk)
    return render(request, "events/office/phone.html", {"event": event, "form": form})


@asking
@on_event
def prioritise(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    each = get_object_or_404(event.registrations.waiting(), pk=number)
    act = partial(registration.prioritise, each, by=request.user, at=timezone.now(), priority=FIRST)
    return _question(
        request,
        each,
        PriorityForm(_posted(request)),
        act,
        question=f"{each.name} auf der Warteliste vorziehen?",
        action="Vorziehen",
        consequences=["Der nächste freie Platz wird zuerst dieser Person angeboten."],
    )


@asking
@on_event
def cancel(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    each = get_object_or_404(event.registrations.active(), pk=number)
    act = partial(registration.cancel, each, by=request.user, at=timezone.now())
    return _question(
        request,
        each,
        CancelForm(_posted(request)),
        act,
        question=f"{each.name} abmelden?",
        action="Abmelden",
        consequences=["Der Platz wird der nächsten Person der Warteliste angeboten.", "Die Person erfährt davon."],
        danger=True,
    )


def _question(
    request: OfficeRequest, each: Registration, form: BaseForm, act: Callable[..., object], **words: object
) -> HttpResponse:
    """Ask for the reason, act, back to the registration."""
    back = reverse("office:registration", args=[each.event_id, each.pk])
    if form.is_valid():
        try:
            act(reason=form.cleaned_data["reason"])
        except registration.NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Gespeichert.")
            return redirect(back)
    return render(request, "confirm.html", {"form": form, "back_url": back, **words})


def _with_all(registrations: RegistrationQuerySet) -> RegistrationQuerySet:
    return registrations.select_related("centre__youth_office").prefetch_related("answers")


def _facts(cells: list[str], answers: list[tuple[Question, str]]) -> list[tuple[str, str]]:
    return list(zip([*HEADERS, *(str(question) for question, _ in answers)], cells, strict=True))


def _posted(request: OfficeRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
