"""What somebody had typed when the session was over: kept, and given back to the same person in the same browser.

A draft is found by two things together: a random token that only this browser has, and the person. Whoever signs in
next at the same computer sees nothing of it; nor does the same person elsewhere. Nothing is ever done with a draft
but to fill in the form again: the person presses the button, or nothing happens. Files are not kept.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.datastructures import MultiValueDict

from accounts.models import Draft, User

TOKEN, WHO = "entwurf", "zuletzt"  # the cookies
DISCARD = "entwurf-verwerfen"  # the button
KEPT_FOR = timedelta(days=7)
MOST = 20  # of one person
NEVER_KEPT = {"csrfmiddlewaretoken"}


def is_kept(request: HttpRequest) -> bool:
    """Whether forms of this part of the site are kept."""
    return request.path.startswith(tuple(settings.DRAFTS_UNDER))


def page_of(request: HttpRequest) -> str:
    """The page with the form, query included: where the browser says it was, else the form's own address.

    What a script sends belongs to its own address: several forms may stand in one page, and none may take the place
    of another.
    """
    if request.headers.get("HX-Request"):
        return request.get_full_path()
    referer = urlsplit(request.headers.get("Referer", ""))
    if referer.netloc == request.get_host() and referer.path.startswith(tuple(settings.DRAFTS_UNDER)):
        return f"{referer.path}?{referer.query}" if referer.query else referer.path
    return request.get_full_path()


@transaction.atomic
def keep(request: HttpRequest, owner: User, *, at: datetime) -> str:
    """Keep what was posted for its owner; the token to give to the browser. Once more replaces what was kept."""
    token = request.COOKIES.get(TOKEN) or secrets.token_urlsafe(32)
    data = {name: values for name, values in request.POST.lists() if name not in NEVER_KEPT}
    Draft.objects.filter(kept_at__lt=at - KEPT_FOR).delete()
    Draft.objects.update_or_create(
        token_hash=_hash(token),
        owner=owner,
        path=_path(page_of(request)),
        defaults={"data": data, "kept_at": at},
    )
    newest = Draft.objects.filter(owner=owner).order_by("-kept_at").values("pk")[:MOST]
    Draft.objects.filter(owner=owner).exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return token


def typed(request: HttpRequest, *, fits: Callable[[QueryDict], bool] = lambda _: True) -> QueryDict | None:
    """What fills a form: what was posted; on the way back from signing in, what had been typed; else nothing.

    Use it in place of `request.POST or None`. A draft that does not fit what the page is about stays where it is.
    """
    if request.method == "POST":
        return request.POST
    draft = _draft(request, request.path)
    if draft is None:
        return None
    data = QueryDict(mutable=True)
    data.update(MultiValueDict(draft.data))
    if not fits(data):
        return None
    request.draft = draft  # type: ignore[attr-defined]  # base.html tells of it
    return data


def forget(request: HttpRequest) -> None:
    """What was typed has been sent, or is not wanted any more."""
    if draft := _draft(request, _path(page_of(request))):
        draft.delete()


def remember_who(request: HttpRequest, response: HttpResponseBase) -> None:
    """Who was signed in last in this browser, signed: the session will not be there any more to tell."""
    who = str(request.user.pk)
    if request.get_signed_cookie(WHO, None, salt=WHO) != who:
        response.set_signed_cookie(
            WHO, who, salt=WHO, max_age=KEPT_FOR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )


def last_signed_in(request: HttpRequest) -> User | None:
    who = request.get_signed_cookie(WHO, None, salt=WHO, max_age=KEPT_FOR)
    return User.objects.filter(pk=who, is_active=True).first() if who else None


def give_token(response: HttpResponseBase, token: str) -> None:
    response.set_cookie(
        TOKEN, token, max_age=KEPT_FOR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def _draft(request: HttpRequest, path: str) -> Draft | None:
    token = request.COOKIES.get(TOKEN)
    if not token or not request.user.is_authenticated:
        return None
    return Draft.objects.filter(token_hash=_hash(token), owner=request.user, path=path).first()


def _path(page: str) -> str:
    return page.partition("?")[0]


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
