"""Pages of the portal, whichever room they belong to: leads and deputies come in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from accounts.models import Role, User

P = ParamSpec("P")
NOT_HERE = "Diese Seite ist den Familienzentren vorbehalten. Ihr Arbeitsplatz ist hier."


class CentreRequest(HttpRequest):
    """A request of someone who acts for centres."""

    user: User


def centres_only(
    view: Callable[Concatenate[CentreRequest, P], HttpResponseBase],
) -> Callable[Concatenate[CentreRequest, P], HttpResponseBase]:
    """Everybody else is led to the own place, and may change nothing here."""

    @wraps(view)
    def guarded(request: CentreRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.role == Role.CENTRE:
            return view(request, *args, **kwargs)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        messages.info(request, NOT_HERE)
        return redirect("home")

    return guarded
