"""Mailings to a group of an event: draft, look at it, release it, stop it, see what did not arrive."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.forms import BaseForm, Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres.models import Letter, LetterState
from events import mailings
from events.forms.inviting import ConfirmedForm
from events.forms.mailings import MailingForm
from events.forms.planning import ReasonForm
from events.models import InfoEvent, Mailing, MailingState
from events.tasks import write_event_post
from events.views.access import OfficeRequest, on_event

PER_PAGE = 100
asking = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@on_event
def index(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    found = event.mailings.select_related("youth_office", "drafted_by").annotate(people=Count("recipients"))
    context = {"event": event, "mailings": found.order_by("-drafted_at", "-pk")}
    return render(request, "events/office/mailings.html", context)


@asking
@on_event
def create(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    return _edited(request, Mailing(event=event), "Rundbrief schreiben")


@asking
@on_event
def edit(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    drafts = event.mailings.filter(state=MailingState.DRAFT)
    return _edited(request, get_object_or_404(drafts, pk=number), "Rundbrief ändern")


@require_safe
@on_event
def show(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    """A draft as a real person would read it, with everybody who would get it; released, what became of it."""
    mailing = _mailing(event, number)
    released = mailing.state == MailingState.RELEASED
    context = _progress(request, mailing) if released else _draft(request, mailing)
    return render(request, "events/office/mailing.html", {"event": event, "mailing": mailing, **context})


@require_POST
@on_event
def release(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    """The number that was seen is confirmed; another number is refused, and shown."""
    mailing, form = _mailing(event, number), ConfirmedForm(request.POST)
    confirmed = form.cleaned_data["anzahl"] if form.is_valid() else -1
    try:
        mailings.release(mailing, confirmed=confirmed, by=request.user, at=timezone.now())
    except mailings.NotPossibleError as error:
        messages.error(request, str(error))
    else:
        transaction.on_commit(write_event_post.delay, robust=True)
        messages.success(request, "Der Rundbrief ist freigegeben; die Briefe gehen jetzt hinaus.")
    return redirect("office:mailing", event.pk, number)


@asking
@on_event
def stop(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    mailing = _mailing(event, number)
    return _question(
        request,
        mailing,
        ReasonForm(request.POST if request.method == "POST" else None),
        lambda form: mailings.stop(mailing, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"]),
        question="Diesen Rundbrief anhalten?",
        action="Anhalten",
        consequences=[
            "Was noch wartet, wird zurückgehalten.",
            "Was schon versandt ist, lässt sich nicht zurückholen.",
        ],
        danger=True,
    )


@asking
@on_event
def resume(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    mailing = _mailing(event, number)
    return _question(
        request,
        mailing,
        Form(request.POST if request.method == "POST" else None),
        lambda _: mailings.resume(mailing, by=request.user, at=timezone.now()),
        question="Den Rundbrief weiter versenden?",
        action="Weiter versenden",
        consequences=["Die zurückgehaltenen Briefe gehen hinaus."],
    )


@asking
@on_event
def discard(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    mailing = _mailing(event, number)
    if request.method == "POST":
        try:
            mailings.discard(mailing)
        except mailings.NotPossibleError as error:
            messages.error(request, str(error))
            return redirect("office:mailing", event.pk, number)
        messages.success(request, "Der Entwurf ist verworfen.")
        return redirect("office:mailings", event.pk)
    back = reverse("office:mailing", args=[event.pk, number])
    words = {"question": "Diesen Entwurf verwerfen?", "action": "Verwerfen", "danger": True, "back_url": back}
    return render(request, "confirm.html", words)


@require_POST
@on_event
def retry(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    again = mailings.retry(_mailing(event, number), at=timezone.now())
    messages.success(request, f"{again} {'Brief wird' if again == 1 else 'Briefe werden'} erneut versandt.")
    return redirect("office:mailing", event.pk, number)


def _edited(request: OfficeRequest, mailing: Mailing, heading: str) -> HttpResponse:
    form = MailingForm(request.POST if request.method == "POST" else None, instance=mailing)
    if form.is_valid():
        try:
            stored = mailings.draft(form.instance, by=request.user, at=timezone.now())
        except mailings.NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            return redirect("office:mailing", stored.event_id, stored.pk)
    context = {"event": mailing.event, "mailing": mailing, "form": form, "heading": heading}
    return render(request, "events/office/mailing_form.html", context)


def _question(
    request: OfficeRequest, mailing: Mailing, form: BaseForm, act: Callable[[Any], object], **words: object
) -> HttpResponse:
    back = reverse("office:mailing", args=[mailing.event_id, mailing.pk])
    if form.is_valid():
        try:
            act(form)
        except mailings.NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            return redirect(back)
    return render(request, "confirm.html", {"form": form, "back_url": back, **words})


def _mailing(event: InfoEvent, number: int) -> Mailing:
    found = event.mailings.select_related("event", "youth_office", "drafted_by", "released_by")
    return get_object_or_404(found, pk=number)


def _draft(request: OfficeRequest, mailing: Mailing) -> dict[str, Any]:
    people = mailings.readers(mailing)
    subject, text = mailings.filled(mailing, people[0]) if people else ("", "")
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("seite"))
    return {"page_obj": page, "count": len(people), "reader": people[0] if people else None,
            "subject": subject, "text": text}  # fmt: skip


def _progress(request: OfficeRequest, mailing: Mailing) -> dict[str, Any]:
    """Letters by state; what is missing was unsubscribed, or is still to be written."""
    letters = mailings.letters_of(mailing)
    states = dict(letters.order_by().values_list("state").annotate(count=Count("pk")))
    seen = mailing.recipients.aggregate(all=Count("pk"), written=Count("pk", filter=Q(written_at__isnull=False)))
    page = Paginator(mailing.recipients.select_related("centre").order_by("name", "pk"), PER_PAGE)
    return {
        "page_obj": page.get_page(request.GET.get("seite")),
        "count": seen["all"],
        "hold": mailings.hold_of(mailing),
        "facts": _numbers(states, seen),
        "waiting": seen["all"] > seen["written"] or bool({"queued", "in_flight", "retrying"} & set(states)),
        "undelivered": letters.undelivered().order_by("to", "pk"),
    }


def _numbers(states: dict[str, int], seen: dict[str, int]) -> list[tuple[str, int]]:
    written = sum(states.values())
    rows = [
        ("Personen", seen["all"]),
        ("noch zu schreiben", seen["all"] - seen["written"]),
        ("abbestellt, daher kein Brief", seen["written"] - written),
        *((Letter(state=state).get_state_display(), states.get(state, 0)) for state in LetterState.values),
    ]
    return [row for row in rows if row[1]]
