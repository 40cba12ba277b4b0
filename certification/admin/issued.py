"""What the ministry's pages of issued papers share: where each stands, and its file to download."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from certification import certificates
from certification.admin.base import ActsMixin, ReadOnlyAdmin
from certification.admin.filters import FoundByCentre


class StageFilter(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("offen", "noch nicht ausgestellt"), ("gueltig", "ausgestellt"), ("ersetzt", "ersetzt")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions = {
            "offen": Q(issued_at=None),
            "gueltig": Q(issued_at__isnull=False, replaced_at=None),
            "ersetzt": Q(replaced_at__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


def is_current(paper: Any, *_: object) -> bool:
    return paper.issued_at is not None and paper.replaced_at is None


class IssuedAdmin(ActsMixin, FoundByCentre, ReadOnlyAdmin):
    """Papers to read and to download; `download_label` is the link above the facts."""

    download_label = "Datei herunterladen"

    def file_name(self, paper: Any) -> str:
        raise NotImplementedError

    @property
    def file_url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_file"

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/datei/", download, name=self.file_url_name), *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        paper: Any = self.get_object(request, str(pk))
        if paper is None or paper.issued_at is None or not self.has_view_permission(request, paper):
            raise Http404
        return certificates.download(paper, self.file_name(paper))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        paper: Any = self.get_object(request, object_id)
        links = []
        if paper is not None and paper.issued_at:
            url = reverse(f"admin:{self.file_url_name}", args=[paper.pk])
            links.append({"url": url, "label": self.download_label})
        return super().change_view(request, object_id, form_url, {"links": links, **(extra_context or {})})
