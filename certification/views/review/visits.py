"""Times for a visit, offered, agreed, moved and called off by the auditor."""

from dataclasses import replace
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from certification import visit_pack, workflow
from certification.forms.answering import slot_label
from certification.forms.review import StartForm
from certification.forms.visiting import CancelVisitForm, MoveVisitForm, OffersForm, VisitForm
from certification.models import Case, SchoolHolidays
from certification.rules.periods import long_date
from certification.views.review.access import AuditorRequest, on_case
from certification.views.review.act_page import ActPage, act_page, posted
from certification.workflow.visiting import OFFERING

VISIT = ActPage(
    "Begehung vereinbaren",
    "Begehung vereinbaren",
    "Die Begehung ist vereinbart.",
    "agree_visit",
    text="Bitte halten Sie den Termin fest, den Sie mit dem Familienzentrum abgesprochen haben.",
    consequences=[
        "Das Familienzentrum bekommt einen Brief mit dem Termin und einer Kalenderdatei, Sie auch.",
        "Sie sind als besuchende Person vermerkt.",
        "Wochenenden, Feiertage und Schulferien brauchen einen Grund; zwei Begehungen zugleich gehen nicht.",
    ],
)
MOVE = ActPage(
    "Begehung verlegen",
    "Begehung verlegen",
    "Die Begehung ist verlegt.",
    text="Bitte verlegen Sie nur, was Sie mit dem Familienzentrum abgesprochen haben.",
    consequences=[
        "Das Familienzentrum bekommt einen Brief; die Kalenderdatei ersetzt den alten Termin.",
        "Wochenenden, Feiertage und Schulferien brauchen einen Grund; zwei Begehungen zugleich gehen nicht.",
    ],
)
CANCEL = ActPage(
    "Begehung absagen",
    "Begehung absagen",
    "Die Begehung ist abgesagt.",
    "cancel_visit",
    consequences=[
        "Der Fall ist wieder in Prüfung; angebotene Termine sind zurückgezogen.",
        "Das Familienzentrum bekommt einen Brief; die Kalenderdatei nimmt den Termin heraus.",
    ],
)
asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@on_case
def offer(request: AuditorRequest, case: Case) -> HttpResponse:
    """Offer times among which the centre chooses."""
    if case.state not in OFFERING:
        messages.error(request, "Termine lassen sich anbieten, wenn die Prüfung begonnen hat und bis zur Begehung.")
        return redirect("review:case", case.pk)
    page = ActPage(
        "Termine für die Begehung anbieten",
        "Termine anbieten",
        "Die Termine sind angeboten.",
        facts=_facts(case),
        consequences=[
            "Das Familienzentrum bekommt einen Brief und wählt im Portal einen der Termine.",
            "Wochenenden, Feiertage und Ihre anderen Begehungen gehen nicht; Schulferien brauchen einen Grund.",
        ],
        template="review/offer.html",
    )
    act = partial(workflow.offer_slots, case, by=request.user, at=timezone.now())
    return act_page(request, case, page, OffersForm(posted(request), case=case), act)


@asking
@on_case
def withdraw(request: AuditorRequest, case: Case) -> HttpResponse:
    page = ActPage(
        "Angebotene Termine zurückziehen",
        "Termine zurückziehen",
        "Die Termine sind zurückgezogen.",
        facts=_facts(case),
        consequences=["Das Familienzentrum bekommt einen Brief, dass es zurzeit keinen Termin wählen muss."],
    )
    act = partial(workflow.withdraw_slots, case, by=request.user, at=timezone.now())
    return act_page(request, case, page, StartForm(posted(request)), act)


@asking
@on_case
def visit(request: AuditorRequest, case: Case) -> HttpResponse:
    act = partial(workflow.agree_visit, case, by=request.user, at=timezone.now())
    return act_page(request, case, VISIT, VisitForm(posted(request), case=case), act)


@asking
@on_case
def move(request: AuditorRequest, case: Case) -> HttpResponse:
    agreed = case.visits.live().first()
    if agreed is None:
        messages.error(request, "Es ist keine Begehung vereinbart.")
        return redirect("review:case", case.pk)
    page, form = replace(MOVE, facts=agreed_facts(case)), MoveVisitForm(posted(request), case=case, agreed=agreed)
    act = partial(workflow.move_visit, case, by=request.user, at=timezone.now())
    return act_page(request, case, page, form, act)


@asking
@on_case
def cancel(request: AuditorRequest, case: Case) -> HttpResponse:
    act = partial(workflow.cancel_visit, case, by=request.user, at=timezone.now())
    return act_page(request, case, replace(CANCEL, facts=agreed_facts(case)), CancelVisitForm(posted(request)), act)


def agreed_facts(case: Case) -> list[tuple[str, str]]:
    """Which visit the page is about."""
    agreed = case.visits.live().select_related("visitor").first()
    return [("Vereinbart ist", slot_label(agreed)), ("Es besucht", agreed.visitor.name)] if agreed else []


def _facts(case: Case) -> list[tuple[str, str]]:
    """What is offered so far, what the centre asks for, and how far the school holidays are known."""
    slots = case.slots.open(at=timezone.now()).prefetch_related("facilities").order_by("starts_at")
    offered = "\n\n".join(slot_label(slot) for slot in slots)
    wanted = case.slot_requests.filter(done_at=None).first()
    last = SchoolHolidays.objects.order_by("-ends_on").first()
    known = f"eingetragen bis {long_date(last.ends_on)}" if last else "keine eingetragen"
    return [
        ("Begehungen dieser Runde", f"{long_date(case.round.visits_from)} bis {long_date(case.round.visits_until)}"),
        ("Schulferien", known),
        *([("Schon angeboten", offered)] if offered else []),
        *([("Das Zentrum bittet um andere Termine", wanted.reason)] if wanted else []),
    ]


@require_safe
@on_case
def pack(request: AuditorRequest, case: Case) -> HttpResponse:
    """What to take along to the visit that is agreed."""
    agreed = get_object_or_404(case.visits.live().select_related("visitor"))
    response = HttpResponse(visit_pack.printed(agreed, case, at=timezone.now()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="Begehung-{case.centre.certification_number}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
