"""The visit as the centre sees it: choose a time, prepare, move it once."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.drafts import typed
from centres.calendar import Method, calendar_file, content_type
from certification import workflow
from certification.dossier import Dossier
from certification.forms.answering import MoveForm, OtherSlotsForm, SlotForm
from certification.models import SiteVisit, VisitSlot
from certification.rules.moves import State
from certification.views.portal.access import CentreRequest, centres_only, find_case, find_dossier
from certification.views.portal.case import act_on, moved_on, question_page
from certification.views.portal.display import case_context
from certification.visit_calendar import FILE, entry_of, place_of
from certification.workflow import NotAllowedError


@centres_only
@question_page
def visit(request: CentreRequest, pk: int) -> HttpResponse:
    """The times to choose from; once one is agreed, the visit and what to prepare for it."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    if dossier.visit:
        return _visit_page(request, dossier, dossier.visit)
    slots = free_slots(dossier)
    if not slots:
        return moved_on(request, dossier)
    form = SlotForm(typed(request), slots=slots)
    if request.method == "POST" and form.is_valid():
        try:
            workflow.agree_visit(dossier.case, by=request.user, at=timezone.now(), **form.cleaned_data)
        except NotAllowedError as error:
            form.add_error(None, dossier.refusal(error))
        else:
            messages.success(request, "Der Termin ist vereinbart. Sie bekommen ihn auch per Brief.")
            return redirect("portal:visit", pk)
    return _page(request, "portal/visit_choose.html", dossier, form=form, slots=slots, asked=_asked(dossier))


@centres_only
@question_page
def move(request: CentreRequest, pk: int) -> HttpResponse:
    """Another of the times offered, once and with a reason."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    if not may_move(dossier):
        return moved_on(request, dossier)
    slots = free_slots(dossier)
    form = MoveForm(typed(request), slots=slots)
    if request.method == "POST" and form.is_valid():
        try:
            workflow.move_visit(dossier.case, by=request.user, at=timezone.now(), **form.cleaned_data)
        except NotAllowedError as error:
            form.add_error(None, dossier.refusal(error))
        else:
            messages.success(request, "Die Begehung ist verlegt. Sie bekommen den neuen Termin auch per Brief.")
            return redirect("portal:visit", pk)
    return _page(request, "portal/visit_move.html", dossier, form=form, slots=slots, visit=dossier.visit)


@centres_only
@question_page
def other(request: CentreRequest, pk: int) -> HttpResponse:
    """None of the times suits: ask for others, with a reason."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    if _asked(dossier) or not (may_move(dossier) if dossier.visit else free_slots(dossier)):
        return moved_on(request, dossier)
    form = OtherSlotsForm(typed(request))
    if request.method == "POST" and form.is_valid():
        done = "Ihre Bitte um andere Termine ist eingegangen. Sie bekommen einen Brief, sobald es neue gibt."
        return act_on(request, dossier, workflow.ask_for_other_slots, done=done, **form.cleaned_data)
    return _page(request, "portal/visit_other.html", dossier, form=form)


@centres_only
@require_safe
def calendar(request: CentreRequest, pk: int) -> HttpResponse:
    """The visit for a calendar; a later file of the same visit replaces it there."""
    case = find_case(request, pk, today=timezone.localdate())
    standing = SiteVisit.objects.live().select_related("case__centre")
    found = get_object_or_404(standing, case=case)
    entry = entry_of(found, url=f"{settings.SITE_URL}{reverse('portal:visit', args=[pk])}")
    headers = {"Content-Disposition": f'attachment; filename="{FILE}"'}
    return HttpResponse(calendar_file([entry]), content_type=content_type(Method.PUBLISH), headers=headers)


def free_slots(dossier: Dossier) -> list[VisitSlot]:
    """What can still be had at this minute, each with its facilities."""
    free = _not_yet_begun(dossier)
    prefetch_related_objects(free, "facilities")
    return free


def _not_yet_begun(dossier: Dossier) -> list[VisitSlot]:
    now = timezone.now()
    return [slot for slot in dossier.slots if slot.starts_at > now]


def may_move(dossier: Dossier) -> bool:
    agreed = dossier.visit
    if agreed is None or dossier.case.state != State.VISIT_AGREED:
        return False
    return agreed.held_on is None and agreed.starts_at > timezone.now() and not agreed.moved_by_centre


def _asked(dossier: Dossier) -> bool:
    return bool(dossier.case.slot_requests.filter(done_at=None).exists())


def _visit_page(request: CentreRequest, dossier: Dossier, agreed: SiteVisit) -> HttpResponse:
    context = {
        "visit": agreed,
        "place": place_of(agreed),
        "ahead": agreed.held_on is None and timezone.localdate(agreed.starts_at) >= dossier.today,
        "may_move": may_move(dossier),
        "slots": _not_yet_begun(dossier),
        "asked": _asked(dossier),
        "moves": agreed.moves.order_by("at"),
    }
    return _page(request, "portal/visit.html", dossier, **context)


def _page(request: CentreRequest, template: str, dossier: Dossier, **context: Any) -> HttpResponse:
    return render(request, template, case_context(dossier) | context)
