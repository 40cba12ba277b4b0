from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from accounts.admin import TrackedAdmin
from centres.models import CentreKind, FamilyCentre, RegionalYouthOffice
from certification import opening, rounds, tasks
from certification.admin.base import Table
from certification.admin.round_form import DATES, RoundForm, suggested
from certification.models import Round

OPENED = {"done": "eröffnet", "running": "wird eröffnet", "draft": "Entwurf"}


@admin.register(Round)
class RoundAdmin(TrackedAdmin):
    form = RoundForm
    list_display = ("label", "stage", "in_numbers", "seal_end", "registration_until", "submission_until", "procedure")
    list_filter = ("procedure", "edition")
    search_fields = ("label",)
    ordering = ("-results_until",)
    change_form_template = "admin/certification/round.html"
    fieldsets = (
        (None, {"fields": ("procedure", "label", "edition", "seal_end", "year")}),
        (
            "Daten",
            {
                "fields": DATES,
                "description": "Jedes Datum ist selbst der erste oder letzte Tag. "
                "Leere Felder werden beim Sichern vorgeschlagen; danach können Sie alle ändern.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Round]:
        rounds: QuerySet[Round] = super().get_queryset(request)
        return rounds.annotate(case_count=Count("cases"))

    @admin.display(description="Stand")
    def stage(self, obj: Round) -> str:
        return OPENED[stage_of(obj)]

    @admin.display(description="Fälle")
    def in_numbers(self, obj: Any) -> int:
        return int(obj.case_count)

    def get_fieldsets(self, request: HttpRequest, obj: Round | None = None) -> Any:
        if obj is None:
            return self.fieldsets
        return ((None, {"fields": ("procedure", "label", "edition", "seal_end")}), ("Daten", {"fields": DATES}))

    def get_readonly_fields(self, request: HttpRequest, obj: Round | None = None) -> tuple[str, ...]:
        """Once confirmed, who is in the round and by which criteria stands; dates may still move."""
        return ("procedure", "edition", "seal_end") if obj and obj.confirmed_at else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in {*DATES, "seal_end"}:
            kwargs["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {**suggested(timezone.localdate()), **super().get_changeform_initial_data(request)}

    def has_delete_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        """A draft may be thrown away; what was confirmed stays."""
        return self.has_change_permission(request, obj) and obj is not None and obj.confirmed_at is None

    def response_add(self, request: HttpRequest, obj: Round, post_url_continue: str | None = None) -> HttpResponse:
        """Show the dates that were suggested before anything else happens."""
        self.message_user(request, "Die Runde ist angelegt. Bitte prüfen Sie die Daten.", messages.SUCCESS)
        return redirect("admin:certification_round_change", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/eroeffnen/", view(self.open_view), name="certification_round_open"),
            path("<int:pk>/fortschritt/", view(self.progress_view), name="certification_round_progress"),
            *super().get_urls(),
        ]

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The preview: who is in the round and why. POST confirms the number that was shown."""
        round_ = self._round(request, pk)
        if round_.confirmed_at:
            return redirect("admin:certification_round_progress", pk)
        today = timezone.localdate()
        preview = opening.preview(round_, on=today)
        count = preview.included.count()
        if request.method == "POST" and self._confirm(request, round_, count):
            return redirect("admin:certification_round_progress", pk)
        page = Paginator(preview.included, 50).get_page(request.GET.get("seite"))
        context = {
            "count": count,
            "why": preview.why,
            "page_obj": page,
            "tables": breakdown(preview.included),
            "left_out": [(reason, list(centres[:50]), centres.count()) for reason, centres in preview.left_out],
        }
        return self._page(request, round_, f"{round_} eröffnen", "round_open", context)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far the background is. POST wakes a worker once more: cases are created once all the same."""
        round_ = self._round(request, pk)
        if not round_.confirmed_at:
            return redirect("admin:certification_round_open", pk)
        if request.method == "POST":
            transaction.on_commit(partial(tasks.open_round.delay, round_.pk), robust=True)
            return redirect("admin:certification_round_progress", pk)
        cases = reverse("admin:certification_case_changelist")
        context = {
            "created": round_.cases.count(),
            "expected": round_.expected or 0,
            "running": not round_.opened_at,
            "cases_url": f"{cases}?round__id__exact={pk}",
        }
        title = f"{round_} {'ist' if round_.opened_at else 'wird'} eröffnet"
        return self._page(request, round_, title, "round_progress", context)

    def _confirm(self, request: HttpRequest, round_: Round, count: int) -> bool:
        if request.POST.get("count") != str(count):
            text = "Inzwischen hat sich die Zahl geändert. Bitte prüfen Sie die Vorschau noch einmal."
            self.message_user(request, text, messages.WARNING)
            return False
        try:
            rounds.confirm(round_, by=request.user, at=timezone.now(), on=timezone.localdate())  # type: ignore[arg-type]
        except rounds.NotPossibleError as error:
            self.message_user(request, str(error), messages.ERROR)
            return False
        return True

    def _round(self, request: HttpRequest, pk: int) -> Round:
        round_: Round | None = self.get_object(request, str(pk))
        if round_ is None:
            raise Http404
        if not self.has_change_permission(request, round_):
            raise PermissionDenied
        return round_

    def _page(
        self, request: HttpRequest, round_: Round, title: str, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "original": round_, "title": title}
        response = TemplateResponse(request, f"admin/certification/{template}.html", {**frame, **context})
        if context.get("running") and "anhalten" not in request.GET:
            response["Refresh"] = "2"
        return response


def stage_of(round_: Round) -> str:
    if round_.opened_at:
        return "done"
    return "running" if round_.confirmed_at else "draft"


def breakdown(centres: QuerySet[FamilyCentre]) -> list[Table]:
    """How many by regional youth office, form and youth office."""
    groups: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("Landesjugendamt", "youth_office__regional", dict(RegionalYouthOffice.choices)),
        ("Form", "kind", dict(CentreKind.choices)),
        ("Jugendamt", "youth_office__name", {}),
    )
    return [
        Table(f"Nach {title}", (title, "Familienzentren"), [(labels.get(key, key), n) for key, n in counts])
        for title, field, labels in groups
        for counts in [centres.order_by(field).values_list(field).annotate(n=Count("pk"))]
    ]
