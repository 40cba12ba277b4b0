"""Pages from Django's stock parts, beside ours and behind the same middleware."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Context, Template
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.views.generic import ListView

from centres.models import FamilyCentre, NetworkMembership
from certification.admin.centres import SealEndFilter, SealStatusFilter
from certification.centre_seals import LABELS, NONE, with_seal
from certification.models import Case
from config.urls import urlpatterns as own

CASE = Template(
    "<!doctype html><title>{{ case.centre.name }}</title><h1>{{ case.centre.name }}</h1>"
    "<p>{{ case.round.label }}, {{ case.get_state_display }} seit {{ case.state_since }}</p>"
    "<ul>{% for step in steps %}<li>{{ step.at }}: {{ step.get_new_display }}</li>{% endfor %}</ul>"
)
CENTRES = Template(
    "<!doctype html><title>Familienzentren</title><table>{% for centre in object_list %}"
    "<tr><td>{{ centre.certification_number }}</td><td><a href='{{ centre.pk }}/'>{{ centre.name }}</a></td>"
    "<td>{% for member in centre.members %}{{ member.facility.town }} {% endfor %}</td>"
    "<td>{{ centre.youth_office.name }}</td><td>{{ centre.get_kind_display }}</td></tr>{% endfor %}</table>"
    "<p>Seite {{ page_obj.number }} von {{ page_obj.paginator.num_pages }}, {{ page_obj.paginator.count }}</p>"
)


def case(request: HttpRequest, pk: int) -> HttpResponse:
    """With session and user, four queries."""
    found = get_object_or_404(Case.objects.select_related("centre", "round"), pk=pk)
    return HttpResponse(CASE.render(Context({"case": found, "steps": found.steps.order_by("-at")})))


class Centres(ListView):
    """Fifty rows with the cells of our register, without seals, search, navigation or layout."""

    members = Prefetch("facility_memberships", NetworkMembership.objects.select_related("facility"), "members")
    running = FamilyCentre.objects.running().select_related("youth_office")
    queryset = running.prefetch_related(members).order_by("name_folded", "pk")
    paginate_by = 50

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        return HttpResponse(CENTRES.render(Context(context)))


class CentreAdmin(admin.ModelAdmin):
    list_display = ["certification_number", "name", "kind", "youth_office", "seal", "seal_end", "ended_on"]
    list_filter = ["youth_office", "youth_office__regional", "kind", "ended_on", SealStatusFilter, SealEndFilter]
    list_select_related = ["youth_office"]
    search_fields = ["certification_number", "name"]
    ordering = ["name_folded", "pk"]
    change_list_template = "admin/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_seal(super().get_queryset(request), today=timezone.localdate())

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Any], bool]:
        return queryset.found_by(search_term), False

    def seal(self, centre: Any) -> str:
        return LABELS[centre.seal_status or NONE]

    def seal_end(self, centre: Any) -> date | None:
        return centre.seal_through


site = admin.AdminSite("stock")
site.register(FamilyCentre, CentreAdmin)

urlpatterns: list[URLPattern | URLResolver] = [
    path("stock/case/<int:pk>/", case),
    path("stock/centres/", login_not_required(Centres.as_view())),
    path("stock/admin/", site.urls),
    *own,
]
