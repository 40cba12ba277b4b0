from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import NamedList
from centres import delivery, post
from centres.models import FamilyCentre, Letter, LetterState

UNDELIVERED = [LetterState.FAILED, LetterState.RETRYING]


@admin.register(Letter)
class LetterAdmin(NamedList):
    """All post that left the house, what did not arrive first. Letters are read, never edited."""

    list_display = ("subject", "state", "written_at", "to", "centre", "attempts")
    list_filter = ("state", "template")
    change_list_template = "admin/change_list.html"  # the app's own is for registers
    list_select_related = ("centre",)
    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("to",)
    search_help_text = "Adresse, Betreff, Anlass oder Nummer, Name und Ort des Familienzentrums"
    actions = ("retry",)
    fields = (
        "subject", "body", "to", "to_name", "centre", "state", "error", "attempts", "retry_after", "written_at",
        "sent_at", "key", "template", "message_id",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        first = Case(When(state__in=UNDELIVERED, then=Value(0)), default=Value(1))
        return (first, "-written_at", "-pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Letter], search_term: str
    ) -> tuple[QuerySet[Letter], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        own = Q(to__icontains=text) | Q(subject__icontains=text) | Q(key__startswith=text)
        return queryset.filter(own | Q(centre__in=FamilyCentre.objects.found_by(text))), False

    @admin.action(description="Erneut versuchen", permissions=["view"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Letter]) -> None:
        chosen = Letter.objects.filter(pk__in=queryset.order_by().values("pk"))
        again = delivery.retry(chosen, at=timezone.now())
        post.wake_delivery()
        said = f"{again} {'Brief wird' if again == 1 else 'Briefe werden'} erneut versandt."
        self.message_user(request, said, messages.SUCCESS if again else messages.WARNING)
