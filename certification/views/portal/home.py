from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from centres import facts
from centres.models import FamilyCentre, Letter
from centres.models.centre import FamilyCentreQuerySet
from certification.dossier import cases_in_front, dossier_of, dossiers_of, seals_in_front, step_between_cases
from certification.evidence import reading
from certification.views.portal.access import CentreRequest, centres_only
from certification.views.portal.display import case_context, shown_step

LAST_LETTERS = LAST_BRIEFINGS = 3


@centres_only
@require_safe
def home(request: CentreRequest) -> HttpResponse:
    """The page of one's centre; with several, the way to each of them."""
    today = timezone.localdate()
    centres = list(_centres(request, today=today).by_name())
    if len(centres) == 1:
        return _centre_page(request, centres[0], today=today)
    return render(request, "portal/centres.html", {"rows": _rows(request, centres, today=today)})


@centres_only
@require_safe
def centre(request: CentreRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    found = get_object_or_404(_centres(request, today=today), pk=pk)
    return _centre_page(request, found, today=today)


def _centres(request: CentreRequest, *, today: date) -> FamilyCentreQuerySet:
    """One's own, each with the `briefings` somebody of it was at."""
    return facts.with_briefings(FamilyCentre.objects.visible_to(request.user, on=today), on=today)


def _centre_page(request: CentreRequest, centre: Any, *, today: date) -> HttpResponse:
    case = cases_in_front(request.user, [centre], today=today).get(centre.pk)
    seals = seals_in_front(request.user, [centre], today=today).get(centre.pk, [])
    letters = Letter.objects.visible_to(request.user, on=today).filter(centre=centre).order_by("-written_at", "-pk")
    context: dict[str, Any] = {"centre": centre, "seals": seals, "letters": letters[:LAST_LETTERS]}
    context["briefings"] = centre.briefings[:LAST_BRIEFINGS]
    if case:
        dossier = dossier_of(case, today=today)
        context |= case_context(dossier) | {"last_sent": dossier.last_sent()}
    else:
        context["step"] = shown_step(step_between_cases(seals, today=today), None, today=today)
    if case is None or not case.is_open:
        context["between"] = reading.between_cases(centre, today=today)
    return render(request, "portal/centre.html", context)


def _rows(request: CentreRequest, centres: list[FamilyCentre], *, today: date) -> list[dict[str, Any]]:
    """Each centre with its step, those with a date first."""
    cases = cases_in_front(request.user, centres, today=today)
    seals = seals_in_front(request.user, centres, today=today)
    dossiers = dossiers_of(list(cases.values()), today=today)
    rows = []
    for each in centres:
        own, case = seals.get(each.pk, []), cases.get(each.pk)
        step = dossiers[case.pk].next_step if case else step_between_cases(own, today=today)
        rows.append({"centre": each, "case": case, "seals": own, "step": step, "due": step.due_in_words(today)})
    return sorted(rows, key=lambda row: (row["step"].due is None, row["step"].due or today))
