"""A person's calendar, joined from what each room offers: `calendar_entries(user, on)`."""

from collections.abc import Callable
from datetime import date
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

import certification.calendar
import events.calendar
from accounts.models import Role, User
from centres import feeds
from centres.calendar import Entry, calendar_file
from centres.models import CalendarFeed
from certification.views.portal.access import CentreRequest, centres_only

SOURCES: tuple[Callable[[User, date], list[Entry]], ...] = (
    certification.calendar.calendar_entries,
    events.calendar.calendar_entries,
)


@centres_only
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CentreRequest) -> HttpResponse:
    """Set up, renew or revoke the own address, and how to bring it to phone and desk."""
    if request.method == "POST":
        if request.POST.get("act") == "revoke":
            feeds.take_back(request.user)
            messages.success(
                request, "Die Adresse gilt nicht mehr. Löschen Sie das Abonnement auch in Ihrem Kalender."
            )
        else:
            feeds.give(request.user, at=timezone.now())
            messages.success(request, "Ihre Kalenderadresse ist eingerichtet.")
        return redirect("calendar")
    feed = CalendarFeed.objects.filter(user=request.user).first()
    path = reverse("calendar_feed", args=[feed.token]) if feed else ""
    address = f"{settings.SITE_URL}{path}" if path else ""
    subscribe = f"webcal://{address.partition('://')[2]}" if address else ""
    return render(request, "portal/calendar.html", {"feed": feed, "address": address, "subscribe": subscribe})


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The file itself. What its owner may not see today is not in it, whatever it said yesterday.

    Only the content decides whether a program's copy is still good (ETag): an entry that has gone changes no date of
    the others, so Last-Modified would keep it alive.
    """
    found = CalendarFeed.objects.with_token(token).select_related("user").first()
    if found is None or found.user.role != Role.CENTRE:
        raise Http404
    today = timezone.localdate()
    text = calendar_file(
        [entry for source in SOURCES for entry in source(found.user, today)], name="Familienzentrum NRW"
    )
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["ETag"] = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    response["Content-Disposition"] = 'inline; filename="familienzentrum.ics"'
    patch_cache_control(response, private=True, no_cache=True)
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return answer or response
