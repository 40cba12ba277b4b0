from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from certification.findings import REVIEWING, AreaReview, ConflictError, last_saved, review_of, save_area
from certification.forms.area import AreaForm
from certification.models import Area, Case
from certification.models.review import Grade
from certification.progress import AreaProgress, Progress, open_parts, progress_of
from certification.views.review.access import AuditorRequest, on_case
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
    stored = review_of(case, area)
    form = AreaForm(request.POST or None, parts=list(parts_of(area)), review=stored)
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, case, area, form)
        except ConflictError as error:
            conflict = str(error)
        except NotAllowedError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, case, area)
    return _show(request, case, area, form, stored, conflict)


def _save(request: AuditorRequest, case: Case, area: Area, form: AreaForm) -> None:
    seen = form.cleaned_data["seen"]
    save_area(case, area=area, review=form.review, by=request.user, at=timezone.now(), seen=seen)


def _saved(request: AuditorRequest, case: Case, area: Area) -> HttpResponse:
    if request.headers.get("HX-Request"):
        stamp, progress = review_of(case, area).stamp, _of_area(progress_of(case), area)
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
    request: AuditorRequest, case: Case, area: Area, form: AreaForm, stored: AreaReview, conflict: str
) -> HttpResponse:
    """What the person typed stays; the stamp moves on only once they have been told of the other's work."""
    quietly = bool(request.headers.get("HX-Request"))
    seen = form["seen"].value() if form.is_bound else stored.stamp
    progress = progress_of(case)
    context = {
        "stamp": stored.stamp if conflict and not quietly else seen,
        "conflict": conflict,
        "last": last_saved(case, area),
        "form": form,
        "progress": _of_area(progress, area),
    }
    if quietly:
        return render(request, "review/_saved.html", context)
    return render(
        request, "review/area.html", context | _page(case, area, form, progress, stored if conflict else None)
    )


def _page(case: Case, area: Area, form: AreaForm, progress: Progress, stored: AreaReview | None) -> dict[str, Any]:
    numbers = [each.area.number for each in progress.areas]
    return {
        "case": case,
        "area": area,
        "sheets": sheets(case, area, form, stored),
        "stored": stored,
        "stored_grade": _label(stored.grade) if stored else "",
        "grade_label": _label(form["grade"].value() or ""),
        "writable": case.state in REVIEWING,
        "previous": max((n for n in numbers if n < area.number), default=None),
        "following": min((n for n in numbers if n > area.number), default=None),
    }


def _label(grade: str) -> str:
    return Grade(grade).label if grade in Grade.values else ""


def _of_area(progress: Progress, area: Area) -> AreaProgress:
    return next(each for each in progress.areas if each.area.pk == area.pk)
