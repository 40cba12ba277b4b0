"""The link that signs in, and passkeys: what allauth does not have, or has in another shape."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import links
from accounts.adapter import passkeys_work
from accounts.models import Role, SignInLink, User

LINK_IN_SESSION = "sign_in_link"


@login_not_required
@never_cache
@require_safe
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address, so that it stands in no history, referrer or picture of the screen.

    Looking uses nothing up: mail scanners fetch with HEAD and GET, and some run the scripts of the page.
    """
    request.session[LINK_IN_SESSION] = links.hashed(token)
    return redirect("sign_in_link")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest) -> HttpResponse:
    """GET shows a button, POST signs in: on this device, whichever one asked."""
    now = timezone.now()
    link = links.find(request.session.get(LINK_IN_SESSION, ""), at=now)
    if link and request.method == "POST" and links.use(link, at=now):
        return _sign_in(request, link)
    return render(request, "account/sign_in_link.html", {"link": link if request.method != "POST" else None})


def _sign_in(request: HttpRequest, link: SignInLink) -> HttpResponse:
    """From here on all is as after a code: a second factor is asked for where there is one."""
    if request.user.is_authenticated:
        logout(request)
    request.session.pop(LINK_IN_SESSION, None)
    clear_login(request)
    record_authentication(request, link.user, method="code", email=link.email)
    login = Login(user=link.user, email=link.email, redirect_url=link.next_url or None)
    response: HttpResponse = perform_login(request, login)
    return response


@never_cache
@require_safe
def passkey_offer(request: HttpRequest) -> HttpResponse:
    """Offered once, after the third sign-in; later it is found on the page of security."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else comes in
    User.objects.filter(pk=user.pk, passkey_offered_at=None).update(passkey_offered_at=timezone.now())
    return render(request, "account/passkey_offer.html")


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Every key is a passkey: it stays on the device and asks for finger, face or PIN."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, True)
        return {**context, "js_data": {"creation_options": options}, "works": passkeys_work(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        """People of centres need no spare codes: the code by e-mail leads in without the passkey."""
        response: HttpResponse = super().form_valid(form)
        user = self.request.user
        if user.role != Role.CENTRE or not self.did_generate_recovery_codes:
            return response
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        return redirect(reverse("mfa_index"))


@require_safe
def passkeys(request: HttpRequest) -> HttpResponse:
    """Passkeys are listed on the page of security; allauth leads here after one was removed or renamed."""
    return redirect("mfa_index")
