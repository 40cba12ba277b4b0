from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.drafts import typed
from centres.models import Facility, FamilyCentre, Subject
from centres.proposals import Wish
from centres.register import BELONGS, DOES_NOT_BELONG
from certification import sealing
from certification.forms.master_data import AwardDayForm, MemberForm, NewcomerForm, ProposalReasonForm
from certification.networks import Effect, Network, network_of
from certification.rules.rounds import explain_renewal
from certification.views.portal.access import CentreRequest, centres_only, find_centre
from certification.views.portal.master_data import SENT, proposals_of, question_page, sent

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a network, by the word in the address. `effect` says what it would mean."""

    subject: Subject
    question: str
    day: str
    effect: Callable[[Network, Facility, date], Effect]
    new: str = ""
    day_help: str = ""


CHANGES = {
    "beitritt": Change(
        Subject.JOINING,
        "Welche Einrichtung kommt hinzu?",
        "",
        lambda network, facility, on: network.joining(facility, on),
        new=BELONGS,
    ),
    "austritt": Change(
        Subject.LEAVING,
        "Welche Einrichtung scheidet aus?",
        "Letzter Tag im Verbund",
        lambda network, facility, on: network.leaving(facility, on),
        new=DOES_NOT_BELONG,
        day_help="An diesem Tag gehört die Einrichtung noch dazu.",
    ),
    "zuschussempfaenger": Change(
        Subject.GRANT_RECIPIENT,
        "Wer soll Zuschussempfänger sein?",
        "Ab wann?",
        lambda network, facility, on: network.taking("grant_recipient", facility, on),
    ),
    "kontakteinrichtung": Change(
        Subject.CONTACT,
        "Wer soll Kontakteinrichtung sein?",
        "Ab wann?",
        lambda network, facility, on: network.taking("contact", facility, on),
    ),
}


@centres_only
@require_safe
def network(request: CentreRequest, pk: int) -> HttpResponse:
    """The facilities of a network with their dates and tasks, and what is unusual about it."""
    today = timezone.localdate()
    found = _network(request, pk, today=today)
    context = {
        "centre": found.centre,
        "network": found,
        "members": found.members,
        **proposals_of(request, found.centre, today=today),
    }
    return render(request, "portal/network.html", context)


@centres_only
@question_page
def change(request: CentreRequest, pk: int, what: str) -> HttpResponse:
    """First which facility and when; then what it would mean, and why it should be so."""
    today = timezone.localdate()
    found, topic = _network(request, pk, today=today), CHANGES.get(what)
    if topic is None:
        raise Http404
    said = typed(request)
    form = _change_form(found, topic, said if said is not None else _asked(request))
    effect = _effect(found, topic, form)
    why = ProposalReasonForm(said, unusual=bool(effect.warnings)) if effect else None
    if request.method == "POST" and effect and why and why.is_valid():
        wish = _wish(topic, form, effect, why.cleaned_data)
        if sent(request, found.centre, wish, why):
            messages.success(request, SENT)
            return redirect("portal:network", pk)
    context = {"centre": found.centre, "topic": topic, "form": form, "effect": effect, "why": why, "what": what}
    return render(request, "portal/network_change.html", context)


@centres_only
@require_safe
def what_if(request: CentreRequest, pk: int) -> HttpResponse:
    """Dates and consequences as sentences; nothing is saved."""
    today = timezone.localdate()
    found = network_of(find_centre(request, pk, today=today), today=today)
    award = AwardDayForm(request.GET if "am" in request.GET else None)
    context: dict[str, Any] = {"centre": found.centre, "award": award}
    if award.is_bound and award.is_valid():
        context |= _award(found.centre, award.cleaned_data["am"])
    if found.centre.is_network:
        leaving = _member_form(found, CHANGES["austritt"], _asked(request))
        context |= {"leaving": leaving, "effect": _effect(found, CHANGES["austritt"], leaving)}
    return render(request, "portal/what_if.html", context)


def _network(request: CentreRequest, pk: int, *, today: date) -> Network:
    centre = find_centre(request, pk, today=today)
    if not centre.is_network:
        raise Http404
    return network_of(centre, today=today)


def _asked(request: CentreRequest) -> QueryDict | None:
    """The facility and the day in the address, where they were chosen already."""
    return request.GET if "on" in request.GET else None


def _change_form(found: Network, topic: Change, data: QueryDict | None) -> forms.Form:
    if topic.subject == Subject.JOINING:
        return NewcomerForm(data)
    return _member_form(found, topic, data)


def _member_form(found: Network, topic: Change, data: QueryDict | None) -> forms.Form:
    members = [member.facility for member in (*found.members, *found.coming)]
    return MemberForm(data, members=members, label=topic.day, help_text=topic.day_help)


def _effect(found: Network, topic: Change, form: forms.Form) -> Effect | None:
    if not form.is_bound or not form.is_valid():
        return None
    return topic.effect(found, _facility(form), form.cleaned_data["on"])


def _facility(form: Any) -> Facility:
    chosen: Facility = (
        form.cleaned_data["number"] if isinstance(form, NewcomerForm) else form.cleaned_data["facility"]
    )
    return chosen


def _wish(topic: Change, form: forms.Form, effect: Effect, why: dict[str, str]) -> Wish:
    facility = _facility(form)
    return Wish(
        topic.subject,
        new=topic.new or facility.name,
        reason=why["reason"],
        facility=facility,
        effective_on=form.cleaned_data["on"],
        exception_reason=why.get("exception_reason", ""),
        effect=effect.shown,
    )


def _award(centre: FamilyCentre, on: date) -> dict[str, Any]:
    try:
        plan = sealing.planned(centre, on=on)
    except sealing.NotPossibleError as error:
        return {"refusal": str(error)}
    return {"plan": plan, "renewal": explain_renewal(plan.valid_through)}
