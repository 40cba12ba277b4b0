"""Who was there: the list for the door on paper and on a phone, what comes after, and the proofs."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from centres import kept
from events import at_the_door, attendance, proofs
from events.attendance import NotPossibleError
from events.forms.attendance import CorrectionForm, DoorForm, WalkInForm
from events.models import InfoEvent, Proof, Registration
from events.rules.attendance import closed_because
from events.rules.opening import EventState
from events.views.access import OfficeRequest, on_event

asking = require_http_methods(["GET", "HEAD", "POST"])
NOT_ONE = {"da": attendance.tick, "weg": attendance.untick}


@asking
@on_event
def index(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """The list at the door. Each tick is sent alone, so nobody overwrites what others ticked meanwhile.

    A script asks with `stand` whether anything is new, and gets the list only then.
    """
    if request.method == "POST":
        return _tick(request, event)
    stamp = at_the_door.stamp(event)
    asks_for_news = request.headers.get("HX-Request") and "stand" in request.GET
    if asks_for_news and request.GET["stand"] == str(stamp):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    template = "events/office/_door.html" if asks_for_news else "events/office/attendance.html"
    return render(request, template, _page(request, event) | {"stamp": stamp})


@require_safe
@on_event
def paper(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """The list to sign."""
    # Late: it imports WeasyPrint, which takes a second and needs Pango.
    from events.pdf import attendance_list  # noqa: PLC0415

    content = attendance_list.render(event, at_the_door.on_paper(event), at=timezone.now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="Anwesenheitsliste-{event.day}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@asking
@on_event
def walk_in(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """Somebody came without a registration."""
    form = WalkInForm(_posted(request), late=attendance.is_concluded(event))
    if form.is_valid():
        reason = form.cleaned_data.get("reason", "")
        try:
            added = attendance.add_walk_in(
                event, who=form.attendee, by=request.user, at=timezone.now(), reason=reason
            )
        except NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{added.name} ist als anwesend vermerkt.")
            return redirect("office:attendance", event.pk)
    return render(request, "events/office/walk_in.html", {"event": event, "form": form})


@asking
@on_event
def conclude(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    counts = at_the_door.counts(event)
    if request.method == "POST":
        try:
            attendance.conclude(event, by=request.user, at=timezone.now())
        except NotPossibleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Die Teilnahme ist abgeschlossen; die Bescheinigungen werden erstellt.")
        return redirect("office:attendance", event.pk)
    proof = "eine Teilnahmebescheinigung und, wo eine E-Mail-Adresse bekannt ist, einen Brief mit dem Link dorthin"
    consequences = [
        f"{_people(counts.there)} {_were(counts.there)} da und {_get(counts.there)} {proof}.",
        f"{_people(counts.open)} mit Platz {_were(counts.open)} nicht da.",
        "Die Veranstaltung ist damit durchgeführt. Berichtigen können Sie danach jeden Eintrag, mit einem Grund.",
    ]
    back = reverse("office:attendance", args=[event.pk])
    words = {"question": "Ist vollständig festgehalten, wer da war?", "action": "Teilnahme abschließen"}
    return render(request, "confirm.html", {"consequences": consequences, "back_url": back, **words})


@asking
@on_event
def correct(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    """After the conclusion: the other way round, with a reason."""
    each = get_object_or_404(event.registrations.all(), pk=number)
    present, form = each.attended is not True, CorrectionForm(_posted(request))
    if form.is_valid():
        act = partial(attendance.correct, each, present=present, by=request.user, at=timezone.now())
        try:
            act(reason=form.cleaned_data["reason"])
        except NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Berichtigt.")
            return redirect("office:registration", event.pk, each.pk)
    words = _present(each) if present else _absent(each)
    back = reverse("office:attendance", args=[event.pk])
    return render(request, "confirm.html", {"form": form, "back_url": back, "action": "Berichtigen", **words})


@require_safe
@on_event
def proof(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    """One proof, also a withdrawn one: the office has to see what somebody may still hold in their hands."""
    found = get_object_or_404(Proof.objects.issued().filter(registration__event=event), pk=number)
    return kept.download(found, found.file_name)


@require_safe
@on_event
def all_proofs(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    response = HttpResponse(proofs.together(event), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="Teilnahmebescheinigungen-{event.day}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def _tick(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    name = next((each for each in NOT_ONE if each in request.POST), "")
    number = request.POST.get(name, "")
    each = get_object_or_404(event.registrations.all(), pk=int(number) if number.isdecimal() else 0)
    try:
        NOT_ONE[name](each, by=request.user, at=timezone.now())
    except NotPossibleError as error:
        messages.error(request, str(error))
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Refresh": "true"})
    if request.headers.get("HX-Request"):
        return _row(request, event, each)
    return redirect(f"{request.get_full_path()}#person-{each.pk}")


def _row(request: OfficeRequest, event: InfoEvent, each: Registration) -> HttpResponse:
    fresh = event.registrations.select_related("centre", "attendance_by").filter(pk=each.pk)
    (guest,) = at_the_door.in_order(fresh, {})
    context = {"event": event, "guest": guest, "counts": at_the_door.counts(event), "may_tick": True}
    return render(request, "events/office/_door_answer.html", context)


def _page(request: OfficeRequest, event: InfoEvent) -> dict[str, Any]:
    form, now = DoorForm(request.GET), timezone.now()
    asked = form.cleaned_data if form.is_valid() else {"q": "", "zeige": ""}
    because = closed_because(EventState(event.state), event.day, today=timezone.localdate(now))
    concluded = attendance.is_concluded(event)
    return {
        "event": event,
        "asked": asked,
        "guests": at_the_door.guests(event, text=asked["q"], shown=asked["zeige"], proofs=concluded),
        "counts": at_the_door.counts(event),
        "because": because,
        "concluded": concluded,
        "may_tick": not because and not concluded,
        "may_conclude": not because and not concluded and event.starts_at <= now,
        "choices": form.fields["zeige"].choices,  # type: ignore[attr-defined]
    }


def _posted(request: OfficeRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _present(each: Registration) -> dict[str, Any]:
    told = "Sie bekommt einen Brief mit dem Link dorthin, wenn sie noch keinen bekommen hat."
    consequences = ["Die Person bekommt eine Teilnahmebescheinigung.", *([told] if each.email else [])]
    return {"question": f"War {each.name} doch da?", "consequences": consequences}


def _absent(each: Registration) -> dict[str, Any]:
    consequences = [
        "Die Teilnahmebescheinigung gilt nicht mehr; die Person sieht das und bekommt einen Brief mit dem Grund.",
        "War sonst niemand des Familienzentrums da, verschwindet die Teilnahme auch dort.",
    ]
    return {"question": f"War {each.name} doch nicht da?", "consequences": consequences, "danger": True}


def _people(number: int) -> str:
    return "1 Person" if number == 1 else f"{number} Personen"


def _were(number: int) -> str:
    return "war" if number == 1 else "waren"


def _get(number: int) -> str:
    return "bekommt" if number == 1 else "bekommen"
