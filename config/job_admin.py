from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from centres.models import JobRun
from config import jobs


class JobFilter(admin.SimpleListFilter):
    title, parameter_name = "Aufgabe", "aufgabe"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(name, title) for name, (title, _) in jobs.WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JobRun]) -> QuerySet[JobRun]:
        return queryset.filter(job=self.value()) if self.value() else queryset


class JobRunAdmin(admin.ModelAdmin):
    """What happens by itself: first how each job stands, then every run of the last days. Nothing here is edited."""

    list_display = ("title", "started_at", "finished_at", "what")
    list_filter = (JobFilter,)
    list_display_links = None
    list_per_page = 100
    ordering = ("-started_at", "-pk")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/jobs.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False

    @admin.display(description="Aufgabe", ordering="job")
    def title(self, obj: JobRun) -> str:
        return jobs.WORDS.get(obj.job, (obj.job, ""))[0]

    @admin.display(description="was geschah")
    def what(self, obj: JobRun) -> str:
        return jobs.did(obj)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        rows = [
            {"job": job, "did": jobs.did(job.latest), "sentence": jobs.sentence(job)}
            for job in jobs.jobs(at=timezone.now())
        ]
        context = {"title": "Wiederkehrende Aufgaben", "rows": rows, **(extra_context or {})}
        return super().changelist_view(request, context)
