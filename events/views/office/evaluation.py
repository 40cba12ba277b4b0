"""What came of an event and of a year: numbers, who did not come, feedback; all of it as files, too."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from centres.spreadsheets import download
from events import feedback, figures
from events.attendees import HEADERS, lines
from events.forms.feedback import FeedbackQuestionRows
from events.models import InfoEvent
from events.models.registration import RegistrationQuerySet
from events.rules.bookings import Booking
from events.rules.feedback import written
from events.views.access import OfficeRequest, office_only, on_event

NUMBERS = (*figures.HEADERS, "Anteil anwesend", "Rückmeldung")
SPREAD = ("Frage", "1", "2", "3", "4", "5", "Antworten", "Durchschnitt")
INTRO = (
    "Gefragt wird nach der Veranstaltung, ohne Namen. Die Fragen sind ein Vorschlag; was Sie leer lassen, entfällt."
)
WIDTH = 400  # of a bar in the picture


@require_safe
@on_event
def event(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    """With `datei` one of its lists as a file."""
    missed, result = _missed(event), feedback.result(event)
    if kind := request.GET.get("datei"):
        return _file(kind, event, missed, result)
    context = {
        "event": event,
        "figures": figures.of_event(event),
        "headers": figures.HEADERS,
        "missed": missed,
        "asked": feedback.asked(event),
        "sheets": event.sheets.count(),
        "result": result,
        "bars": _bars(result) if result else [],
        "spread_headers": SPREAD,
        "spread_rows": _spread_rows(result) if result else [],
        "questions": event.feedback.order_by("position", "pk"),
        "least": settings.EVENT_FEEDBACK_FROM,
    }
    return render(request, "events/office/evaluation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@on_event
def questions(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    rows = event.feedback.order_by("position", "pk")
    forms: Any = FeedbackQuestionRows(posted, queryset=rows, prefix="zeile")
    if request.method == "POST" and forms.is_valid():
        entries = forms.entries()
        try:
            feedback.ask(event, entries.kept, entries.gone, by=request.user, at=timezone.now())
        except feedback.NotPossibleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Gespeichert.")
        return redirect("office:evaluation", event.pk)
    words = {"heading": "Fragen zur Rückmeldung", "row_name": "Frage", "intro": INTRO}
    return render(request, "events/office/rows.html", {"event": event, "formset": forms, **words})


@require_safe
@office_only
def year(request: OfficeRequest) -> HttpResponse:
    """The events of a year, at first this one or the last that had any; with `datei` as a file."""
    known = [each.year for each in figures.years()]
    chosen = _year(request.GET.get("jahr", ""), known)
    seen = figures.of_year(chosen)
    if request.GET.get("datei"):
        return download("xlsx", f"Veranstaltungen-{chosen}", ("Was", "Wofür", *NUMBERS), _year_rows(seen))
    context = {"year": chosen, "years": known, "seen": seen, "headers": NUMBERS, "office_headers": NUMBERS[:-1]}
    return render(request, "events/office/year.html", context)


def _year(text: str, known: list[int]) -> int:
    this = timezone.localdate().year
    if not text:
        return max((each for each in known if each <= this), default=this)
    if not text.isdecimal() or int(text) not in known:
        raise Http404
    return int(text)


def _year_rows(seen: figures.Year) -> list[list[str | int]]:
    return [
        *(["Veranstaltung", str(row.about), *row.cells] for row in seen.events),
        *(["Art", row.about, *row.cells] for row in seen.kinds),
        *(["Jugendamt", row.about, *row.cells] for row in seen.offices),
        ["Jahr", seen.total.about, *seen.total.cells],
    ]


def _missed(event: InfoEvent) -> RegistrationQuerySet:
    """Who had a seat, did not come and had not signed off."""
    absent = event.registrations.filter(state=Booking.BOOKED, attended=False)
    return absent.select_related("centre__youth_office").prefetch_related("answers").order_by("name", "pk")


def _file(kind: str, event: InfoEvent, missed: RegistrationQuerySet, result: feedback.Result | None) -> HttpResponse:
    if kind == "nicht-erschienen":
        rows = (line.cells[: len(HEADERS)] for line in lines(event, missed))
        return download("xlsx", f"Nicht-erschienen-{event.day}", HEADERS, rows)
    if kind == "kennzahlen":
        counted = figures.of_event(event)
        cells: list[str | int] = [str(event), *counted.cells, counted.rate, written(result.mean if result else None)]
        return download("xlsx", f"Kennzahlen-{event.day}", ("Veranstaltung", *NUMBERS), [cells])
    if kind == "rueckmeldungen" and result:
        blank = [""] * (len(SPREAD) - 1)
        words = [[question.text, *blank, text] for question, texts in result.words for text in texts]
        headers = (*SPREAD, "In eigenen Worten")
        return download("xlsx", f"Rueckmeldungen-{event.day}", headers, [*_spread_rows(result), *words])
    raise Http404


def _spread_rows(result: feedback.Result) -> list[list[str | int]]:
    return [[question.text, *each.counts, each.answers, written(each.mean)] for question, each in result.scores]


def _bars(result: feedback.Result) -> list[dict[str, Any]]:
    """From 1 at the left to 5 at the right."""
    return [
        {
            "text": question.text,
            "mean": written(each.mean),
            "width": round(WIDTH * ((each.mean or 1) - 1) / 4),
            "total": WIDTH,
        }
        for question, each in result.scores
    ]
