from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from certification.answers import Saved, save_answers
from certification.forms.portal import AreaForm, PartFields
from certification.models import Answer, Case
from certification.questionnaire import Item, Questionnaire, Section, questionnaire_of, times_met
from certification.scoring import result_of
from certification.views.portal.access import CentreRequest, centres_only, find_case, find_dossier
from certification.views.portal.display import case_context, checks
from certification.workflow import NotAllowedError


@centres_only
@require_safe
def questionnaire(request: CentreRequest, pk: int) -> HttpResponse:
    """The areas with their progress, and what the answers amount to so far."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    found = questionnaire_of(dossier.case)
    so_far = checks(found, result_of(dossier.case, by="answers"))
    context = case_context(dossier) | {"questionnaire": found, "checks": so_far}
    return render(request, "portal/questionnaire.html", context)


@centres_only
@require_safe
def answers(request: CentreRequest, pk: int) -> HttpResponse:
    """All answers on one page, to read and to print."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    found = questionnaire_of(dossier.case)
    sections = [(section, _read_only(section, found.answers)) for section in found.sections]
    return render(
        request, "portal/answers.html", case_context(dossier) | {"questionnaire": found, "sections": sections}
    )


@centres_only
@require_http_methods(["GET", "HEAD", "POST"])
def area(request: CentreRequest, pk: int, number: int) -> HttpResponse:
    """One area as a plain form. Each submit saves all that can be saved and loses nothing that was typed."""
    case = find_case(request, pk, today=timezone.localdate())
    if request.method != "POST" and not case.answers_are_open:
        messages.info(request, "Ihre Antworten sind eingereicht und lassen sich nicht mehr ändern.")
        return redirect("portal:answers", pk)
    found = questionnaire_of(case)
    section = _section(found, number)
    form = AreaForm(
        request.POST if request.method == "POST" else None,
        parts=section.parts,
        answers=found.answers,
        halves=found.halves,
    )
    if request.method == "POST":
        return _save(request, case, found, section, form)
    return _area_page(request, case, found, section, form)


def _save(request: CentreRequest, case: Case, found: Questionnaire, section: Section, form: AreaForm) -> HttpResponse:
    at, valid = timezone.now(), form.is_valid()
    given = form.given()
    try:
        saved = save_answers(case, area=section.area, answers=given, by=request.user, at=at)
    except NotAllowedError as error:
        messages.error(request, str(error))
        return redirect("portal:answers", case.pk)
    if valid and not saved.conflicts:
        messages.success(request, _saved_sentence(at))
        return _onwards(request, case, found, section)
    found = questionnaire_of(case)
    form.now_shows(found.answers, parts=given, conflicts=saved.conflicts)
    return _area_page(request, case, found, _section(found, section.area.number), form, saved)


def _saved_sentence(at: datetime) -> str:
    return f"Gespeichert um {date_format(timezone.localtime(at), 'H:i')} Uhr."


def _onwards(request: CentreRequest, case: Case, found: Questionnaire, section: Section) -> HttpResponse:
    """Where the pressed button leads: on to the next area, back to the overview, or to the same place again."""
    _, after = found.neighbours(section)
    if "weiter" in request.POST and after:
        return redirect("portal:area", case.pk, after.area.number)
    if "weiter" in request.POST or "uebersicht" in request.POST:
        return redirect("portal:questionnaire", case.pk)
    place = request.POST.get("speichern", "")
    anchor = f"#{place}" if place in {item.anchor for item in section.items} else ""
    return redirect(reverse("portal:area", args=[case.pk, section.area.number]) + anchor)


def _area_page(
    request: CentreRequest,
    case: Case,
    found: Questionnaire,
    section: Section,
    form: AreaForm,
    saved: Saved | None = None,
) -> HttpResponse:
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
        "conflicts": saved.conflicts if saved else {},
        "saved": saved,
        "last": found.last_answer(section.parts),
        "before": before,
        "after": after,
    }
    return render(request, "portal/area.html", context)


def _groups(item: Item, form: AreaForm, found: Questionnaire) -> list[list[tuple[PartFields, str]]]:
    """The parts of a criterion, group by group, each with its fields and how far its count has got."""
    return [
        [(form.shows(part), times_met(part, found.answers.get(part.pk), found.halves)) for part in group.parts]
        for group in item.groups
    ]


def _read_only(section: Section, answers: Mapping[int, Answer]) -> list[tuple[Item, list[list[Any]]]]:
    return [
        (item, [[(part, answers.get(part.pk)) for part in group.parts] for group in item.groups])
        for item in section.items
    ]


def _section(found: Questionnaire, number: int) -> Section:
    section = found.section(number)
    if section is None:
        raise Http404
    return section
