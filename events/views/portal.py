"""Events for leads and deputies: what concerns their centres, what is booked, one click to register."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.drafts import typed
from centres.access import CentreRequest, centres_only
from centres.models import FamilyCentre
from events import choice, letters, registration
from events.forms.registration import MemberForm
from events.models import InfoEvent
from events.registration import Attendee, NotPossibleError
from events.showing import Shown


@centres_only
@require_safe
def home(request: CentreRequest) -> HttpResponse:
    now = timezone.localtime()
    return render(request, "events/portal/home.html", {"choice": choice.of(request.user, at=now)})


@centres_only
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: CentreRequest, public_id: str) -> HttpResponse:
    """One click where the event asks nothing; else its questions, and nobody types who they are."""
    event = get_object_or_404(InfoEvent.objects.public().with_seats(), public_id=public_id)
    if mine := registration.registered_as(request.user.email, event):
        return redirect(letters.manage_url(mine))
    form = _form(request, event)
    if request.method == "POST" and form.is_valid() and _booked(request, form):
        mine = registration.registered_as(request.user.email, event)
        return redirect(letters.manage_url(mine)) if mine else redirect("portal_events:home")
    shown = Shown(event, timezone.localtime())
    return render(request, "events/portal/register.html", {"event": event, "shown": shown, "form": form})


def _form(request: CentreRequest, event: InfoEvent) -> MemberForm:
    centres = list(FamilyCentre.objects.visible_to(request.user, on=timezone.localdate()).by_name())
    data = typed(request)
    return MemberForm(
        request.POST if request.method == "POST" else data,
        event=event,
        questions=event.questions.order_by("position", "pk"),
        centres=centres,
    )


def _booked(request: CentreRequest, form: MemberForm) -> bool:
    who = Attendee(request.user.name, request.user.email, form.centre, request.user)
    try:
        registration.register(
            form.event, who=who, attends=form.attends, by=request.user, at=timezone.now(), answers=form.answers
        )
    except NotPossibleError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "Die Bestätigung ist per E-Mail unterwegs.")
    return True
