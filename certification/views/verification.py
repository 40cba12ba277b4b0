"""The public page that says whether a certificate is genuine and its seal in force. No sign-in, no script."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from centres.throttle import Throttle
from certification import verification
from certification.forms.verification import CheckForm
from certification.verification import Answer

# Public ids cannot be guessed; numbers can. So each look-up by number counts, and each miss.
ATTEMPTS = 30
THROTTLE = Throttle("verification", ATTEMPTS, window=10 * 60)


@login_not_required
@never_cache
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """A form for the number or address on the paper; with `?nummer=` the answer."""
    form = CheckForm(request.GET or None)
    if not form.is_valid():
        return render(request, "certification/siegel.html", {"form": form})
    if THROTTLE.is_over(request):
        return _wait(request)
    today = timezone.localdate()
    if number := form.cleaned_data["number"]:
        THROTTLE.count(request)
        return _say(request, verification.by_number(number, today=today))
    return _look_up(request, form.cleaned_data["public_id"])


@login_not_required
@never_cache
@require_safe
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the code on the paper leads."""
    return _wait(request) if THROTTLE.is_over(request) else _look_up(request, public_id)


def _look_up(request: HttpRequest, public_id: str) -> HttpResponse:
    found = verification.by_public_id(public_id, today=timezone.localdate())
    if not found.known:
        THROTTLE.count(request)
    return _say(request, found)


def _say(request: HttpRequest, found: Answer) -> HttpResponse:
    """The same status and page for every answer."""
    context = {"answer": found, "today": timezone.localdate(), "form": CheckForm()}
    response = render(request, "certification/siegel_answer.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _wait(request: HttpRequest) -> HttpResponse:
    context = {"form": CheckForm(), "wait": True}
    response = render(request, "certification/siegel.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(THROTTLE.window)
    return response
