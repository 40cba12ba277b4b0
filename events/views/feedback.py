"""Answering the questions after an event, by the link in a letter. What is stored names nobody."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events import feedback
from events.forms.feedback import FeedbackForm

PAGE = "events/public/feedback.html"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Looking uses nothing up, so that a mail scanner may follow the link; answering does."""
    found = feedback.registration_of(token)
    if found is None:
        return render(request, "events/public/no_such_link.html", status=HTTPStatus.NOT_FOUND)
    if not feedback.may_answer(found):
        return render(request, PAGE, {"event": found.event, "answered": True})
    posted = request.POST if request.method == "POST" else None
    form = FeedbackForm(posted, questions=found.event.feedback.order_by("position", "pk"))
    if form.is_valid():
        try:
            feedback.answer(found, form.answers)
        except feedback.NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            return render(request, PAGE, {"event": found.event, "thanks": True})
    return render(request, PAGE, {"event": found.event, "form": form})
