from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from centres.models import FamilyCentre, Letter
from certification.views.portal.access import CentreRequest, centres_only

PER_PAGE = 25
OWN_ADDRESS = "die E-Mail-Adresse des Familienzentrums"


@centres_only
@require_safe
def letters(request: CentreRequest, pk: int) -> HttpResponse:
    """The whole correspondence of a centre, newest first."""
    today = timezone.localdate()
    centre = get_object_or_404(FamilyCentre.objects.visible_to(request.user, on=today), pk=pk)
    found = Letter.objects.visible_to(request.user, on=today).filter(centre=centre).order_by("-written_at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "portal/letters.html", {"centre": centre, "page_obj": page})


@centres_only
@require_safe
def letter(request: CentreRequest, pk: int) -> HttpResponse:
    visible = Letter.objects.visible_to(request.user, on=timezone.localdate()).select_related("centre")
    found = get_object_or_404(visible, pk=pk)
    others = [each.to_name or OWN_ADDRESS for each in found.copies()]
    return render(request, "portal/letter.html", {"letter": found, "centre": found.centre, "others": others})
