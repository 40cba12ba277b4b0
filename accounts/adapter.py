from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest

AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no annotations
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: the ministry or a centre's lead invites people by name."""
        return False

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
