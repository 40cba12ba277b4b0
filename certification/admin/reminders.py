from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.admin import TrackedAdmin
from certification import forecast
from certification.models import ReminderRule
from certification.rules.reminders import in_words

DAYS = 30


class RuleForm(forms.ModelForm):
    """By chain and key the letters already written are known: both stay."""

    class Meta:
        model = ReminderRule
        fields = ("chain", "key", "months", "days", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("chain", "key"):
            self.fields[name].disabled = self.instance.pk is not None


@admin.register(ReminderRule)
class ReminderRuleAdmin(TrackedAdmin):
    form = RuleForm
    list_display = ("words", "chain", "active")
    list_filter = ("chain", "active")
    ordering = ("chain", "months", "days")
    change_list_template = "admin/certification/reminder_rules.html"

    @admin.display(description="geht hinaus")
    def words(self, obj: ReminderRule) -> str:
        return in_words(obj.chain, obj.offset)

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview)
        return [path("vorschau/", preview, name="certification_reminderrule_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What goes out by tomorrow, by centre, and within thirty days, by rule."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        tomorrow = today + timedelta(days=1)
        upcoming = forecast.upcoming(today, days=DAYS)
        due = sorted(upcoming[tomorrow], key=lambda each: (each.why, each.occasion.centre.name_folded))
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Erinnerungen: morgen und in den nächsten 30 Tagen",
            "tomorrow": tomorrow,
            "page_obj": Paginator(due, 100).get_page(request.GET.get("seite")),
            "expected": forecast.counted(upcoming),
        }
        return TemplateResponse(request, "admin/certification/reminder_preview.html", context)
