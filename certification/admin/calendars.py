"""The calendar the ministry keeps: one-off holidays and what they move, and school holidays."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.admin import TrackedAdmin
from certification import unanswered, workflow
from certification.calendars import work_calendar
from certification.models import ExtraHoliday, SchoolHolidays


@admin.register(ExtraHoliday)
class ExtraHolidayAdmin(TrackedAdmin):
    """A day entered moves nothing by itself: the list of what it would move is read and accepted first."""

    fields = ("day", "name")
    list_display = ("name", "day")
    ordering = ("-day",)
    change_list_template = "admin/certification/extra_holidays.html"

    def get_urls(self) -> list[URLPattern]:
        shifts = self.admin_site.admin_view(self.shifts)
        return [path("fristen/", shifts, name="certification_extraholiday_shifts"), *super().get_urls()]

    def shifts(self, request: HttpRequest) -> HttpResponse:
        """Which running periods end later by today's calendar; one click moves them and writes to the centres."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            moved = workflow.follow_calendar_everywhere(by=request.user, at=timezone.now())  # type: ignore[arg-type]
            words = "Eine Frist ist" if moved == 1 else f"{moved} Fristen sind"
            self.message_user(request, f"{words} verschoben; jedes Zentrum bekommt einen Brief.", messages.SUCCESS)
            return redirect("admin:certification_extraholiday_shifts")
        calendar = work_calendar()
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Fristen, die sich nach dem Kalender verschieben",
            "version": calendar.version,
            "shifts": unanswered.shifts(calendar),
        }
        return TemplateResponse(request, "admin/certification/shifts.html", context)


@admin.register(SchoolHolidays)
class SchoolHolidaysAdmin(TrackedAdmin):
    fields = ("name", "starts_on", "ends_on", "source")
    list_display = ("name", "starts_on", "ends_on", "source")
    ordering = ("-starts_on",)
