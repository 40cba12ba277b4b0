"""The quality profile for auditors: as a draft before the release, as it was issued after it."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from certification import certificates, profiles
from certification.models import Case, Outcome, QualityProfile
from certification.views.review.access import AuditorRequest, on_case


@require_safe
@on_case
def draft(request: AuditorRequest, case: Case) -> HttpResponse:
    """Of the correction that waits, else of the recommendation; printed anew each time and stored nowhere."""
    waiting = case.outcomes.pending_corrections() or case.outcomes.standing().filter(released_at=None)
    outcome: Outcome = get_object_or_404(waiting)
    response = HttpResponse(profiles.preview(outcome, at=timezone.now()), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="Entwurf-Qualitaetsprofil.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@on_case
def issued(request: AuditorRequest, case: Case, profile: int) -> HttpResponseBase:
    found = get_object_or_404(QualityProfile.objects.issued(), pk=profile, outcome__case=case)
    return certificates.download(found, found.file_name)
