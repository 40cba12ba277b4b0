"""The materials of an event, handed out to whoever may read them: each request is asked anew."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from events import letters, materials
from events.models import Material
from events.rules.opening import EventState


@login_not_required
@require_safe
def of_registration(request: HttpRequest, token: str, public_id: str) -> HttpResponseBase:
    """By the link of a registration, as it is now: who has signed off reads on only what everybody invited may."""
    registration = letters.registration_of(token)
    if registration is None:
        raise Http404
    claim = materials.claim_of(registration)
    return _hand_out(materials.found(registration.event, claim, public_id, at=timezone.now()))


@login_not_required
@require_safe
def of_invitation(request: HttpRequest, token: str, public_id: str) -> HttpResponseBase:
    invitation = letters.invitation_of(token)
    if invitation is None or invitation.event.state == EventState.DRAFT:
        raise Http404
    return _hand_out(materials.found(invitation.event, materials.INVITED, public_id, at=timezone.now()))


def _hand_out(material: Material | None) -> HttpResponseBase:
    if material is None:
        raise Http404
    return hand_out(material)


def hand_out(material: Material) -> HttpResponseBase:
    """In the page where browsers show the kind of file by themselves, else as a download; a link leads away.

    It opens in a place of its own, without scripts, forms or the cookies of the site.
    """
    if material.link:
        return redirect(material.link)
    response = FileResponse(
        material.file.open("rb"),
        as_attachment=not material.shows_in_page,
        filename=material.name,
        content_type=material.content_type,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
