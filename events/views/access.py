"""Who gets in: the service office, and the ministry that hosts with it. For anybody else these pages do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.models import Role, User
from events.models import InfoEvent

P = ParamSpec("P")


class OfficeRequest(HttpRequest):
    user: User


def office_only(
    view: Callable[Concatenate[OfficeRequest, P], HttpResponseBase],
) -> Callable[Concatenate[OfficeRequest, P], HttpResponseBase]:
    @wraps(view)
    def guarded(request: OfficeRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.role not in {Role.SERVICE_OFFICE, Role.MINISTRY}:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def on_event(
    view: Callable[Concatenate[OfficeRequest, InfoEvent, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """For the service office: the view gets the event itself instead of its number `pk`."""

    @wraps(view)
    def loaded(request: OfficeRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        events = InfoEvent.objects.visible_to(request.user).select_related("series")
        return view(request, get_object_or_404(events, pk=kwargs.pop("pk")), *args, **kwargs)

    return office_only(loaded)
