"""Tomorrow's letters: what the reminders will write, to whom and how it reads, and the way to hold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from centres import post
from centres.admin.holds import hold_page
from centres.models import Hold
from centres.models.hold import Held
from certification import forecast, skipped
from certification.reminders import Due
from certification.rules.periods import long_date

DAYS = 30
PER_PAGE = 100
PREVIEW = "admin:certification_reminderrule_preview"


@dataclass(frozen=True, slots=True)
class Row:
    """One occasion of the list, with the people its letters go to."""

    due: Due
    recipients: Sequence[post.Recipient]
    hold: Hold | None
    query: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The day looked at, and the rule where only one is."""

    day: date
    rule: str

    @classmethod
    def of(cls, request: HttpRequest, today: date) -> "Chosen":
        return cls(_day(request.GET.get("tag", "")) or today + timedelta(days=1), request.GET.get("regel", ""))

    def includes(self, due: Due) -> bool:
        return self.rule in {"", due.occasion.rule}


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


class TomorrowPages(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("vorschau/", self.preview, "preview"),
            ("vorschau/brief/", self.draft, "draft"),
            ("vorschau/anhalten/", self.hold, "hold"),
        ]
        own = [
            path(route, self._guarded(view), name=f"certification_reminderrule_{name}") for route, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def _guarded(self, view: Any) -> Any:
        def guarded(request: HttpRequest) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            response: HttpResponse = view(request)
            return response

        return self.admin_site.admin_view(guarded)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What goes out within thirty days, by rule, and on the chosen day, by recipient."""
        today = timezone.localdate()
        chosen = Chosen.of(request, today)
        upcoming = forecast.upcoming(today, days=DAYS)
        held = Hold.objects.by_thing()
        due = sorted(
            filter(chosen.includes, upcoming.get(chosen.day, [])),
            key=lambda each: (each.why, each.centre.name_folded),
        )
        page = Paginator(due, PER_PAGE).get_page(request.GET.get("seite"))
        context = {
            "title": "Erinnerungen: morgen und in den nächsten 30 Tagen",
            "chosen": chosen,
            "tomorrow": today + timedelta(days=1),
            "page_obj": page,
            "rows": rows(page, chosen.day, held),
            "skipped": Paginator(skipped.lately(today), PER_PAGE).get_page(request.GET.get("ausgefallen")),
            "look_back": skipped.LOOK_BACK.days,
            "expected": [(each, held.rules.get(each.rule)) for each in forecast.counted(upcoming)],
        }
        return self._page(request, "reminder_preview", context)

    def draft(self, request: HttpRequest) -> HttpResponse:
        """Each letter of one occasion as it will read, stored nowhere."""
        day, due = self._wanted(request)
        context = {
            "title": f"So wird der Brief vom {long_date(day)} lauten",
            "due": due,
            "letters": post.drafts([due.occasion], at=morning(day)),
            "hold": Hold.objects.by_thing().get(rule=due.occasion.rule, occasion=due.occasion.key),
            "query": query(day, due),
            "back_url": f"{reverse(PREVIEW)}?{urlencode({'tag': day})}#liste",
        }
        return self._page(request, "reminder_draft", context)

    def hold(self, request: HttpRequest) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        if rule := request.GET.get("regel", ""):
            found = forecast.rule_in_words(rule)
            if not found:
                raise Http404
            return hold_page(request, context, back_url=reverse(PREVIEW), rule=rule, about=found)
        day, due = self._wanted(request)
        back = f"{reverse(PREVIEW)}?{urlencode({'tag': day})}#liste"
        about = f"{due.centre}: {due.why}"
        return hold_page(request, context, back_url=back, occasion=due.occasion.key, about=about)

    def _wanted(self, request: HttpRequest) -> tuple[date, Due]:
        day = _day(request.GET.get("tag", ""))
        due = forecast.find(request.GET.get("anlass", ""), on=day) if day else None
        if not day or not due:
            raise Http404
        return day, due

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/certification/{template}.html", context)


def rows(page: Page, day: date, held: Held) -> list[Row]:
    return [
        Row(
            due,
            list(post.people_of(due.occasion)),
            held.get(rule=due.occasion.rule, occasion=due.occasion.key),
            query(day, due),
        )
        for due in page
    ]


def query(day: date, due: Due) -> str:
    return urlencode({"tag": day, "anlass": due.occasion.key})


def morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(6)))
