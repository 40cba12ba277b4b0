from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from certification.findings import RESULT, REVIEWING, Saved, review_of, save_area, who_saved
from certification.forms.area import AreaForm
from certification.models import Area, Case, TextBlock
from certification.models.paper import TextUse
from certification.models.review import Grade
from certification.presence import note_presence
from certification.progress import AreaProgress, Progress, only_waits, open_parts, progress_of
from certification.rules.moves import BY_ACT
from certification.scoring import results_of
from certification.views.review.access import AuditorRequest, on_case
from certification.views.review.act_page import posted
from certification.views.review.next_step import page_of, place_of
from certification.views.review.sheet import last_saved, parts_of, sheets
from certification.workflow import NotAllowedError

FIELDS = frozenset(TextUse.values)


@require_http_methods(["GET", "HEAD", "POST"])
@on_case
def area(request: AuditorRequest, case: Case, number: int) -> HttpResponse:
    """Judge the criteria of an area. htmx saves while the person works, the button works without it."""
    area = get_object_or_404(Area, edition=case.round.edition_id, number=number)
    if case.answers_are_open:
        raise Http404
    form = AreaForm(_with_block(posted(request)), parts=list(parts_of(area)), review=review_of(case, area))
    if request.method == "POST":
        return _take(request, case, area, form)
    return _show(request, case, area, form)


@require_http_methods(["GET", "HEAD"])
@on_case
def presence(request: AuditorRequest, case: Case) -> HttpResponse:
    """Who else works on the case; the page asks now and then."""
    others = note_presence(case, request.user, where=request.GET.get("wo", "")[:60], at=timezone.now())
    return render(request, "review/_presence.html", {"others": others})


def _with_block(data: QueryDict | None) -> QueryDict | None:
    """Without a script the chosen text block is put at the end of its field here."""
    use = data.get("einfuegen", "") if data else ""
    if data is None or use not in FIELDS:
        return data
    chosen = data.get(f"baustein-{use}", "")
    block = TextBlock.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
    if block is None:
        return data
    changed = data.copy()
    changed[use] = "\n\n".join(filter(None, [changed.get(use, "").rstrip(), block.text]))
    return changed


def _take(request: AuditorRequest, case: Case, area: Area, form: AreaForm) -> HttpResponse:
    """Save what can be saved, even where something is missing; whatever else was typed stays on the page."""
    is_whole = form.is_valid()
    try:
        saved = save_area(case, area=area, review=form.review, by=request.user, at=timezone.now(), seen=form.seen)
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return _show(request, case, area, form)
    if is_whole and not saved.conflicts and not request.headers.get("HX-Request"):
        messages.success(request, f"Bereich {area.number} ist gespeichert.")
        return redirect(_after(request, case, area))
    return _show(request, case, area, form, saved)


def _after(request: AuditorRequest, case: Case, area: Area) -> str:
    """Back to this area, or on to the next open criterion, first of this area and then of the others."""
    here = f"{request.path}#bewertung"
    if "einfuegen" in request.POST:
        return here
    if "weiter" not in request.POST:
        return request.path
    still_open = list(open_parts(case))
    to_judge = [part for part in still_open if not only_waits(part)]
    if first := next((p for p in to_judge if p.criterion.area_id == area.pk), None):
        return place_of(case, first)
    if not _of_area(progress_of(case), area).grade:
        return here
    behind = [p for p in to_judge if p.criterion.area.number > area.number] or to_judge or still_open
    return place_of(case, behind[0]) if behind else page_of(case, "case")


def _show(
    request: AuditorRequest, case: Case, area: Area, form: AreaForm, saved: Saved | None = None
) -> HttpResponse:
    """The page, or what changes on it when it saves by itself: everything but the fields, which are the person's."""
    quietly = bool(request.headers.get("HX-Request"))
    progress, results = progress_of(case), results_of(case, "findings", "answers")
    compare = bool(saved and saved.conflicts)
    if saved:
        form.stored = saved.review
    shown = sheets(case, area, form, results, compare=compare)
    context = {
        "case": case,
        "area": area,
        "form": form,
        "stamps": _stamps(form, saved, decided=not quietly),
        "conflict": _conflict(case, area, saved.conflicts) if saved and saved.conflicts else "",
        "elsewhere": _conflict(case, area, saved.others) if saved and saved.others else "",
        "just_now": bool(saved),
        "last": last_saved(shown),
        "marks": progress.marks,
        "may_ask": case.state in BY_ACT["ask"].sources,
        "progress": _of_area(progress, area),
        "whole": progress,
        "result": results[0],
        "sheets": shown,
        "writable": case.state in REVIEWING or form.is_bound,
        "where": f"Bereich {area.number}",
        "others": note_presence(case, request.user, where=f"Bereich {area.number}", at=timezone.now()),
    }
    if quietly:
        return render(request, "review/_saved.html", context)
    return render(request, "review/area.html", context | _page(area, form, progress, compare=compare))


def _stamps(form: AreaForm, saved: Saved | None, *, decided: bool) -> dict[str, str]:
    """They move past the work of another only where both versions stand beside each other, and she changed it too."""
    if saved is None and form.is_bound:
        return form.seen
    kept = frozenset[str]()
    if saved:
        kept = saved.others if decided else saved.others | saved.conflicts
    return {key: seen if key in kept else form.stored.stamp(key) for key, seen in form.seen.items()}


def _conflict(case: Case, area: Area, keys: frozenset[str]) -> str:
    codes = [part.code for part in parts_of(area) if str(part.pk) in keys]
    what = ", ".join([*codes, *(["die Bewertung"] if RESULT in keys else [])])
    return f"{who_saved(case, area, keys)} hat {what} gespeichert, während Sie daran gearbeitet haben."


def _page(area: Area, form: AreaForm, progress: Progress, *, compare: bool) -> dict[str, Any]:
    numbers = [each.area.number for each in progress.areas]
    stored = form.stored
    differs = compare and stored.result != form.review.stripped.result
    return {
        "stored": stored if differs else None,
        "stored_grade": _label(stored.grade),
        "grade_label": _label(form["grade"].value() or ""),
        "blocks": _blocks(area),
        "previous": max((n for n in numbers if n < area.number), default=None),
        "following": min((n for n in numbers if n > area.number), default=None),
    }


def _blocks(area: Area) -> dict[str, list[TextBlock]]:
    found = list(TextBlock.objects.for_area(area.number))
    return {use: [block for block in found if block.use == use] for use in TextUse.values}


def _label(grade: str) -> str:
    return Grade(grade).label if grade in Grade.values else ""


def _of_area(progress: Progress, area: Area) -> AreaProgress:
    return next(each for each in progress.areas if each.area.pk == area.pk)
