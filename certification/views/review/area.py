from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from certification.findings import REVIEWING, ConflictError, last_saved, review_of, save_area
from certification.forms.area import AreaForm
from certification.models import Area, Case
from certification.models.review import Grade
from certification.progress import AreaProgress, Progress, open_parts, progress_of
from certification.views.review.access import AuditorRequest, on_case
from certification.views.review.act_page import posted
from certification.views.review.next_step import page_of, place_of
from certification.views.review.sheet import parts_of, sheets
from certification.workflow import NotAllowedError


@require_http_methods(["GET", "HEAD", "POST"])
@on_case
def area(request: AuditorRequest, case: Case, number: int) -> HttpResponse:
    """Judge the criteria of an area. htmx saves while the person works, the button works without it."""
    area = get_object_or_404(Area, edition=case.round.edition_id, number=number)
    if case.answers_are_open:
        raise Http404
    form = AreaForm(posted(request), parts=list(parts_of(area)), review=review_of(case, area))
    if request.method == "POST":
        return _take(request, case, area, form)
    return _show(request, case, area, form, stamp=form.stored.stamp)


def _take(request: AuditorRequest, case: Case, area: Area, form: AreaForm) -> HttpResponse:
    """Save what can be saved, even where something is missing; whatever else was typed stays on the page."""
    is_whole = form.is_valid()
    seen = form.cleaned_data.get("seen", "")
    try:
        saved = save_area(case, area=area, review=form.review, by=request.user, at=timezone.now(), seen=seen)
    except ConflictError as error:
        return _show(request, case, area, form, stamp=seen, conflict=str(error))
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return _show(request, case, area, form, stamp=seen)
    if is_whole:
        return _saved(request, case, area, stamp=saved.stamp)
    return _show(request, case, area, form, stamp=saved.stamp)


def _saved(request: AuditorRequest, case: Case, area: Area, *, stamp: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        progress = _of_area(progress_of(case), area)
        return render(request, "review/_saved.html", {"stamp": stamp, "progress": progress, "just_now": True})
    messages.success(request, f"Bereich {area.number} ist gespeichert.")
    return redirect(_after(request, case, area))


def _after(request: AuditorRequest, case: Case, area: Area) -> str:
    """Back to this area, or on to the next open criterion, first of this area and then of the others."""
    here = f"{request.path}#bewertung"
    if "weiter" not in request.POST:
        return request.path
    still_open = list(open_parts(case))
    if first := next((p for p in still_open if p.criterion.area_id == area.pk), None):
        return place_of(case, first)
    if not _of_area(progress_of(case), area).grade:
        return here
    behind = [p for p in still_open if p.criterion.area.number > area.number] or still_open
    return place_of(case, behind[0]) if behind else page_of(case, "case")


def _show(
    request: AuditorRequest, case: Case, area: Area, form: AreaForm, *, stamp: str, conflict: str = ""
) -> HttpResponse:
    """The stamp moves past the work of another only where both versions stand beside each other."""
    progress = progress_of(case)
    context = {
        "stamp": stamp,
        "conflict": conflict,
        "last": last_saved(case, area),
        "form": form,
        "progress": _of_area(progress, area),
    }
    if request.headers.get("HX-Request"):
        return render(request, "review/_saved.html", context)
    if conflict:
        context["stamp"] = form.stored.stamp
    return render(request, "review/area.html", context | _page(case, area, form, progress, compare=bool(conflict)))


def _page(case: Case, area: Area, form: AreaForm, progress: Progress, *, compare: bool) -> dict[str, Any]:
    numbers = [each.area.number for each in progress.areas]
    return {
        "case": case,
        "area": area,
        "sheets": sheets(case, area, form, compare=compare),
        "stored": form.stored if compare else None,
        "stored_grade": _label(form.stored.grade),
        "grade_label": _label(form["grade"].value() or ""),
        "writable": case.state in REVIEWING or form.is_bound,
        "previous": max((n for n in numbers if n < area.number), default=None),
        "following": min((n for n in numbers if n > area.number), default=None),
    }


def _label(grade: str) -> str:
    return Grade(grade).label if grade in Grade.values else ""


def _of_area(progress: Progress, area: Area) -> AreaProgress:
    return next(each for each in progress.areas if each.area.pk == area.pk)
