"""What the ministry has held, and the two questions: hold, and lift."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from accounts.admin import TrackedAdmin
from accounts.models import User
from centres import holds, post
from centres.models import Hold
from centres.refusals import sentence_of

LATER = "Was noch nicht geschrieben war, schreibt der nächste stündliche Lauf, wenn es noch nützt."
HELD = "Angehalten. Es geht nichts davon hinaus, bis jemand es freigibt."


class HoldForm(forms.Form):
    reason = forms.CharField(
        label="Begründung",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sie steht bei den angehaltenen Briefen und bleibt im Verlauf.",
    )


def hold_page(request: HttpRequest, context: dict[str, Any], *, back_url: str, **thing: str) -> HttpResponse:
    """Asks why, then holds `thing` (rule or occasion, and what it is about)."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _held(request, form, thing):
        messages.success(request, HELD)
        return redirect(back_url)
    title = "Möchten Sie diese Regel anhalten?" if thing.get("rule") else "Möchten Sie diesen Brief anhalten?"
    context = {**context, "title": title, "form": form, "about": thing["about"], "back_url": back_url}
    return render(request, "admin/centres/hold.html", context)


def _held(request: HttpRequest, form: forms.Form, thing: dict[str, str]) -> bool:
    try:
        with transaction.atomic():
            holds.hold(**thing, **form.cleaned_data, by=person(request), at=timezone.now())
    except IntegrityError as error:
        form.add_error(None, sentence_of(error))
    return form.is_valid()


def person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user


class InForceFilter(admin.SimpleListFilter):
    title, parameter_name = "Stand", "stand"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("offen", "angehalten"), ("frei", "wieder freigegeben")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Hold]) -> QuerySet[Hold]:
        if self.value() == "offen":
            return queryset.filter(lifted_at=None)
        return queryset.exclude(lifted_at=None) if self.value() == "frei" else queryset


@admin.register(Hold)
class HoldAdmin(TrackedAdmin):
    """Held post is lifted here; it is held where it is seen: in the preview and in the list of letters."""

    list_display = ("about", "reason", "held_by", "held_at", "in_force", "lifted_at")
    list_filter = (InForceFilter,)
    list_select_related = ("held_by",)
    list_per_page = 100
    ordering = ("-held_at", "-pk")
    search_fields = ("about", "reason")
    change_list_template = "admin/change_list.html"  # the app's own is for registers
    change_form_template = "admin/centres/hold_facts.html"
    fields = ("about", "reason", "held_by", "held_at", "lifted_by", "lifted_at", "rule", "occasion")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False

    @admin.display(description="Stand")
    def in_force(self, obj: Hold) -> str:
        return "angehalten" if obj.is_in_force else "wieder freigegeben"

    def get_urls(self) -> list[URLPattern]:
        lift = self.admin_site.admin_view(self.lift_view)
        return [path("<int:pk>/freigeben/", lift, name="centres_hold_lift"), *super().get_urls()]

    def lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        held = get_object_or_404(Hold.objects.select_related("held_by"), pk=pk)
        if request.method == "POST":
            self.message_user(request, _lifted(held, request), messages.SUCCESS)
            return redirect("admin:centres_hold_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Möchten Sie das freigeben?",
            "opts": self.opts,
            "original": held,
            "back_url": reverse("admin:centres_hold_change", args=[pk]),
        }
        return render(request, "admin/centres/hold_lift.html", context)


def _lifted(held: Hold, request: HttpRequest) -> str:
    letters = holds.lift(held, by=person(request), at=timezone.now())
    post.wake_delivery()
    now = {0: "", 1: "1 Brief geht jetzt hinaus. "}.get(letters, f"{letters} Briefe gehen jetzt hinaus. ")
    return f"Freigegeben. {now}{LATER}"
