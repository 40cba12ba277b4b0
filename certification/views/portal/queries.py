"""The questions of the auditor, and the answers of the centre."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.drafts import typed
from certification import workflow
from certification.dossier import Dossier
from certification.evidence import reading
from certification.forms.answering import AnswersForm
from certification.forms.evidence import PapersForm
from certification.views.portal.access import CentreRequest, centres_only, find_dossier
from certification.views.portal.case import moved_on, question_page
from certification.views.portal.display import case_context
from certification.views.portal.evidence import keep_what_is_good, kept_before, lead_on
from certification.workflow import NotAllowedError


@centres_only
@question_page
def answer(request: CentreRequest, pk: int) -> HttpResponse:
    """Every open question with room for its answer and what proves it, and the earlier ones to read.

    Drafts are kept until sent. A file that is no good keeps the answers from being sent, and nothing from being kept.
    """
    dossier = find_dossier(request, pk, today=timezone.localdate())
    if not dossier.open_queries:
        return moved_on(request, dossier)
    form, papers = AnswersForm(typed(request), queries=dossier.open_queries), _papers(request, dossier)
    if request.method == "POST":
        is_whole, papers = form.is_valid(), _kept(request, dossier, form, papers)
        if any(each.is_bound for each in papers):
            _save(request, dossier, form)
        elif is_whole and form.is_valid():
            act = _save if "entwurf" in request.POST else _send
            if to := act(request, dossier, form):
                return lead_on(request, to)
    reading.lay_beside(dossier.queries)
    waiting = [
        (query, form[form.name(query)], each) for query, each in zip(dossier.open_queries, papers, strict=True)
    ]
    wrong = [each for each in papers if each.errors]
    context = case_context(dossier) | {"waiting": waiting, "form": form, "also_wrong": wrong}
    return render(request, "portal/answer.html", context)


def _papers(request: CentreRequest, dossier: Dossier) -> list[PapersForm]:
    """Room for files beside each question, in the same order."""
    said, forms = typed(request), []
    asks = any(query.criterion_id is None for query in dossier.open_queries)
    criteria = reading.criteria_for(dossier.case) if asks else []
    for query in dossier.open_queries:
        sent = said.getlist(f"{PapersForm.prefix_of(query)}-stored") if said else []
        earlier = kept_before(request, dossier.case.centre, sent)
        options: dict[str, Any] = {"criteria": criteria, "today": dossier.today, "earlier": earlier}
        forms.append(PapersForm(said, request.FILES, query=query, **options))
    return forms


def _kept(request: CentreRequest, dossier: Dossier, form: AnswersForm, papers: list[PapersForm]) -> list[PapersForm]:
    """Keep every good file. Where nothing is wrong the form is fresh again; what was in it lies with the question."""
    case, shown = dossier.case, []
    for each in papers:
        try:
            kept = each.is_bound and keep_what_is_good(request, each, case.centre, case, query=each.query)
        except NotAllowedError as error:
            form.add_error(None, dossier.refusal(error))
            kept = None
        shown.append(each.fresh() if kept else each)
    return shown


def _save(request: CentreRequest, dossier: Dossier, form: AnswersForm) -> str:
    """Where to go on; nowhere if the answers cannot be kept."""
    at, drafts = timezone.now(), form.drafts
    try:
        workflow.save_drafts(dossier.case, by=request.user, at=at, drafts=drafts)
    except NotAllowedError as error:
        form.add_error(None, dossier.refusal(error))
        return ""
    clock = date_format(timezone.localtime(at), "H:i")
    messages.success(request, f"Der Entwurf ist um {clock} Uhr gespeichert. Gesendet ist noch nichts.")
    return reverse("portal:answer", args=[dossier.case.pk])


def _send(request: CentreRequest, dossier: Dossier, form: AnswersForm) -> str:
    """Where to go on; nowhere if it cannot be sent: then it stays on the page as it was typed."""
    try:
        step = workflow.answer(dossier.case, by=request.user, at=timezone.now(), answers=form.answers)
    except NotAllowedError as error:
        form.add_error(None, dossier.refusal(error))
        return ""
    if step is None:
        messages.success(request, "Ihre Antwort ist eingegangen. Bitte beantworten Sie auch die übrigen Rückfragen.")
        return reverse("portal:answer", args=[dossier.case.pk])
    messages.success(request, "Ihre Antwort ist eingegangen. Die Zertifizierungsstelle prüft weiter.")
    return reverse("portal:case", args=[dossier.case.pk])
