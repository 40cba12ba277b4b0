from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certification.models import Case
from certification.views.review.access import AuditorRequest, auditors_only
from certification.worklist import TABS, WorklistFilter, counts, rows, tab_named

PER_PAGE = 50


@require_safe
@auditors_only
def home(request: AuditorRequest) -> HttpResponse:
    """The worklist: one tab of the open cases, narrowed by search and filters."""
    user, today = request.user, timezone.localdate()
    narrowing = WorklistFilter(request.GET, Case.objects.visible_to(user, on=today).open())
    tab = tab_named(request.GET.get("liste"))
    chosen = narrowing.form.cleaned_data if narrowing.form.is_valid() else {}
    pages = Paginator(rows(narrowing.qs, tab, user=user, today=today), PER_PAGE)
    page = pages.get_page(request.GET.get("seite"))
    context = {
        "tabs": _tabs(request.GET, tab.key, counts(narrowing.qs, user=user, today=today)),
        "tab": tab,
        "form": narrowing.form,
        "narrowed": any(chosen.values()),
        "filtered": any(value for name, value in chosen.items() if name != "suche"),
        "page_obj": page,
        "rows": [(case, (today - timezone.localdate(case.state_since)).days) for case in page],
        "today": today,
    }
    return render(request, "review/worklist.html", context)


def _tabs(query: QueryDict, current: str, found: dict[str, int]) -> list[dict[str, Any]]:
    """A tab keeps what was searched for and begins at its first page."""
    return [
        {
            "label": tab.label,
            "count": found[tab.key],
            "current": tab.key == current,
            "query": _with_tab(query, tab.key),
        }
        for tab in TABS
    ]


def _with_tab(query: QueryDict, key: str) -> str:
    changed = query.copy()
    changed["liste"] = key
    changed.pop("seite", None)
    return changed.urlencode()
