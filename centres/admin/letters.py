from operator import itemgetter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.admin import NamedList
from centres import contacts, delivery, post, settling
from centres.admin.filters import SingleSelectFilter
from centres.admin.holds import hold_page, person
from centres.models import FamilyCentre, Letter, LetterState
from centres.texts.book import BOOK

UNDELIVERED = [LetterState.FAILED, LetterState.RETRYING]
NOTHING_FAILED = "Erledigt wird nur, was nicht zustellbar ist. Davon ist hier nichts ausgewählt."


class SettleForm(forms.Form):
    how = forms.CharField(
        label="Was Sie getan haben",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Bitte schreiben Sie, was Sie getan haben."},
        help_text="Zum Beispiel: „Am 3. Mai angerufen, die Leitung weiß Bescheid.“ Es bleibt beim Brief stehen.",
    )


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
    list_select_related = ("centre", "hold", "settlement")
    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("to",)
    search_help_text = "Adresse, Betreff, Anlass oder Nummer, Name und Ort des Familienzentrums"
    actions = ("retry", "settle")
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
        hold, settle = self.admin_site.admin_view(self.hold_view), self.admin_site.admin_view(self.settle_view)
        return [
            path("<int:pk>/anhalten/", hold, name="centres_letter_hold"),
            path("erledigen/", settle, name="centres_letter_settle"),
            *super().get_urls(),
        ]

    def hold_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hold what has not left yet, with its copies to other people."""
        letter = get_object_or_404(Letter, pk=pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": letter}
        back = reverse("admin:centres_letter_change", args=[pk])
        about = f"{letter.centre or letter.to}: {letter.subject}"
        return hold_page(request, context, back_url=back, occasion=letter.occasion, about=about)

    def settle_view(self, request: HttpRequest) -> HttpResponse:
        """Asks what was done about the letters `brief` that did not arrive, and takes them off the list."""
        chosen = [int(number) for number in request.GET.getlist("brief") if number.isdecimal()]
        letters = Letter.objects.filter(pk__in=chosen, state=LetterState.FAILED).order_by("pk")
        form = SettleForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            number = settling.settle(letters, **form.cleaned_data, by=person(request), at=timezone.now())
            said = {0: "Kein Brief war noch offen.", 1: "1 Brief ist erledigt."}
            self.message_user(request, said.get(number, f"{number} Briefe sind erledigt."), messages.SUCCESS)
            return redirect("admin:centres_letter_changelist")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "letters": letters}
        return render(request, "admin/centres/settle.html", {**context, "title": "Was haben Sie getan?"})

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
        """With the reason where the ministry holds it, and with what was done where it did not arrive."""
        if obj.state == LetterState.SETTLED:
            return f"erledigt: {obj.settlement.how}"
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

    @admin.action(description="Als erledigt ablegen", permissions=["view"])
    def settle(self, request: HttpRequest, queryset: QuerySet[Letter]) -> HttpResponse | None:
        failed = queryset.filter(state=LetterState.FAILED).order_by("pk").values_list("pk", flat=True)
        if not failed:
            self.message_user(request, NOTHING_FAILED, messages.WARNING)
            return None
        query = urlencode({"brief": list(failed)}, doseq=True)
        return redirect(f"{reverse('admin:centres_letter_settle')}?{query}")
