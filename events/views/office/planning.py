"""Plan an event: enter it, publish it, change it, call it off, copy it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.forms import BaseForm, Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from events import planning
from events.forms.planning import CallOffForm, CopyForm, EventForm
from events.models import InfoEvent
from events.planning import NotPossibleError
from events.rules import wording
from events.views.access import OfficeRequest, office_only, on_event

asking = require_http_methods(["GET", "HEAD", "POST"])
REPEATED = 3  # the latest, offered to be repeated
USUAL = {
    "kind": "renewal",
    "mode": "online",
    "begins": "10:00",
    "ends": "12:00",
    "capacity": 100,
    "hosts": "Ministerium (MKJFGFI), Pädquis und ISA e.V.",
}


@asking
@office_only
def create(request: OfficeRequest) -> HttpResponse:
    """A draft; nobody else sees it yet."""
    form = EventForm(_posted(request), initial=USUAL, today=timezone.localdate())
    if _posted_well(request, form):
        event = planning.draft(form.instance, by=request.user, at=timezone.now(), series=form.series)
        messages.success(request, "Der Entwurf ist gespeichert. Noch sieht ihn sonst niemand.")
        return redirect("office:event", event.pk)
    models = InfoEvent.objects.public().order_by("-starts_at", "-pk")[:REPEATED]
    context = {"form": form, "heading": "Veranstaltung planen", "models": models}
    return render(request, "events/office/edit.html", context)


@asking
@on_event
def edit(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    form = EventForm(_posted(request), instance=event, today=timezone.localdate())
    change = partial(planning.change, by=request.user, at=timezone.now())
    if _posted_well(request, form):
        try:
            told = change(form.instance, changed=form.changes(), series=form.series, reason=form.because)
        except NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"Gespeichert. {_who_hears(event, 'mit dem neuen Stand')}" if told else "Gespeichert."
            )
            return redirect("office:event", event.pk)
    return render(request, "events/office/edit.html", {"form": form, "event": event, "heading": "Angaben ändern"})


@asking
@on_event
def publish(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    act = partial(planning.publish, event, by=request.user, at=timezone.now())
    return _question(
        request,
        event,
        Form(_posted(request)),
        lambda _: act(),
        question="Diese Veranstaltung veröffentlichen?",
        action="Veröffentlichen",
        done="Die Veranstaltung ist veröffentlicht.",
        consequences=["Sie steht auf der öffentlichen Seite und im öffentlichen Kalender.", _when_open(event)],
    )


@asking
@on_event
def cancel(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    act = partial(planning.cancel, event, by=request.user, at=timezone.now())
    return _question(
        request,
        event,
        CallOffForm(_posted(request)),
        lambda form: act(reason=form.cleaned_data["reason"]),
        question="Diese Veranstaltung absagen?",
        action="Veranstaltung absagen",
        done="Die Veranstaltung ist abgesagt.",
        consequences=[
            _who_hears(event, "mit dem Grund"),
            "Eine Absage lässt sich nicht zurücknehmen.",
        ],
        danger=True,
    )


@asking
@on_event
def hold(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    act = partial(planning.hold, event, by=request.user, at=timezone.now())
    return _question(
        request,
        event,
        Form(_posted(request)),
        lambda _: act(),
        question="Hat die Veranstaltung stattgefunden?",
        action="Ja, sie hat stattgefunden",
        done="Die Veranstaltung ist als durchgeführt vermerkt.",
        consequences=["Danach halten Sie fest, wer da war; Nachweise und Rückmeldungen werden möglich."],
    )


@asking
@on_event
def copy(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    form = CopyForm(_posted(request), event=event, today=timezone.localdate())
    if _posted_well(request, form):
        draft = planning.copy(event, starts_at=form.moment, by=request.user, at=timezone.now(), **form.access)
        messages.success(request, "Der Entwurf ist angelegt. Prüfen Sie ihn, und veröffentlichen Sie ihn dann.")
        return redirect("office:event", draft.pk)
    return _ask(
        request,
        event,
        form,
        question="An einem anderen Tag wiederholen",
        action="Entwurf anlegen",
        consequences=[
            "Programm, Fragen und Plätze werden übernommen, Anmeldefristen im selben Abstand.",
            "Angemeldete und Unterlagen werden nicht übernommen.",
        ],
    )


def _question(
    request: OfficeRequest, event: InfoEvent, form: Form, act: Callable[[Form], object], *, done: str, **words: object
) -> HttpResponse:
    """Ask, act, back to the event. A refusal shows on the page, with all that was typed."""
    if _posted_well(request, form) and _done(form, lambda: act(form)):
        messages.success(request, done)
        return redirect("office:event", event.pk)
    return _ask(request, event, form, **words)


def _posted(request: OfficeRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _posted_well(request: OfficeRequest, form: BaseForm) -> bool:
    return request.method == "POST" and form.is_valid()


def _ask(request: OfficeRequest, event: InfoEvent, form: Form, **words: object) -> HttpResponse:
    back = reverse("office:event", args=[event.pk])
    text = f"{event.title}, {wording.at_clock(timezone.localtime(event.starts_at))}"
    return render(request, "confirm.html", {"form": form, "back_url": back, "text": text, **words})


def _done(form: BaseForm, act: Callable[[], object]) -> bool:
    try:
        act()
    except NotPossibleError as error:
        form.add_error(None, str(error))
        return False
    return True


def _who_hears(event: InfoEvent, what: str) -> str:
    people = event.registrations.told().count()
    if people == 0:
        return "Es ist niemand angemeldet; es geht kein Brief hinaus."
    who = "1 Person bekommt" if people == 1 else f"{people} Personen bekommen"
    return f"{who} einen Brief {what}."


def _when_open(event: InfoEvent) -> str:
    return (
        f"Anmelden kann man sich vom {event.registration_from:%d.%m.%Y} bis zum {event.registration_until:%d.%m.%Y}."
    )
