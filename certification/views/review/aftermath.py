"""After a release: propose a correction, decide on it as the second person, record objections."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from certification import workflow
from certification.forms.aftermath import (
    CorrectForm,
    CorrectionForm,
    ObjectionDecisionForm,
    ObjectionForm,
    SendBackCorrectionForm,
)
from certification.models import AreaResult, Case, Outcome, Seal
from certification.permissions import may_record_objections
from certification.rules.aftermath import of_correction
from certification.scoring import result_of
from certification.views.review.access import AuditorRequest, on_case
from certification.views.review.act_page import ActPage, act_page, posted
from certification.workflow.correcting import NOTHING_PROPOSED, NOTHING_TO_CORRECT, PROPOSED_BEFORE
from certification.workflow.objecting import ONLY_THEY

CORRECT = ActPage(
    "Ergebnis berichtigen",
    "Berichtigung vorschlagen",
    "Die Berichtigung ist vorgeschlagen. Eine zweite Person gibt sie frei.",
    template="review/correct.html",
)
RELEASE = ActPage(
    "Berichtigung freigeben",
    "Berichtigung freigeben",
    "Das berichtigte Ergebnis ist freigegeben.",
    consequences=[
        "Das berichtigte Ergebnis gilt; das bisherige bleibt im Fall lesbar.",
        "Das Qualitätsprofil erscheint in einer neuen Fassung, die ihren Grund nennt.",
        "Das Familienzentrum bekommt einen Brief und liest das Ergebnis im Portal.",
    ],
    template="review/correction.html",
)
SEND_BACK = ActPage(
    "Berichtigung zurückgeben",
    "Berichtigung zurückgeben",
    "Die Berichtigung ist zurückgegeben. Das freigegebene Ergebnis gilt weiter.",
    consequences=["Das freigegebene Ergebnis gilt weiter; das Familienzentrum erfährt davon nichts."],
)
OBJECTION = ActPage(
    "Widerspruch festhalten",
    "Widerspruch festhalten",
    "Der Widerspruch ist festgehalten.",
    consequences=[
        "Das Familienzentrum bekommt einen Brief, dass der Widerspruch eingegangen ist.",
        "Am Ergebnis und am Gütesiegel ändert sich dadurch nichts.",
    ],
)
DECISION = ActPage(
    "Über den Widerspruch entscheiden",
    "Entscheidung festhalten",
    "Die Entscheidung ist festgehalten.",
    consequences=[
        "Das Familienzentrum bekommt einen Brief und liest Ausgang und Begründung im Portal.",
        "Muss das Ergebnis geändert werden, schlagen Sie danach eine Berichtigung vor.",
    ],
)
asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@on_case
def correct(request: AuditorRequest, case: Case) -> HttpResponse:
    outcome = case.outcomes.standing().exclude(released_at=None).first()
    if outcome is None or case.outcomes.pending_corrections().exists():
        messages.error(request, PROPOSED_BEFORE if outcome else NOTHING_TO_CORRECT)
        return redirect("review:case", case.pk)
    results = AreaResult.objects.filter(case=case).select_related("area").order_by("area__number")
    computed = result_of(case, by="findings").eligible
    form = CorrectForm(posted(request), outcome=outcome, results=list(results), computed=computed)
    act = partial(workflow.correct_outcome, case, by=request.user, at=timezone.now())
    turned = consequence(case, outcome, eligible=not outcome.eligible)
    return act_page(request, case, CORRECT, form, act, outcome=outcome, turned=turned)


@asking
@on_case
def correction(request: AuditorRequest, case: Case) -> HttpResponse:
    """What changes, for whoever decides on it and, without buttons, for whoever proposed it."""
    waiting = _waiting(case)
    if waiting is None or waiting.replaces is None:
        return _nothing_proposed(request, case)

    def act() -> Outcome:
        return workflow.release_correction(case, by=request.user, at=timezone.now())

    context: dict[str, Any] = {
        "correction": waiting,
        "old": waiting.replaces,
        "areas": waiting.area_corrections.select_related("area").order_by("area__number"),
        "consequence": consequence(case, waiting.replaces, eligible=waiting.eligible),
        "may_decide": waiting.recommended_by_id != request.user.pk,
    }
    return act_page(request, case, RELEASE, CorrectionForm(posted(request), waiting=waiting), act, **context)


@asking
@on_case
def send_back_correction(request: AuditorRequest, case: Case) -> HttpResponse:
    if _waiting(case) is None and request.method != "POST":
        return _nothing_proposed(request, case)
    act = partial(workflow.send_back_correction, case, by=request.user, at=timezone.now())
    return act_page(request, case, SEND_BACK, SendBackCorrectionForm(posted(request)), act)


@asking
@on_case
def objection(request: AuditorRequest, case: Case) -> HttpResponse:
    """Record an objection, or decide on the one that is open."""
    if not may_record_objections(request.user):
        messages.error(request, ONLY_THEY)
        return redirect("review:case", case.pk)
    today, at = timezone.localdate(), timezone.now()
    still_open = case.objections.filter(decided_on=None).first()
    if still_open:
        page = _with_facts(DECISION, [("Widerspruch", str(still_open)), ("Gründe", still_open.grounds)])
        act = partial(workflow.decide_objection, case, by=request.user, at=at)
        return act_page(request, case, page, ObjectionDecisionForm(posted(request), initial=_today(today)), act)
    if not case.outcomes.standing().exclude(released_at=None).exists() and request.method != "POST":
        messages.error(request, "Ein Widerspruch richtet sich gegen ein freigegebenes Ergebnis.")
        return redirect("review:case", case.pk)
    act_ = partial(workflow.record_objection, case, by=request.user, at=at)
    return act_page(request, case, OBJECTION, ObjectionForm(posted(request), initial=_today(today)), act_)


def consequence(case: Case, old: Outcome, *, eligible: bool) -> str:
    seal = Seal.objects.standing().filter(case=case).first()
    through = seal.valid_through if seal else None
    return of_correction(case.state, eligible=eligible, was_eligible=old.eligible, seal_through=through)


def _waiting(case: Case) -> Outcome | None:
    waiting = case.outcomes.pending_corrections().select_related("recommended_by", "replaces__recommended_by")
    return waiting.first()


def _nothing_proposed(request: AuditorRequest, case: Case) -> HttpResponse:
    messages.error(request, NOTHING_PROPOSED)
    return redirect("review:case", case.pk)


def _today(today: date) -> dict[str, date]:
    return {"received_on": today, "decided_on": today}


def _with_facts(page: ActPage, facts: list[tuple[str, str]]) -> ActPage:
    return replace(page, facts=[fact for fact in facts if fact[1]])
