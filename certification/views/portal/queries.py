"""The questions of the auditor, and the answers of the centre."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format

from accounts.drafts import typed
from certification import workflow
from certification.dossier import Dossier
from certification.forms.answering import AnswersForm
from certification.views.portal.access import CentreRequest, centres_only, find_dossier
from certification.views.portal.case import moved_on, question_page
from certification.views.portal.display import case_context
from certification.workflow import NotAllowedError


@centres_only
@question_page
def answer(request: CentreRequest, pk: int) -> HttpResponse:
    """Every open question with room for its answer, and the earlier ones to read. Drafts are kept until sent."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    if not dossier.open_queries:
        return moved_on(request, dossier)
    form = AnswersForm(typed(request), queries=dossier.open_queries)
    if request.method == "POST" and form.is_valid():
        return _save(request, dossier, form) if "entwurf" in request.POST else _send(request, dossier, form)
    return _page(request, dossier, form)


def _page(request: CentreRequest, dossier: Dossier, form: AnswersForm) -> HttpResponse:
    waiting = [(query, form[form.name(query)]) for query in dossier.open_queries]
    return render(request, "portal/answer.html", case_context(dossier) | {"waiting": waiting, "form": form})


def _save(request: CentreRequest, dossier: Dossier, form: AnswersForm) -> HttpResponse:
    at = timezone.now()
    try:
        workflow.save_drafts(dossier.case, by=request.user, at=at, drafts=form.answers)
    except NotAllowedError as error:
        form.add_error(None, dossier.refusal(error))
        return _page(request, dossier, form)
    clock = date_format(timezone.localtime(at), "H:i")
    messages.success(request, f"Der Entwurf ist um {clock} Uhr gespeichert. Gesendet ist noch nichts.")
    return redirect("portal:answer", dossier.case.pk)


def _send(request: CentreRequest, dossier: Dossier, form: AnswersForm) -> HttpResponse:
    """What cannot be sent stays on the page as it was typed."""
    try:
        step = workflow.answer(dossier.case, by=request.user, at=timezone.now(), answers=form.answers)
    except NotAllowedError as error:
        form.add_error(None, dossier.refusal(error))
        return _page(request, dossier, form)
    if step is None:
        messages.success(request, "Ihre Antwort ist eingegangen. Bitte beantworten Sie auch die übrigen Rückfragen.")
        return redirect("portal:answer", dossier.case.pk)
    messages.success(request, "Ihre Antwort ist eingegangen. Die Zertifizierungsstelle prüft weiter.")
    return redirect("portal:case", dossier.case.pk)
