"""Who may act for a centre: invite, end, hand over."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from accounts.drafts import typed
from centres import handovers
from centres import people as acts
from centres.models import FamilyCentre, Membership, MembershipRole
from centres.people import NotPossibleError
from certification.forms.people import PersonForm, SuccessorForm
from certification.views.portal.access import CentreRequest, centres_only

question_page = require_http_methods(["GET", "HEAD", "POST"])
ONLY_LEAD = "Das kann nur die Leitung des Familienzentrums."


@centres_only
@require_safe
def people(request: CentreRequest, pk: int) -> HttpResponse:
    """Who acts now, who will, who did; and how far a handover has come."""
    today = timezone.localdate()
    centre = _find(request, pk, today=today)
    memberships = centre.memberships.select_related("user").order_by("-role", "-starts_on", "pk")
    context = {
        "centre": centre,
        "current": [each for each in memberships if not each.ends_on or each.ends_on >= today],
        "former": [each for each in memberships if each.ends_on and each.ends_on < today],
        "today": today,
        "may_manage": acts.may_manage(request.user, centre, on=today),
        "handover": centre.handovers.select_related("asked_by").order_by("-asked_at", "-pk").first(),
    }
    return render(request, "portal/people.html", context)


@centres_only
@question_page
def invite(request: CentreRequest, pk: int) -> HttpResponse:
    centre = _find(request, pk, today=timezone.localdate())
    if refused := _only_lead(request, centre):
        return refused
    form = PersonForm(typed(request))
    if request.method == "POST" and form.is_valid():
        done = f"{form.cleaned_data['name']} ist eingetragen und bekommt einen Brief mit dem Weg zur Anmeldung."
        if _done(request, form, acts.invite_deputy, centre, done=done):
            return redirect("portal:people", pk)
    return render(request, "portal/invite.html", {"centre": centre, "form": form})


@centres_only
@question_page
def end(request: CentreRequest, pk: int) -> HttpResponse:
    """End what a deputy may do; a question first."""
    today = timezone.localdate()
    visible = FamilyCentre.objects.visible_to(request.user, on=today)
    deputies = Membership.objects.filter(centre__in=visible, role=MembershipRole.DEPUTY).exclude(ends_on__lt=today)
    membership = get_object_or_404(deputies.select_related("user", "centre"), pk=pk)
    if membership.user != request.user and (refused := _only_lead(request, membership.centre)):
        return refused
    if request.method == "POST":
        try:
            acts.end_deputy(membership, by=request.user, at=timezone.now())
        except NotPossibleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Die Vertretung durch {membership.user.name} ist beendet.")
        own = membership.user == request.user
        return redirect("portal:home") if own else redirect("portal:people", membership.centre_id)
    return render(request, "portal/question.html", _question_about(membership))


@centres_only
@question_page
def hand_over(request: CentreRequest, pk: int) -> HttpResponse:
    """Name the successor, read what will happen, send it off: one form, shown twice."""
    today = timezone.localdate()
    centre = _find(request, pk, today=today)
    if refused := _only_lead(request, centre):
        return refused
    form = SuccessorForm(typed(request), today=today)
    context = {"centre": centre, "form": form, "provider": handovers.provider_of(centre, on=today)}
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        if "send" not in request.POST:
            return render(request, "portal/hand_over_check.html", context)
        if _done(request, form, handovers.ask, centre, done="Die Übergabe ist beantragt."):
            return redirect("portal:people", pk)
    return render(request, "portal/hand_over.html", context)


@centres_only
@question_page
def withdraw_handover(request: CentreRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    centre = _find(request, pk, today=today)
    if refused := _only_lead(request, centre):
        return refused
    handover = centre.handovers.open().first()
    if handover is None:
        messages.info(request, "Es läuft keine Übergabe.")
        return redirect("portal:people", pk)
    if request.method == "POST":
        try:
            handovers.withdraw(handover, by=request.user, at=timezone.now())
        except NotPossibleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Die Übergabe ist zurückgezogen. Es bleibt alles, wie es ist.")
        return redirect("portal:people", pk)
    context = {
        "centre": centre,
        "question": f"Möchten Sie die Übergabe an {handover.successor_name} zurückziehen?",
        "consequences": ["Es bleibt alles, wie es ist.", "Der Link, den der Träger bekommen hat, gilt nicht mehr."],
        "action": "Übergabe zurückziehen",
        "back_url": reverse("portal:people", args=[pk]),
    }
    return render(request, "portal/question.html", context)


def _find(request: CentreRequest, pk: int, *, today: date) -> FamilyCentre:
    return get_object_or_404(FamilyCentre.objects.visible_to(request.user, on=today), pk=pk)


def _only_lead(request: CentreRequest, centre: FamilyCentre) -> HttpResponse | None:
    if acts.may_manage(request.user, centre, on=timezone.localdate()):
        return None
    messages.error(request, ONLY_LEAD)
    return redirect("portal:people", centre.pk)


def _done(
    request: CentreRequest, form: PersonForm, act: Callable[..., object], centre: FamilyCentre, *, done: str
) -> bool:
    """Call the act with what was entered; a refusal is said on the page, with all input kept."""
    try:
        act(centre, **form.cleaned_data, by=request.user, at=timezone.now())
    except NotPossibleError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, done)
    return True


def _question_about(membership: Membership) -> dict[str, Any]:
    since = date_format(membership.starts_on, "j. F Y")
    return {
        "centre": membership.centre,
        "question": f"Möchten Sie die Vertretung durch {membership.user.name} beenden?",
        "text": f"{membership.user.name} vertritt die Leitung seit {since}.",
        "consequences": [
            "Die Person sieht das Familienzentrum sofort nicht mehr, auch wenn sie gerade angemeldet ist.",
            "Was sie eingetragen hat, bleibt beim Familienzentrum.",
            "Sie bekommt darüber einen Brief.",
        ],
        "action": "Vertretung beenden",
        "back_url": reverse("portal:people", args=[membership.centre_id]),
        "danger": True,
    }
