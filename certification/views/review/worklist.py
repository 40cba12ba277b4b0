import logging
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from centres.spreadsheets import download
from certification.forms.assignment import FilterNameForm
from certification.models import Case, SavedFilter
from certification.templatetags.review import state_badge
from certification.views.review.access import AuditorRequest, auditors_only
from certification.worklist import (
    COLUMNS,
    TABS,
    TITLES,
    Selection,
    counts,
    due_of,
    kept,
    lines,
    selection_of,
)
from certification.worklist.columns import waited

PER_PAGE = 50
log = logging.getLogger(__name__)


class _Pages(Paginator):  # not generic when it runs
    """Pages of cases that are counted already."""

    def __init__(self, cases: QuerySet[Case], number: int) -> None:
        super().__init__(cases, PER_PAGE)
        self.number = number

    @property
    def count(self) -> int:
        return self.number


@require_safe
@auditors_only
def home(request: AuditorRequest) -> HttpResponse:
    """The worklist: one tab of the open cases, narrowed by search and filters."""
    user, today = request.user, timezone.localdate()
    selection = selection_of(request.GET, user=user, today=today)
    found = counts(selection.narrowing.qs, user=user, today=today)
    page = _Pages(selection.cases, found[selection.tab.key]).get_page(request.GET.get("seite"))
    saved, selected = list(SavedFilter.objects.filter(owner=user).order_by("name")), kept(request.GET)
    context = {
        "tabs": _tabs(request.GET, selection, found),
        "tab": selection.tab,
        "form": selection.narrowing.form,
        "narrowed": selection.narrowed,
        "filtered": selection.filtered,
        "columns": [_heading(request.GET, key, label, selection.order) for key, label in _LABELS],
        "page_obj": page,
        "rows": [_row(case, today=today, user=user.pk) for case in page],
        "today": today,
        "saved": saved,
        "selected": selected,
        "selected_pairs": QueryDict(selected).items(),
        "name_form": FilterNameForm(),
        "is_saved": any(each.query == selected for each in saved),
    }
    return render(request, "review/worklist.html", context)


@require_safe
@auditors_only
def export(request: AuditorRequest, kind: str) -> HttpResponse:
    """The whole list as it is chosen, with what its rows show."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    user, today = request.user, timezone.localdate()
    selection = selection_of(request.GET, user=user, today=today)
    cases = list(selection.cases)
    log.info("user %s exported %s cases of list %s as %s", user.pk, len(cases), selection.tab.key, kind)
    name = f"faelle-{selection.tab.key}-{today:%Y-%m-%d}"
    return download(kind, name, TITLES, lines(cases, user=user, today=today))


def _row(case: Any, *, today: date, user: int) -> dict[str, str | int]:
    """What a row shows, flat: a template finds keys several times as fast as what hangs on a case."""
    centre, office, due = case.centre, case.centre.youth_office, due_of(case, today=today, user=user)
    clock = f", {due.clock}" if due.clock else ""
    return {
        "pk": case.pk,
        "url": reverse("review:case", args=[case.pk]),
        "name": centre.name,
        "number": centre.certification_number,
        "town": case.town or "",
        "office": office.name,
        "regional": office.regional,
        "procedure": case.round.get_procedure_display(),
        "badge": state_badge(case.state),
        "waits": _in_words(waited(case, today)),
        "what": due.what,
        "day": f"{due.on:%d.%m.%Y}{clock}" if due.on else "",
        "late": due.late,
        "auditor": case.auditor.name if case.auditor else "niemand",
        "deputy": f"vertreten durch {case.deputy_name} bis {case.deputy_until:%d.%m.%Y}" if case.deputy_name else "",
    }


def _in_words(days: int) -> str:
    return {0: "seit heute", 1: "1 Tag"}.get(days, f"{days} Tage")


_LABELS = [(column.key, column.label) for column in COLUMNS]


def _heading(query: QueryDict, key: str, label: str, order: str) -> dict[str, str]:
    """The head of a column leads to the other order of it."""
    rises, falls = order == key, order == f"-{key}"
    changed = query.copy()
    changed["sortierung"] = f"-{key}" if rises else key
    changed.pop("seite", None)
    now = "ascending" if rises else "descending" if falls else ""
    return {"label": label, "now": now, "query": changed.urlencode()}


def _tabs(query: QueryDict, selection: Selection, found: dict[str, int]) -> list[dict[str, Any]]:
    """A tab keeps what was searched for and begins at its first page."""
    return [
        {
            "key": tab.key,
            "label": tab.label,
            "count": found[tab.key],
            "current": tab.key == selection.tab.key,
            "query": _with_tab(query, tab.key),
        }
        for tab in TABS
    ]


def _with_tab(query: QueryDict, key: str) -> str:
    changed = query.copy()
    changed["liste"] = key
    changed.pop("seite", None)
    return changed.urlencode()
