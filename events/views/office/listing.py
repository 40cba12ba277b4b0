from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events import attendance, inviting
from events.models import EventMode, EventStep, InfoEvent
from events.rules.bookings import TAKEN, Booking
from events.views.access import OfficeRequest, office_only, on_event

PER_PAGE = 50
TAKEN_SEATS = Count("registrations", filter=Q(registrations__state__in=sorted(TAKEN)))
PRESENT = Count("registrations", filter=Q(registrations__attended=True))
CONCLUDED = Exists(EventStep.objects.filter(event=OuterRef("pk"), act=attendance.CONCLUDED))
WAITING = Count("registrations", filter=Q(registrations__state=Booking.WAITING))


@require_safe
@office_only
def home(request: OfficeRequest) -> HttpResponse:
    """What is coming and what was: each event with its seats."""
    now, past = timezone.now(), "vergangen" in request.GET
    counted = {"taken": TAKEN_SEATS, "waiting": WAITING, "present": PRESENT, "is_concluded": CONCLUDED}
    visible = InfoEvent.objects.visible_to(request.user).annotate(**counted)
    coming = visible.filter(ends_at__gte=now).order_by("starts_at", "pk")
    over = visible.filter(ends_at__lt=now).order_by("-starts_at", "pk")
    page = Paginator(over if past else coming, PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "events/office/home.html", {"page_obj": page, "past": past})


@require_safe
@on_event
def event(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """Everything about one event: what is next, its seats, its programme, what happened."""
    counted = InfoEvent.objects.filter(pk=event.pk).aggregate(taken=TAKEN_SEATS, waiting=WAITING)
    now = timezone.localtime()
    context = {
        "event": event,
        "facts": _facts(event, counted),
        "contributions": event.contributions.select_related("centre").order_by("position"),
        "questions": event.questions.order_by("position", "pk"),
        "siblings": _siblings(event),
        "steps": event.steps.select_related("by").order_by("-at", "-pk"),
        "closed_because": event.window.closed_because(now),
        "link_is_missing": event.lacks_link(at=now),
        "to_invite": inviting.is_due(event, at=now),
        "attendance_is_open": event.starts_at <= now
        and event.state in {"published", "held"}
        and not attendance.is_concluded(event),
        "may_be_held": event.state == "published" and event.starts_at <= now,
    }
    return render(request, "events/office/event.html", context)


def _siblings(event: InfoEvent) -> QuerySet[InfoEvent]:
    """The other days of its series."""
    series = InfoEvent.objects.filter(series=event.series_id) if event.series_id else InfoEvent.objects.none()
    return series.exclude(pk=event.pk).order_by("starts_at", "pk")


def _facts(event: InfoEvent, counted: dict[str, int]) -> list[tuple[str, str]]:
    begins, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    each = f", je Familienzentrum höchstens {event.per_centre}" if event.per_centre else ""
    meets = EventMode(event.mode)
    where = [("Ort", event.place or "noch nicht eingetragen")] if meets != EventMode.ONLINE else []
    link = [("Zugang", event.join_link or "noch nicht eingetragen")] if meets != EventMode.ON_SITE else []
    return [
        ("Art", f"{event.get_kind_display()}, {event.get_mode_display()}"),
        ("Wann", f"{begins:%d.%m.%Y, %H:%M} bis {ends:%H:%M} Uhr"),
        *where,
        *link,
        ("Plätze", f"{counted['taken']} von {event.capacity} vergeben{each}"),
        ("Warteliste", str(counted["waiting"])),
        ("Anmeldung", f"{event.registration_from:%d.%m.%Y} bis {event.registration_until:%d.%m.%Y}"),
        ("Veranstalter", event.hosts),
        *([("Reihe", event.series.label)] if event.series else []),
    ]
