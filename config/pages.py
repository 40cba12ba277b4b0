"""Home, and the pages behind the footer."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from accounts.models import Role

PLACES = {
    Role.MINISTRY: "admin:index",
    Role.AUDITOR: "review:home",
    Role.SERVICE_OFFICE: "office:home",
    Role.CENTRE: "portal:home",
}


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The public front page; someone signed in goes straight to the place of their role."""
    if request.user.is_authenticated:
        return redirect(PLACES[Role(request.user.role)])
    return render(request, "pages/home.html")


@method_decorator(login_not_required, name="dispatch")
class PublicPage(TemplateView):
    """A page of text that anyone may read."""
