"""Registering and what comes of it, without an account: by the form of an open event or by the link in a letter."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from centres import kept
from centres.models import FamilyCentre
from centres.throttle import Throttle
from events import feedback, letters, materials, registration
from events.forms.registration import GuestForm
from events.models import EventKind, InfoEvent, Material, Registration
from events.registration import NotPossibleError, TwiceError
from events.rules.bookings import Booking
from events.rules.materials import Claim
from events.rules.opening import EventState
from events.showing import Shown
from events.views.public import file

THROTTLE = Throttle("event-registration", attempts=20, window=10 * 60)
WAIT = "Von Ihrem Anschluss kamen gerade sehr viele Anmeldungen. Bitte versuchen Sie es in zehn Minuten noch einmal."
NOT_YOURS = "Bitte melden Sie sich über den Link in Ihrer Einladung oder im Portal an."
asking = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@never_cache
@asking
def register(request: HttpRequest, public_id: str) -> HttpResponse:
    """An open event: anybody. The answer is the same for an address that is registered already."""
    event = get_object_or_404(InfoEvent.objects.public().with_seats(), public_id=public_id, kind=EventKind.OPEN)
    form = _form(request, event)
    if request.method == "POST" and _may_try(request, form) and form.is_valid() and _book(form, None, unproven=True):
        return redirect("event_received", public_id)
    return _ask(request, event, form)


@login_not_required
@never_cache
@asking
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Invited people: whoever has the link. A colleague of the centre may come in the invited person's place."""
    found = letters.invitation_of(token)
    if found is None:
        return _no_such_link(request)
    if mine := registration.registered_as(found.email, found.event):
        return redirect(letters.manage_url(mine))
    event = InfoEvent.objects.public().with_seats().filter(pk=found.event_id).first()
    if event is None:
        return _no_such_link(request)
    form = _form(request, event, name=found.name, email=found.email)
    if request.method == "POST" and _may_try(request, form) and form.is_valid() and _book(form, found.centre):
        mine = registration.registered_as(found.email, event)
        return redirect(letters.manage_url(mine)) if mine else redirect("event_received", event.public_id)
    readable = _materials(event, materials.INVITED, "invitation_material", token)
    return _ask(request, event, form, invited=found, materials=readable)


@login_not_required
@require_safe
def received(request: HttpRequest, public_id: str) -> HttpResponse:
    """The registration has come in; what became of it stands in the letter, which only its address gets."""
    event = get_object_or_404(InfoEvent.objects.public(), public_id=public_id)
    return render(request, "events/public/received.html", {"event": event, "hours": settings.EVENT_CONFIRM_HOURS})


@login_not_required
@never_cache
@require_safe
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """The state of one registration and what can be done about it. Looking changes nothing."""
    found = letters.registration_of(token)
    if found is None:
        return _no_such_link(request)
    now, event = timezone.localtime(), found.event
    waits, ahead = found.state == Booking.WAITING, _is_ahead(event, now)
    context = {
        "registration": found,
        "event": event,
        "token": token,
        "shown": Shown(event, now),
        "place": registration.place_in_line(found) if waits else None,
        "is_seated": found.state == Booking.BOOKED and event.state != EventState.CANCELLED and now < event.ends_at,
        "is_over": event.ends_at <= now,
        "may_cancel": found.is_active and ahead,
        "may_accept": ahead and bool(found.offered_until and found.offered_until > now),
        "proof": found.proofs.order_by("-requested_at", "-pk").first(),
        "may_confirm": ahead
        and found.state == Booking.PENDING
        and bool(found.confirm_until and found.confirm_until > now),
        "materials": _materials(event, materials.claim_of(found), "event_material", token),
        "feedback_url": feedback.feedback_url(found) if feedback.may_answer(found) else "",
        "answers": found.answers.select_related("question").order_by("question__position"),
    }
    return render(request, "events/public/registration.html", context)


@login_not_required
@never_cache
@asking
def accept(request: HttpRequest, token: str) -> HttpResponse:
    return _act(
        request,
        token,
        registration.accept,
        done="Die Bestätigung mit dem Termin ist per E-Mail unterwegs.",
        question="Möchten Sie den angebotenen Platz annehmen?",
        action="Platz annehmen",
        consequences=["Sie sind dann fest angemeldet und bekommen eine Bestätigung mit dem Termin."],
    )


