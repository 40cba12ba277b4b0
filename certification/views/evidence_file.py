"""A file of evidence, handed out to whoever may see it. The only way to its content."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from centres.rules.file_types import PDF
from certification.evidence.drawing import UndrawableError, page_picture
from certification.models import Evidence

WIDTH = 1400  # pixels: small print of a scan can be read


class SignedInRequest(HttpRequest):
    user: User


@require_safe
def show(request: SignedInRequest, public_id: str) -> FileResponse:
    """In the page where browsers show the kind of file by themselves, else, or with `?laden`, as a download.

    It opens in a place of its own without scripts, forms or the cookies of the site, and in frames of our own pages.
    """
    piece = _visible(request, public_id)
    in_page = piece.shows_in_page and "laden" not in request.GET
    response = FileResponse(
        piece.file.open("rb"), as_attachment=not in_page, filename=piece.name, content_type=piece.content_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'self'"
    response["X-Frame-Options"] = "SAMEORIGIN" if in_page else "DENY"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def page(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """One page of a PDF as a picture, so that it can stand in our own pages (docs/decisions/0025)."""
    piece = _visible(request, public_id)
    if piece.content_type != PDF or not 1 <= number <= (piece.pages or 1):
        raise Http404
    with piece.file.open("rb") as file:
        try:
            picture = page_picture(file.read(), number, width=WIDTH)
        except UndrawableError as error:
            raise Http404 from error
    response = HttpResponse(picture, content_type="image/png")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _visible(request: SignedInRequest, public_id: str) -> Evidence:
    visible = Evidence.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(visible, public_id=public_id)
