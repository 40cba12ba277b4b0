"""One area of the questionnaire: a plain form that saves by its buttons, and by itself where scripts run."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from accounts.drafts import typed
from certification.answers import Given, save_answers
from certification.evidence.reading import evidence_of
from certification.forms.portal import AreaForm, PartFields
from certification.models import Case
from certification.questionnaire import Item, Questionnaire, Section, questionnaire_of, times_met
from certification.scoring import result_of
from certification.views.portal.access import CentreRequest, centres_only, find_case
from certification.workflow import NotAllowedError

SUBMITTED = "Ihre Antworten sind eingereicht und lassen sich nicht mehr ändern."


@centres_only
@require_http_methods(["GET", "HEAD", "POST"])
def area(request: CentreRequest, pk: int, number: int) -> HttpResponse:
    """Each submit saves all that can be saved and loses nothing that was typed."""
    case = find_case(request, pk, today=timezone.localdate())
    if request.method != "POST" and not case.answers_are_open:
        messages.info(request, SUBMITTED)
        return redirect("portal:answers", pk)
    found = questionnaire_of(case)
    section = _section(found, number)
    form = AreaForm(
        typed(request),
        parts=section.parts,
        answers=found.answers,
        halves=found.halves,
        by_itself=_by_itself(request),
    )
    if request.method == "POST":
        return _save(request, case, found, section, form)
    return _page(request, case, found, section, form)


def _save(request: CentreRequest, case: Case, found: Questionnaire, section: Section, form: AreaForm) -> HttpResponse:
    is_whole, given = form.is_valid(), _meant(request, form)
    try:
        saved = save_answers(case, area=section.area, answers=given, by=request.user, at=timezone.now())
    except NotAllowedError as error:
        return _refused(request, case, str(error))
    if is_whole and not saved.conflicts and not _by_itself(request):
        messages.success(request, f"Gespeichert um {date_format(timezone.localtime(), 'H:i')} Uhr.")
        return _onwards(request, case, found, section)
    found = questionnaire_of(case)
    form.now_shows(found.answers, parts=given, saved=saved)
    return _page(request, case, found, _section(found, section.area.number), form)


def _meant(request: CentreRequest, form: AreaForm) -> dict[int, Given]:
    """What is to be saved: not the part of which the version of somebody else was chosen."""
    chosen = request.POST.get("uebernehmen", "")
    return {part: given for part, given in form.given().items() if str(part) != chosen}


def _refused(request: CentreRequest, case: Case, sentence: str) -> HttpResponse:
    if _by_itself(request):
        return render(request, "portal/saved.html", {"refused": sentence})
    messages.error(request, sentence)
    return redirect("portal:answers", case.pk)


def _onwards(request: CentreRequest, case: Case, found: Questionnaire, section: Section) -> HttpResponse:
    """Where the pressed button leads: on to the next area, back to the overview, or to the same place again."""
    _, after = found.neighbours(section)
    if "weiter" in request.POST and after:
        return redirect("portal:area", case.pk, after.area.number)
    if "weiter" in request.POST or "uebersicht" in request.POST:
        return redirect("portal:questionnaire", case.pk)
    if (criterion := request.POST.get("nachweise", "")) in {str(item.criterion.pk) for item in section.items}:
        return redirect("portal:criterion_evidence", case.pk, criterion)
    place = request.POST.get("speichern") or section.anchor_of(request.POST.get("uebernehmen", ""))
    anchor = f"#{place}" if place in {item.anchor for item in section.items} else ""
    return redirect(reverse("portal:area", args=[case.pk, section.area.number]) + anchor)


def _page(request: CentreRequest, case: Case, found: Questionnaire, section: Section, form: AreaForm) -> HttpResponse:
    """The whole page, or, where it saves by itself, only what has changed on it besides the fields."""
    before, after = found.neighbours(section)
    explained = result_of(case, by="answers").explained
    context = {
        "case": case,
        "centre": case.centre,
        "questionnaire": found,
        "section": section,
        "items": [
            (item, explained.get(item.criterion.code), _groups(item, form, found), found.saved_at(item.parts))
            for item in section.items
        ],
        "form": form,
        "saved": form.saved if request.method == "POST" else None,
        "last": found.last_answer(section.parts),
        "before": before,
        "after": after,
    }
    if _by_itself(request):
        return render(request, "portal/saved.html", context)
    context["evidence"] = evidence_of(case, today=timezone.localdate())
    return render(request, "portal/area.html", context)


def _groups(item: Item, form: AreaForm, found: Questionnaire) -> list[list[tuple[PartFields, str]]]:
    """The parts of a criterion, group by group, each with its fields and how far its count has got."""
    return [
        [(form.shows(part), times_met(part, found.answers.get(part.pk), found.halves)) for part in group.parts]
        for group in item.groups
    ]


def _by_itself(request: CentreRequest) -> bool:
    return request.method == "POST" and bool(request.headers.get("HX-Request"))


def _section(found: Questionnaire, number: int) -> Section:
    section = found.section(number)
    if section is None:
        raise Http404
    return section
