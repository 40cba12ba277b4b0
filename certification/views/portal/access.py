"""Who may come in, and how each page finds what it is about: always through what the person may see."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Role, User
from centres.models import FamilyCentre
from certification.dossier import Dossier, dossier_of
from certification.models import Case

P = ParamSpec("P")
NOT_HERE = "Diese Seite ist den Familienzentren vorbehalten. Ihr Arbeitsplatz ist hier."


class CentreRequest(HttpRequest):
    """A request of someone who acts for centres."""

    user: User


def centres_only(
    view: Callable[Concatenate[CentreRequest, P], HttpResponseBase],
) -> Callable[Concatenate[CentreRequest, P], HttpResponseBase]:
    """Leads and deputies come in; everybody else is led to the own place, and may change nothing here."""

    @wraps(view)
    def guarded(request: CentreRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.role == Role.CENTRE:
            return view(request, *args, **kwargs)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        messages.info(request, NOT_HERE)
        return redirect("home")

    return guarded


def find_centre(request: CentreRequest, pk: int, *, today: date) -> FamilyCentre:
    """The centre, or 404 for whoever does not act for it today."""
    return get_object_or_404(FamilyCentre.objects.visible_to(request.user, on=today), pk=pk)


def find_case(request: CentreRequest, pk: int, *, today: date) -> Case:
    """The case, or 404 for whoever may not see it."""
    # Not `with_facts`: PostgreSQL would plan for longer than it reads, and a centre sees no more than these.
    cases = Case.objects.visible_to(request.user, on=today).select_related("centre", "round__edition")
    return get_object_or_404(cases, pk=pk)


def find_dossier(request: CentreRequest, pk: int, *, today: date) -> Dossier:
    return dossier_of(find_case(request, pk, today=today), today=today)
