from datetime import date
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts import links
from accounts.models import Role, User
from accounts.second_factor import is_required

AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
OFFERED_FROM = 3  # sign-ins; before that a passkey is one more thing to understand


def passkeys_work(request: HttpRequest) -> bool:
    """A passkey belongs to a name of the web, never to a bare IP address (WebAuthn, § 5.1.2)."""
    try:
        ip_address(urlsplit(f"//{request.get_host()}").hostname or "")
    except ValueError:
        return True
    return False


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no annotations
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: the ministry or a centre's lead invites people by name."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The letter with the code brings a link as well, for another device or where typing is hard."""
        if template_prefix == "account/email/login_code":
            user = User.objects.get(email__iexact=email)
            token = links.make(user, next_url=get_next_redirect_url(self.request) or "", at=timezone.now())
            context = {
                **context,
                "link": self.request.build_absolute_uri(reverse("follow_sign_in_link", args=[token])),
            }
        super().send_mail(template_prefix, email, context)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """No absence note answers a code."""
        message: EmailMessage = super().render_mail(
            template_prefix, email, context, headers=AUTOMATIC | (headers or {})
        )
        return message

    def login(self, request: HttpRequest, user: User) -> None:
        """Whoever is in needs no other way in; the ones that are still open are closed."""
        super().login(request, user)
        links.close_all(user, at=timezone.now())
        User.objects.filter(pk=user.pk).update(sign_ins=F("sign_ins") + 1)
        user.refresh_from_db(fields=["sign_ins"])

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Asked for only where nobody wanted a certain page: then there is a moment for an offer, once."""
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - just signed in
        early = user.sign_ins < OFFERED_FROM or user.passkey_offered_at is not None
        if early or not passkeys_work(request) or _has_passkey(user):
            return str(super().get_login_redirect_url(request))
        return reverse("passkey_offer")


def _has_passkey(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists())


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def is_mfa_enabled(self, user: Any, types: list[str] | None = None) -> bool:
        """For people of centres a passkey is an easier way in, no second step of the others (decision 18).

        With a passkey on the one device and no other, the code by e-mail must still lead in from the phone.
        """
        if user.is_authenticated and user.role == Role.CENTRE and not _has_app(user):
            return False
        return bool(super().is_mfa_enabled(user, types))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Where a second factor is required, the last one stays."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        last = not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return not last or not is_required(authenticator.user)

    def generate_authenticator_name(self, user: Any, type: str) -> str:  # noqa: A002 - allauth's own name
        today: date = timezone.localdate()
        return f"Passkey vom {today:%d.%m.%Y}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": "Familienzentrum NRW"}


def _has_app(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())
