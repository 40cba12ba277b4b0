"""Ending letters one may do without: by the link in the letter, without signing in, and on the own page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from centres import subscriptions
from centres.models import Letter
from centres.rules.subscriptions import KINDS, kind_of

METHODS = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@csrf_exempt  # the mail program of the recipient posts here (RFC 8058): the signed link is what proves the right
@never_cache
@METHODS
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing: programs that look through mail follow every link."""
    letter = subscriptions.find(token)
    if letter is None:
        raise Http404
    kind = kind_of(letter.rule)
    if request.method == "POST":
        _choose(letter, kind, wanted="wieder" in request.POST)
    ended = not subscriptions.wanted(letter.to)[kind]
    context = {"kind": KINDS[kind], "address": letter.to, "ended": ended, "asked": request.method == "POST"}
    return render(request, "post/unsubscribe.html", context)


def _choose(letter: Letter, kind: str, *, wanted: bool) -> None:
    act = subscriptions.resume if wanted else subscriptions.end
    act(letter.to, kind, at=timezone.now())


@METHODS
def letter_settings(request: HttpRequest) -> HttpResponse:
    """What the person gets by e-mail and may do without."""
    assert isinstance(request.user, User)  # noqa: S101 - LoginRequiredMiddleware lets nobody else in
    address = request.user.email
    wanted = subscriptions.wanted(address)
    if request.method == "POST":
        _set(address, wanted, set(request.POST.getlist("kind")))
        messages.success(request, "Gespeichert.")
        return redirect("letter_settings")
    kinds = [(kind, name, wanted[kind]) for kind, name in KINDS.items()]
    return render(request, "post/settings.html", {"kinds": kinds, "address": address})


def _set(address: str, before: dict[str, bool], chosen: set[str]) -> None:
    now = timezone.now()
    for kind, wanted in before.items():
        if wanted and kind not in chosen:
            subscriptions.end(address, kind, at=now)
        if not wanted and kind in chosen:
            subscriptions.resume(address, kind, at=now)
