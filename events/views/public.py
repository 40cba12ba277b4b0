"""What anybody may know of events. No page here names a person who is registered, nor the link to join."""

from hashlib import sha256
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts.models import Role
from centres.calendar import Entry, calendar_file
from events import letters
from events.filters import EventFilter
from events.models import EventKind, InfoEvent
from events.showing import Shown

PER_PAGE = 50


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What is coming, the next first; with `?vergangen` what was, the latest first."""
    now, past = timezone.localtime(), "vergangen" in request.GET
    known = InfoEvent.objects.public().with_seats()
    found = known.filter(ends_at__lt=now).order_by("-starts_at", "pk") if past else _coming(known, now)
    filtered = EventFilter(request.GET or None, found)
    page = Paginator(filtered.qs, PER_PAGE).get_page(request.GET.get("seite"))
    shown = [Shown(each, now) for each in page]
    context = {"page_obj": page, "shown": shown, "past": past, "filter_form": filtered.form}
    return render(request, "events/public/list.html", context)


@login_not_required
@require_safe
def event(request: HttpRequest, public_id: str) -> HttpResponse:
    event = get_object_or_404(InfoEvent.objects.public().with_seats(), public_id=public_id)
    shown = Shown(event, timezone.localtime())
    context = {
        "event": event,
        "shown": shown,
        "contributions": event.contributions.select_related("centre").order_by("position"),
        "open_to_all": event.kind == EventKind.OPEN,
        "of_a_centre": getattr(request.user, "role", None) == Role.CENTRE,
    }
    return render(request, "events/public/event.html", context)


@login_not_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """All coming events for a calendar program to subscribe to."""
    events = _coming(InfoEvent.objects.public(), timezone.now())
    return file(request, [_entry(each) for each in _dated(events)], name="Veranstaltungen Familienzentrum NRW")


@login_not_required
@require_safe
def event_calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    event = get_object_or_404(_dated(InfoEvent.objects.public()), public_id=public_id)
    return file(request, [_entry(event)])


def file(request: HttpRequest, entries: list[Entry], *, name: str = "") -> HttpResponse:
    """As a download; a program that has this very file already is told so."""
    text = calendar_file(entries, name=name)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["ETag"] = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    response["Content-Disposition"] = f'inline; filename="{"veranstaltungen" if name else "termin"}.ics"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _coming(events: Any, now: Any) -> Any:
    return events.filter(ends_at__gte=now).order_by("starts_at", "pk")


def _dated(events: Any) -> Any:
    """With the moment of the last change that calendars must hear of."""
    return events.annotate(changed_at=Max("steps__at"))


def _entry(event: Any) -> Entry:
    return letters.entry(event, changed_at=event.changed_at or event.starts_at)
