from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certification import certificates
from certification.models import QualityProfile
from certification.results import beside_the_last, released_results
from certification.rules.aftermath import after_refusal
from certification.rules.moves import State
from certification.views.portal.access import CentreRequest, centres_only, find_case, find_centre


@centres_only
@require_safe
def result(request: CentreRequest, pk: int) -> HttpResponse:
    """The released outcome: grade and text for each area, quality profile and certificate."""
    today = timezone.localdate()
    case = find_case(request, pk, today=today)
    found = released_results(request.user, case.centre, today=today)
    released = next((each for each in found if each.case.pk == pk), None)
    if released is None:
        messages.info(request, "Zu diesem Fall liegt noch kein Ergebnis vor.")
        return redirect("portal:case", pk)
    graded, last = beside_the_last(found, case)
    context = {
        "case": case,
        "centre": case.centre,
        "outcome": released.outcome,
        "released": released,
        "graded": graded,
        "last": last,
        "objections": case.objections.order_by("-received_on", "-pk"),
        "may_follow": after_refusal(case.round.procedure) if case.state == State.NOT_AWARDED else (),
        "others": [each for each in found if each.case.pk != pk],
    }
    return render(request, "portal/result.html", context)


@centres_only
@require_safe
def results(request: CentreRequest, pk: int) -> HttpResponse:
    """Every round of the centre with a result, the newest first."""
    today = timezone.localdate()
    centre = find_centre(request, pk, today=today)
    found = released_results(request.user, centre, today=today)
    return render(request, "portal/results.html", {"centre": centre, "results": found})


@centres_only
@require_safe
def profile(request: CentreRequest, pk: int) -> HttpResponseBase:
    visible = QualityProfile.objects.visible_to(request.user, on=timezone.localdate())
    found = get_object_or_404(visible.issued(), pk=pk)
    return certificates.download(found, found.file_name)
