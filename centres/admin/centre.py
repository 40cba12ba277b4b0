from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_list import result_headers
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join

from centres import facts
from centres.admin.base import RegisterAdmin
from centres.admin.filters import KindFilter, ReachFilter, RegionFilter, RunningFilter, YouthOfficeFilter
from centres.admin.inlines import FacilityInline, PersonInline
from centres.ending import NotEndedError, end_centre
from centres.forms import EndForm, FamilyCentreForm
from centres.models import CentreKind, FamilyCentre

KINDS = dict(CentreKind.choices)
# Written out: a template needs several times as long for the same hundred rows.
ROW = '<tr><td>{}</td><th scope="row"><a href="{}/change/">{}</a></th>{}</tr>'


class CentreAdmin(RegisterAdmin):
    """The centres themselves. The room that knows their seals adds to it and registers it."""

    form = FamilyCentreForm
    inlines = [FacilityInline, PersonInline]
    list_display = ["certification_number", "name", "kind", "youth_office", "ended_on"]
    list_filter = [YouthOfficeFilter, RegionFilter, KindFilter, RunningFilter, ReachFilter]
    list_select_related = ["youth_office"]
    search_fields = ["search"]
    search_help_text = "Nummer, Name, Ort, Träger oder Einrichtung; auch ae für ä und ss für ß"
    ordering = ["name_folded", "pk"]
    readonly_fields = ["ended_on", "end_reason", "briefings"]
    change_list_template = "admin/centres/familycentre/change_list.html"
    change_form_template = "admin/centres/familycentre/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        end = path("<int:pk>/beenden/", self.admin_site.admin_view(self.end_view), name="centres_familycentre_end")
        return [end, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: FamilyCentre | None = None) -> list[str]:
        """A new form means a new certification number, hence another centre."""
        return [*self.readonly_fields, "kind"] if obj else []

    def get_fields(self, request: HttpRequest, obj: FamilyCentre | None = None) -> Any:
        fields = ["certification_number", "name", "kind", "youth_office", "email", "phone", "lead_name"]
        exception = ["network_exception"] if obj and obj.is_network else []
        ending = ["ended_on", "end_reason"] if obj and obj.ended_on else []
        attended = ["briefings"] if obj else []
        return [*fields, *exception, *attended, *ending]

    @admin.display(description="Besuchte Informationsveranstaltungen")
    def briefings(self, centre: FamilyCentre) -> str:
        return "; ".join(facts.briefings(centre, on=timezone.localdate())) or "keine vermerkt"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Any], bool]:
        return queryset.found_by(search_term), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            context["headers"] = list(result_headers(context["cl"]))
            rows = ((centre.pk, self.cells(centre)) for centre in context["cl"].result_list)
            context["rows"] = format_html_join(
                "\n", ROW, ((n, pk, name, cells(more)) for pk, (n, name, *more) in rows)
            )
        return response

    def cells(self, centre: FamilyCentre) -> list[str]:
        """One row of the list, in the order of `list_display`; the name is its second cell."""
        ended = f"{centre.ended_on:%d.%m.%Y}" if centre.ended_on else ""
        return [centre.certification_number, centre.name, KINDS[centre.kind], centre.youth_office.name, ended]

    def centres_of(self, obj: FamilyCentre) -> Any:
        return FamilyCentre.objects.filter(pk=obj.pk)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Whoever gives a task away is stored before who takes it: at no time do two have it."""
        rows = formset.save(commit=False)
        rows.sort(key=lambda row: (row.ends_on is None, _tasks(row)))
        for row in rows:
            row.save()

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        centre = self.get_object(request, str(pk))
        if centre is None:
            raise Http404
        form = EndForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and _ended(centre, form):
            self.message_user(request, f"{centre} ist beendet.", messages.SUCCESS)
            return redirect(reverse("admin:centres_familycentre_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Möchten Sie das Familienzentrum {centre} beenden?",
            "opts": self.opts,
            "original": centre,
            "form": form,
        }
        return render(request, "admin/centres/familycentre/end.html", context)


def cells(texts: list[str]) -> str:
    return format_html_join("", "<td>{}</td>", ((text,) for text in texts))


def _ended(centre: FamilyCentre, form: EndForm) -> bool:
    try:
        end_centre(centre, **form.cleaned_data)
    except NotEndedError as error:
        form.add_error(None, str(error))
    return form.is_valid()


def _tasks(row: Any) -> int:
    return sum(bool(getattr(row, name, False)) for name in ("grant_recipient", "contact"))
