"""Who gets in: auditors. For anybody else these pages do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from certification.models import Case

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


class AuditorRequest(HttpRequest):
    user: User


def auditors_only(
    view: Callable[Concatenate[AuditorRequest, P], R],
) -> Callable[Concatenate[AuditorRequest, P], R]:
    @wraps(view)
    def guarded(request: AuditorRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if not request.user.is_auditor:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def on_case(
    view: Callable[Concatenate[AuditorRequest, Case, P], R],
) -> Callable[..., R]:
    """For auditors: the view gets the case itself instead of its number `pk`."""

    @wraps(view)
    def loaded(request: AuditorRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        cases = Case.objects.visible_to(request.user, on=timezone.localdate()).with_facts()
        return view(request, get_object_or_404(cases, pk=kwargs.pop("pk")), *args, **kwargs)

    return auditors_only(loaded)
