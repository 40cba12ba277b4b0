"""A file of evidence, handed out to whoever may see it. The only way to its content."""

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from certification.models import Evidence


class SignedInRequest(HttpRequest):
    user: User


@require_safe
def show(request: SignedInRequest, public_id: str) -> FileResponse:
    """In the page where browsers show the kind of file by themselves, else, or with `?laden`, as a download.

    It opens in a place of its own without scripts, forms or the cookies of the site, and in frames of our own pages.
    """
    visible = Evidence.objects.visible_to(request.user, on=timezone.localdate())
    piece = get_object_or_404(visible, public_id=public_id)
    in_page = piece.shows_in_page and "laden" not in request.GET
    response = FileResponse(
        piece.file.open("rb"), as_attachment=not in_page, filename=piece.name, content_type=piece.content_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'self'"
    response["X-Frame-Options"] = "SAMEORIGIN" if in_page else "DENY"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
