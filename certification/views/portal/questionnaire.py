from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certification.models import Answer
from certification.questionnaire import Item, Section, questionnaire_of
from certification.scoring import result_of
from certification.views.portal.access import CentreRequest, centres_only, find_dossier
from certification.views.portal.display import case_context, checks


@centres_only
@require_safe
def questionnaire(request: CentreRequest, pk: int) -> HttpResponse:
    """The areas with their progress, and what the answers amount to so far."""
    dossier = find_dossier(request, pk, today=timezone.localdate())
    found = questionnaire_of(dossier.case)
    so_far = checks(found, result_of(dossier.case, answers=found.answers.values()))
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


def _read_only(section: Section, answers: Mapping[int, Answer]) -> list[tuple[Item, list[list[Any]]]]:
    return [
        (item, [[(part, answers.get(part.pk)) for part in group.parts] for group in item.groups])
        for item in section.items
    ]
