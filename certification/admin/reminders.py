from typing import Any

from django import forms
from django.contrib import admin

from accounts.admin import TrackedAdmin
from certification.admin.tomorrow import TomorrowPages
from certification.models import ReminderRule
from certification.rules.reminders import in_words


class RuleForm(forms.ModelForm):
    """By chain and key the letters already written are known: both stay."""

    class Meta:
        model = ReminderRule
        fields = ("chain", "key", "months", "days", "active", "consequence_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("chain", "key"):
            self.fields[name].disabled = self.instance.pk is not None


@admin.register(ReminderRule)
class ReminderRuleAdmin(TomorrowPages, TrackedAdmin):
    form = RuleForm
    list_display = ("words", "chain", "active")
    list_filter = ("chain", "active")
    ordering = ("chain", "months", "days")
    change_list_template = "admin/certification/reminder_rules.html"

    @admin.display(description="geht hinaus")
    def words(self, obj: ReminderRule) -> str:
        return in_words(obj.chain, obj.offset)
