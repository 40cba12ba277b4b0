"""People in the admin of the ministry."""

from typing import Any

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.admin.history import TrackedAdmin
from accounts.admin.listing import NamedList
from accounts.admin.searching import TolerantSearch
from accounts.admin.second_factor import SecondFactorMixin
from accounts.models import User

__all__ = ["NamedList", "TolerantSearch", "TrackedAdmin", "UserAdmin"]

# One role per person says what they may do.
if isinstance(admin.site.get_model_admin(Group), GroupAdmin):
    admin.site.unregister(Group)

# Addresses are those of the people; a second factor is removed on the page of its person, its secret shown to nobody.
admin.site.unregister([EmailAddress, Authenticator])


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["email", "name", "role", "team_lead", "is_active"]
        help_texts = {
            "email": "Mit dieser Adresse meldet sich die Person an: mit einem Code per E-Mail oder einem Passwort, "
            "das sie selbst festlegt."
        }


@admin.register(User)
class UserAdmin(SecondFactorMixin, TolerantSearch, TrackedAdmin):
    form = UserForm
    list_display = ["name", "email", "role", "team_lead", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["name", "email"]
    ordering = ["name", "pk"]
    list_per_page = 100

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody takes the admin away from themselves by mistake."""
        return super().has_change_permission(request, obj) and not (obj and obj == request.user and obj.is_superuser)
