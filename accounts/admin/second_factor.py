"""A way back in for who has lost their phone: the ministry takes the second factor away."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.models import User


class SecondFactorMixin(admin.ModelAdmin):
    """Adds the question to a person; the page of the person links to it where there is a second factor."""

    change_form_template = "admin/accounts/user/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.second_factor_view)
        return [path("<int:pk>/zweiter-faktor/", view, name="accounts_user_second_factor"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        secured = Authenticator.objects.filter(user=person).exists()
        return super().change_view(request, object_id, form_url, {"secured": secured, **(extra_context or {})})

    def second_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET asks, POST removes the app and the recovery codes; the person hears of it by e-mail."""
        person: User | None = self.get_object(request, str(pk))
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if request.method == "POST":
            self._remove(request, person)
            return redirect("admin:accounts_user_change", pk)
        title = f"Möchten Sie den zweiten Faktor von {person.name} entfernen?"
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": person, "title": title}
        return TemplateResponse(request, "admin/accounts/user/second_factor.html", context)

    def _remove(self, request: HttpRequest, person: User) -> None:
        removed, _ = Authenticator.objects.filter(user=person).delete()
        if removed:
            self.log_change(request, person, "Zweiter Faktor entfernt")
            get_adapter(request).send_notification_mail("mfa/email/totp_deactivated", person)
        self.message_user(request, "Der zweite Faktor ist entfernt.", messages.SUCCESS)
