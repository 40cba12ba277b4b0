from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin.listing import NamedList
from accounts.changes import changes_from, events_of

CHANGES_PER_PAGE = 50


class TrackedAdmin(NamedList):
    """The history page shows what the database recorded, whichever way a change was made. Nothing can be deleted."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """History must not lose what it is about: things end, they are not deleted."""
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        page = Paginator(events_of(obj), CHANGES_PER_PAGE).get_page(request.GET.get("seite"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Verlauf: {obj}",
            "opts": self.opts,
            "object": obj,
            "page_obj": page,
            "changes": changes_from(page),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/accounts/history.html", context)