@login_not_required
@never_cache
@asking
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever owns the address that was typed into the public form."""
    return _act(
        request,
        token,
        registration.confirm,
        done="Die Bestätigung mit dem Termin ist per E-Mail unterwegs.",
        question="Möchten Sie Ihre Anmeldung bestätigen?",
        action="Anmeldung bestätigen",
        consequences=["Sie sind dann fest angemeldet und bekommen eine Bestätigung mit dem Termin."],
    )


@login_not_required
@never_cache
@asking
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    return _act(
        request,
        token,
        registration.cancel,
        done="Danke, dass Sie Bescheid gesagt haben.",
        question="Möchten Sie sich abmelden?",
        action="Jetzt abmelden",
        consequences=[
            "Haben Sie einen Platz, geht er an die nächste Person auf der Warteliste.",
            "Wenn Sie doch kommen möchten, müssen Sie sich neu anmelden.",
        ],
        danger=True,
    )


@login_not_required
@never_cache
@require_safe
def own_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The entry with the link to join, for whoever has a seat."""
    found = letters.registration_of(token)
    if found is None or found.state != Booking.BOOKED:
        return _no_such_link(request)
    return file(request, [letters.own_entry(found)])


@login_not_required
@never_cache
@require_safe
def proof(request: HttpRequest, token: str) -> HttpResponse:
    """The proof of attendance that holds, for whoever has the link of the registration."""
    found = letters.registration_of(token)
    issued = found.proofs.current().issued().first() if found else None
    return kept.download(issued, issued.file_name) if issued else _no_such_link(request)


def _act(
    request: HttpRequest, token: str, act: Callable[..., Registration], *, done: str, **words: object
) -> HttpResponse:
    """GET asks, so that a mail scanner may follow the link; POST acts."""
    found = letters.registration_of(token)
    if found is None:
        return _no_such_link(request)
    back = reverse("event_registration", args=[token])
    if not _is_ahead(found.event, timezone.localtime()):
        messages.error(request, found.event.window.closed_because(timezone.localtime()))
        return redirect(back)
    if request.method == "POST":
        try:
            act(found, by=_user(request), at=timezone.now())
        except NotPossibleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, done)
        return redirect(back)
    text = f"{found.event.title}, {Shown(found.event, timezone.localtime()).when}"
    return render(request, "confirm.html", {"text": text, "back_url": back, **words})


def _is_ahead(event: InfoEvent, now: datetime) -> bool:
    return event.state == EventState.PUBLISHED and now < event.starts_at


def _form(request: HttpRequest, event: InfoEvent, **initial: str) -> GuestForm:
    questions = event.questions.order_by("position", "pk")
    return GuestForm(request.POST or None, event=event, questions=questions, initial=initial)


def _may_try(request: HttpRequest, form: GuestForm) -> bool:
    """Each attempt counts: the form must not be a way to have letters written to strangers."""
    if THROTTLE.is_over(request):
        form.add_error(None, WAIT)
        return False
    THROTTLE.count(request)
    return True


def _book(form: GuestForm, centre: FamilyCentre | None, *, unproven: bool = False) -> bool:
    """Whether the registration is as good as done. That an address is known already, only its owner learns.

    `unproven`: anybody may have typed the address, so its owner is asked first.
    """
    now, who = timezone.now(), form.attendee(centre)
    hours = settings.EVENT_CONFIRM_HOURS if unproven else 0
    book = partial(registration.register, form.event, who=who, attends=form.attends, by=None, at=now)
    try:
        book(answers=form.answers, confirm_hours=hours)
    except TwiceError:
        if known := registration.registered_as(who.email, form.event):
            registration.remind_of_registration(known, at=now)
    except NotPossibleError as error:
        form.add_error(None, str(error))
        return False
    return True


def _ask(request: HttpRequest, event: InfoEvent, form: GuestForm, **more: object) -> HttpResponse:
    context = {"event": event, "shown": Shown(event, timezone.localtime()), "form": form, **more}
    status = HTTPStatus.TOO_MANY_REQUESTS if WAIT in form.non_field_errors() else HTTPStatus.OK
    return render(request, "events/public/register.html", context, status=status)


def _materials(event: InfoEvent, claim: Claim, name: str, token: str) -> list[tuple[Material, str]]:
    """What may be read now, with the address to open it by the same link."""
    readable = materials.readable(event, claim, at=timezone.now())
    return [(each, reverse(name, args=[token, each.public_id])) for each in readable]


def _no_such_link(request: HttpRequest) -> HttpResponse:
    return render(request, "events/public/no_such_link.html", status=HTTPStatus.NOT_FOUND)


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
