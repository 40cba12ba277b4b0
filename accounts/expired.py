"""A form that arrives too late: the session is over, or the protection against forgery was renewed by signing in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts import drafts
from accounts.models import User

SIGN_IN = "Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich wieder an."
KEPT = " Was Sie eingegeben haben, ist aufgehoben und steht danach wieder im Formular."
FILES = " Dateien wählen Sie dann bitte noch einmal aus."


class KeepTyped:
    """Keeps what was posted by somebody whose session is over, see `accounts.drafts`. Stands before what asks for it.

    The protection against forgery has looked at the form before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if drafts.is_kept(request) and request.user.is_authenticated:
            drafts.remember_who(request, response)
            if request.method == "POST" and response.status_code < 400 and not hasattr(response, "kept"):
                drafts.forget(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if request.method != "POST" or not drafts.is_kept(request) or not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return redirect(drafts.page_of(request)) if drafts.DISCARD in request.POST else None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form from before the last sign-in comes back filled in; one from elsewhere is refused and nothing is kept."""
    if not drafts.is_kept(request) or not _came_from_here(request):
        return render(request, "403_csrf.html", status=403)
    if not isinstance(request.user, User):
        return _to_sign_in(request)
    return _keep(request, request.user, redirect(drafts.page_of(request)))


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    owner = drafts.last_signed_in(request)
    has_something = owner is not None and any(name not in drafts.NEVER_KEPT for name in request.POST)
    if not request.headers.get("HX-Request"):
        files = FILES if request.FILES else ""
        messages.info(request, SIGN_IN + (KEPT + files if has_something else ""))
    response = redirect_to_login(drafts.page_of(request), str(settings.LOGIN_URL))
    return _keep(request, owner, response) if owner and has_something else _for_script(request, response)


def _keep(request: HttpRequest, owner: User, response: HttpResponseBase) -> HttpResponseBase:
    token = drafts.keep(request, owner, at=timezone.now())
    response = _for_script(request, response)
    response.kept = True  # type: ignore[attr-defined]
    drafts.give_token(response, token)
    return response


def _for_script(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """htmx would follow a redirect unseen; the page shows the way to sign in by itself."""
    return HttpResponse(status=401) if request.headers.get("HX-Request") else response


def _came_from_here(request: HttpRequest) -> bool:
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in {own, *settings.CSRF_TRUSTED_ORIGINS}
