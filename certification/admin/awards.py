from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from certification import awarding
from certification.admin.base import ReadOnlyAdmin, day_field
from certification.models import AwardBatch, AwardItem, Seal

PAGE = 100
OPEN, REFUSED = Q(items__done_at=None), ~Q(items__problem="")


class DayForm(forms.Form):
    on = day_field("Tag der Verleihung", help_text="Von ihm hängt der letzte gültige Tag ab.")


@admin.register(AwardBatch)
class AwardBatchAdmin(ReadOnlyAdmin):
    """Awards of one day: a preview until it is confirmed, then the progress, in the end the result of each case."""

    list_display = ("awarded_on", "created_by", "created_at", "stage", "size", "refused")
    list_filter = ("awarded_on",)
    list_select_related = ("created_by",)
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AwardBatch]:
        batches: QuerySet[AwardBatch] = super().get_queryset(request)
        return batches.annotate(
            size=Count("items"),
            refused=Count("items", filter=REFUSED),
            open=Count("items", filter=OPEN & Q(items__isnull=False)),
        )

    @admin.display(description="Stand")
    def stage(self, obj: AwardBatch) -> str:
        if obj.finished_at:
            return "abgeschlossen"
        return "wird verliehen" if obj.confirmed_at else "Vorschau"

    @admin.display(description="Fälle")
    def size(self, obj: Any) -> int:
        return int(obj.size)

    @admin.display(description="nicht verliehen")
    def refused(self, obj: Any) -> int:
        return int(obj.refused)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A preview may be thrown away; what was confirmed stays."""
        return self.has_view_permission(request, obj) and obj is not None and obj.confirmed_at is None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        return self._progress(request, batch) if batch.confirmed_at else self._preview(request, batch)

    def _preview(self, request: HttpRequest, batch: AwardBatch) -> HttpResponse:
        form = DayForm(request.POST or None, initial={"on": batch.awarded_on})
        if request.method == "POST" and form.is_valid():
            self._confirm_or_move(request, batch, form)
            return self._again(batch)
        plans = awarding.plans(batch)
        possible = [plan for plan in plans if plan.validity]
        context = {
            "form": form,
            "page_obj": Paginator(possible, PAGE).get_page(request.GET.get("seite")),
            "possible": len(possible),
            "hindered": [plan for plan in plans if plan.obstacle],
        }
        return self._page(request, batch, "Gütesiegel verleihen", "award_preview", context)

    def _confirm_or_move(self, request: HttpRequest, batch: AwardBatch, form: DayForm) -> None:
        """Awards only for the day that the person has seen; another day is first shown."""
        if "count" not in request.POST or form.cleaned_data["on"] != batch.awarded_on:
            awarding.reschedule(batch, on=form.cleaned_data["on"])
            return
        try:
            expected = int(request.POST["count"])
            awarding.confirm(batch, expected=expected, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except (ValueError, awarding.NotPossibleError) as error:
            self.message_user(request, str(error), messages.WARNING)

    def _progress(self, request: HttpRequest, batch: Any) -> HttpResponse:
        if request.method == "POST":
            awarding.start(batch)
            return self._again(batch)
        items = AwardItem.objects.filter(batch=batch).select_related("case__centre").order_by("-problem", "pk")
        page = Paginator(items.exclude(done_at=None), PAGE).get_page(request.GET.get("seite"))
        context = {
            "done": batch.size - batch.open,
            "running": batch.finished_at is None,
            "page_obj": page,
            "results": _with_seals(list(page)),
        }
        return self._page(request, batch, str(batch), "award_progress", context)

    def _again(self, batch: AwardBatch) -> HttpResponse:
        return redirect(reverse("admin:certification_awardbatch_change", args=[batch.pk]))

    def _page(
        self, request: HttpRequest, batch: AwardBatch, title: str, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "original": batch, "title": title}
        response = TemplateResponse(request, f"admin/certification/{template}.html", {**frame, **context})
        if context.get("running") and "anhalten" not in request.GET:
            response["Refresh"] = "2"
        return response


def _with_seals(items: list[AwardItem]) -> list[tuple[AwardItem, Seal | None]]:
    seals = Seal.objects.filter(case__in=[item.case_id for item in items if not item.problem])
    by_case = {seal.case_id: seal for seal in seals}
    return [(item, by_case.get(item.case_id)) for item in items]
