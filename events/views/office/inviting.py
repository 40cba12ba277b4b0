"""Invite whom an event concerns: choose, look at the numbers, confirm them."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from centres.models import CentreFact
from events import inviting
from events.audience import Audience, audience
from events.forms.inviting import AudienceForm, ConfirmedForm
from events.models import EventKind, InfoEvent
from events.tasks import write_event_post
from events.views.access import OfficeRequest, on_event

asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@on_event
def invite(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """The choice travels in the address, so that what is confirmed is what was looked at."""
    form = _choice(request, event)
    if request.method == "POST" and form.is_valid() and _invited(request, event, form):
        return redirect("office:invite", event.pk)
    seen = (
        audience(event, form.centres(on=timezone.localdate()), on=timezone.localdate()) if form.is_valid() else None
    )
    return render(request, "events/office/invite.html", _page(event, form, seen))


@asking
@on_event
def remind(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """The one gentle reminder, when the office says so."""
    number = ConfirmedForm(request.POST if request.method == "POST" else None)
    if number.is_valid():
        try:
            confirmed = number.cleaned_data["anzahl"]
            inviting.remind(event, confirmed=confirmed, by=request.user, at=timezone.now())
        except inviting.NotPossibleError as error:
            messages.error(request, str(error))
        else:
            _wake()
            messages.success(request, f"{_people(confirmed)} bekommen jetzt die Erinnerung.")
            return redirect("office:invite", event.pk)
    because = inviting.closed_because(event, at=timezone.now())
    count = 0 if because else inviting.to_remind(event).count()
    return render(request, "events/office/remind.html", {"event": event, "because": because, "count": count})


def _choice(request: OfficeRequest, event: InfoEvent) -> AudienceForm:
    rounds = CentreFact.objects.rounds().in_force(on=timezone.localdate()).counted()
    asked = request.GET if "runde" in request.GET or "wer" in request.GET else None
    kind = EventKind(event.kind)
    return AudienceForm(asked, rounds=rounds, fits=kind.label, in_series=event.series_id is not None)


def _invited(request: OfficeRequest, event: InfoEvent, form: AudienceForm) -> bool:
    number, now = ConfirmedForm(request.POST), timezone.now()
    if not number.is_valid():
        messages.error(request, "Bitte prüfen Sie die Zahlen und bestätigen Sie sie noch einmal.")
        return False
    on = timezone.localdate(now)
    try:
        batch = inviting.invite(
            event,
            lambda: form.people(audience(event, form.centres(on=on), on=on)),
            confirmed=number.cleaned_data["anzahl"],
            chosen=form.words(),
            by=request.user,
            at=now,
        )
    except inviting.NotPossibleError as error:
        messages.error(request, str(error))
        return False
    _wake()
    messages.success(request, f"{_people(batch.people)} sind eingeladen; die Briefe gehen jetzt hinaus.")
    return True


def _page(event: InfoEvent, form: AudienceForm, seen: Audience | None) -> dict[str, Any]:
    batches = event.batches.select_related("by").annotate(
        left=Count("invitations", filter=Q(invitations__written_at=None), distinct=True)
        + Count("reminded", filter=Q(reminded__reminder_written_at=None), distinct=True)
    )
    return {
        "event": event,
        "because": inviting.closed_because(event, at=timezone.now()),
        "form": form,
        "seen": seen,
        "count": len(form.people(seen)) if seen else 0,
        "totals": _totals(seen) if seen else {},
        "batches": batches.order_by("-at", "-pk"),
        "invited": event.invitations.count(),
        "silent": inviting.unanswered(event).count(),
        "to_remind": inviting.to_remind(event).count(),
    }


def _totals(seen: Audience) -> dict[str, int]:
    columns = ("centres", "people", "before", "invited", "registered", "missing")
    return {name: sum(getattr(row, name) for row in seen.districts) for name in columns}


def _people(number: int) -> str:
    return "1 Person" if number == 1 else f"{number} Personen"


def _wake() -> None:
    """A lost wake-up is harmless: the beat looks for what is not written every ten minutes."""
    transaction.on_commit(write_event_post.delay, robust=True)
