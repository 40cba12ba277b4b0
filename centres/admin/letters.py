from operator import itemgetter
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from accounts.admin import NamedList
from centres import contacts, delivery, post
from centres.admin.filters import SingleSelectFilter
from centres.admin.holds import hold_page
from centres.models import FamilyCentre, Letter, LetterState
from centres.texts.book import BOOK

UNDELIVERED = [LetterState.FAILED, LetterState.RETRYING]


class KindFilter(SingleSelectFilter):
    title, parameter_name, field = "Brief", "brief", "template"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return sorted(((kind.key, kind.title) for kind in BOOK.values()), key=itemgetter(1))


@admin.register(Letter)
class LetterAdmin(NamedList):
    """All post that left the house, what did not arrive first. Letters are read, never edited."""

    list_display = ("subject", "standing", "written_at", "to", "centre", "attempts")
    list_filter = ("state", KindFilter)
    change_list_template = "admin/change_list.html"  # the app's own is for registers
    list_select_related = ("centre", "hold")
    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("to",)
    search_help_text = "Adresse, Betreff, Anlass oder Nummer, Name und Ort des Familienzentrums"
    actions = ("retry",)
    fields = (
        "subject", "body", "to", "to_name", "centre", "standing", "hold", "error", "ways", "attempts", "retry_after",
        "written_at", "sent_at", "why", "others", "comes_next", "rule", "mandatory", "useful_through", "key",
        "template", "message_id",
    )  # fmt: skip
    change_form_template = "admin/centres/letter.html"

    def has_add_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        hold = self.admin_site.admin_view(self.hold_view)
        return [path("<int:pk>/anhalten/", hold, name="centres_letter_hold"), *super().get_urls()]

    def hold_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hold what has not left yet, with its copies to other people."""
        letter = get_object_or_404(Letter, pk=pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": letter}
        back = reverse("admin:centres_letter_change", args=[pk])
        about = f"{letter.centre or letter.to}: {letter.subject}"
        return hold_page(request, context, back_url=back, occasion=letter.occasion, about=about)

    @admin.display(description="Auch an")
    def others(self, obj: Letter) -> str:
        return ", ".join(f"{each.to_name} ({each.to})".strip() for each in obj.copies()) or "niemand sonst"

    @admin.display(description="Andere Wege", empty_value="keine bekannt")
    def ways(self, obj: Letter) -> str:
        """How else to reach the centre of a letter that did not arrive."""
        if obj.state not in UNDELIVERED or obj.centre_id is None:
            return ""
        found = contacts.alternatives([obj.centre_id], on=timezone.localdate()).get(obj.centre_id, {})
        return ", ".join(f"{to} ({whose})" for to, whose in found.items() if to != obj.to.lower())

    @admin.display(description="Stand", ordering="state")
    def standing(self, obj: Letter) -> str:
        """With the reason where the ministry holds it."""
        return f"angehalten: {obj.hold.reason}" if obj.hold else obj.get_state_display()

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
