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
from certification.models import Chain, ReminderRule
from certification.rules.reminders import Offset

DAYS = 30
WHAT = {
    Chain.SEAL.value: "dem letzten gültigen Tag des Gütesiegels",
    Chain.REGISTRATION.value: "dem Ende der Anmeldung",
    Chain.SUBMISSION.value: "dem Ende der Einreichung",
}


def in_words(rule: ReminderRule) -> str:
    """When a reminder goes out, as a sentence would say it: "6 Monate vor dem Ende der Anmeldung"."""
    what = WHAT.get(rule.chain, "")
    if rule.months * rule.days < 0:  # months one way, days the other
        months, days = _span(Offset("", rule.months, 0)), _span(Offset("", 0, rule.days))
        return f"{months} {_side(rule.months)} {what}, davon {days} {_other(rule.days)}"
    if not (rule.months or rule.days):
        return f"am Tag selbst: {what}"
    return f"{_span(rule.offset)} {_side(rule.months or rule.days)} {what}"


def _span(offset: Offset) -> str:
    months, days = abs(offset.months), abs(offset.days)
    parts = [f"{months} {'Monat' if months == 1 else 'Monate'}"] if months else []
    parts += [f"{days} {'Tag' if days == 1 else 'Tage'}"] if days else []
    return " und ".join(parts)


def _side(number: int) -> str:
    return "vor" if number < 0 else "nach"


def _other(number: int) -> str:
    return "früher" if number < 0 else "später"


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
        return in_words(obj)

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
