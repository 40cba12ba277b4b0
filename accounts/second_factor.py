"""Who must not work without a second factor, and where they are led until they have one."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from accounts.models import Role, User

STAFF = {Role.MINISTRY, Role.AUDITOR, Role.SERVICE_OFFICE}
OPEN_TO_ALL = ("/konto/", "/static/", "/barrierefreiheit/", "/datenschutz/", "/impressum/", "/feedback/", "/healthz")
FIRST = "Für Ihre Aufgabe ist ein zweiter Schritt der Anmeldung Pflicht. Bitte richten Sie ihn jetzt ein."


def is_required(user: User) -> bool:
    return bool(settings.SECOND_FACTOR_REQUIRED) and user.role in STAFF


class SecondFactorMiddleware:
    """Staff without a second factor reach the pages where they set one up, and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SECOND_FACTOR_REQUIRED and not _is_open(request) and _is_missing(request.user):
            messages.warning(request, FIRST)
            return redirect("mfa_index")
        return self.get_response(request)


def _is_missing(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and is_required(user) and not is_mfa_enabled(user)


def _is_open(request: HttpRequest) -> bool:
    return request.path.startswith(OPEN_TO_ALL)
