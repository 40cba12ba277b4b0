"""The number in the rule of independence. Ties are the affair of the auditors and their team lead."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import TrackedAdmin
from certification.models import IndependenceRule


@admin.register(IndependenceRule)
class IndependenceRuleAdmin(TrackedAdmin):
    """The one row is there from the start, with the assumed number."""

    fields = ("most_in_a_row",)
    list_display = ("__str__",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
