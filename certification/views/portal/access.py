"""Who may come in, and how each page finds what it is about: always through what the person may see."""

from datetime import date

from django.shortcuts import get_object_or_404

from centres.access import CentreRequest, centres_only
from centres.models import FamilyCentre
from certification.dossier import Dossier, dossier_of
from certification.models import Case

__all__ = ["CentreRequest", "centres_only", "find_case", "find_centre", "find_dossier"]


def find_centre(request: CentreRequest, pk: int, *, today: date) -> FamilyCentre:
    """The centre, or 404 for whoever does not act for it today."""
    return get_object_or_404(FamilyCentre.objects.visible_to(request.user, on=today), pk=pk)


def find_case(request: CentreRequest, pk: int, *, today: date) -> Case:
    """The case, or 404 for whoever may not see it."""
    # Not `with_facts`: PostgreSQL would plan for longer than it reads, and a centre sees no more than these.
    cases = Case.objects.visible_to(request.user, on=today).select_related("centre", "round__edition")
    return get_object_or_404(cases, pk=pk)


def find_dossier(request: CentreRequest, pk: int, *, today: date) -> Dossier:
    return dossier_of(find_case(request, pk, today=today), today=today)
