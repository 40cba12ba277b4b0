from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.drafts import typed
from centres import facts
from certification import workflow
from certification.certificates import certificate_response
from certification.dossier import Dossier, who, why
from certification.durations import promise_to_centre
from certification.evidence.reading import before_hand_in, lay_beside
from certification.forms.portal import WithdrawalForm
from certification.models import Certificate, Receipt
from certification.next_step import may_withdraw
from certification.questionnaire import questionnaire_of
from certification.receipts import receipt_response
from certification.rules.moves import State
from certification.scoring import result_of
from certification.views.portal.access import CentreRequest, centres_only, find_dossier
from certification.views.portal.display import case_context, checks, round_facts
from certification.workflow import NotAllowedError

question_page = require_http_methods(["GET", "HEAD", "POST"])


@centres_only
@require_safe
def case(request: CentreRequest, pk: int) -> HttpResponse:
    """Everything a centre may know about its case."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    steps = [(step, who(step), why(step)) for step in dossier.steps()]
    lay_beside(dossier.queries)
    context = case_context(dossier) | {
        "facts": [*round_facts(dossier), *_briefings(dossier)],
        "steps": steps,
        "receipt": next((step.receipt for step, *_ in steps if hasattr(step, "receipt")), None),
        "may_withdraw": may_withdraw(dossier.situation),
        "promise": promise_to_centre(dossier.situation, dossier.today),
        "objections": dossier.case.objections.order_by("-received_on", "-pk") if dossier.outcome else (),
    }
    return render(request, "portal/case.html", context)


@centres_only
@question_page
def register(request: CentreRequest, pk: int) -> HttpResponse:
    """Confirm taking part."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    if dossier.case.state != State.INVITED:
        return moved_on(request, dossier)
    if request.method == "POST":
        return act_on(request, dossier, workflow.register, done="Ihre Teilnahme ist bestätigt.")
    return render(request, "portal/register.html", case_context(dossier) | {"facts": round_facts(dossier)})


@centres_only
@question_page
def submit(request: CentreRequest, pk: int) -> HttpResponse:
    """What is missing, what counts, what happens next; then hand in."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    if dossier.case.state != State.REGISTERED:
        return moved_on(request, dossier)
    if request.method == "POST":
        return act_on(request, dossier, workflow.submit, done="Ihre Unterlagen sind eingereicht.")
    found = questionnaire_of(dossier.case)
    so_far = checks(found, result_of(dossier.case, answers=found.answers.values()))
    evidence = before_hand_in(dossier.case, found.claimed, today=dossier.today)
    context = case_context(dossier) | {"questionnaire": found, "checks": so_far, "evidence": evidence}
    return render(request, "portal/submit.html", context)


@centres_only
@question_page
def withdraw(request: CentreRequest, pk: int) -> HttpResponse:
    """Give up taking part, with a reason."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    if not may_withdraw(dossier.situation):
        return moved_on(request, dossier)
    form = WithdrawalForm(typed(request))
    if request.method == "POST" and form.is_valid():
        done = "Ihr Rücktritt ist vermerkt."
        return act_on(request, dossier, workflow.withdraw, done=done, reason=form.cleaned_data["reason"])
    return render(request, "portal/withdraw.html", case_context(dossier) | {"form": form})


@centres_only
@require_safe
def receipt(request: CentreRequest, pk: int) -> HttpResponseBase:
    visible = Receipt.objects.visible_to(request.user, on=timezone.localdate())
    return receipt_response(get_object_or_404(visible.printed(), step__case=pk))


@centres_only
@require_safe
def certificate(request: CentreRequest, pk: int) -> HttpResponseBase:
    visible = Certificate.objects.visible_to(request.user, on=timezone.localdate())
    return certificate_response(get_object_or_404(visible.issued(), pk=pk))


def act_on(
    request: CentreRequest, dossier: Dossier, act: Callable[..., object], *, done: str, **given: object
) -> HttpResponse:
    """Call the act and tell how it went; either way the case's page shows where things stand."""
    try:
        act(dossier.case, by=request.user, at=timezone.now(), **given)
    except NotAllowedError as error:
        messages.error(request, dossier.refusal(error))
    else:
        messages.success(request, done)
    return redirect("portal:case", dossier.case.pk)


def moved_on(request: CentreRequest, dossier: Dossier) -> HttpResponse:
    """The page belongs to a stage the case is not in, for example after the back button."""
    label, _ = dossier.state
    messages.info(request, f"Dieser Schritt ist gerade nicht möglich. Stand des Falls: {label}.")
    return redirect("portal:case", dossier.case.pk)


def _briefings(dossier: Dossier) -> list[tuple[str, str]]:
    """Where somebody of the centre was; nothing where nobody was, for nobody has to go."""
    labels = facts.briefings(dossier.case.centre, on=dossier.today)
    return [("Besuchte Informationsveranstaltungen", "\n\n".join(labels))] if labels else []
