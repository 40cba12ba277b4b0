"""Evidence in the page, quotes from it, and notes about the case."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import drafts
from centres.rules.file_types import PDF
from certification import papers
from certification.evidence.drawing import UndrawableError, page_words
from certification.findings import REVIEWING
from certification.models import Case, Criterion, Evidence, EvidenceUse, Quote
from certification.views.review.access import AuditorRequest, on_case
from certification.views.review.next_step import page_of
from certification.workflow import NotAllowedError


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a piece of evidence at a criterion; `words` is none where it cannot be shown."""

    evidence: Evidence
    criterion: Criterion
    number: int
    words: str | None

    @property
    def pages(self) -> int:
        return self.evidence.pages or 1

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


@require_http_methods(["GET", "HEAD", "POST"])
@on_case
def evidence(request: AuditorRequest, case: Case, criterion: int, public_id: str) -> HttpResponse:
    """A page of a piece of evidence: in the page of the area by htmx, else as a page of its own. POST quotes it."""
    use = get_object_or_404(
        EvidenceUse.objects.handed_in().select_related("evidence", "criterion__area"),
        case=case,
        criterion=criterion,
        evidence__public_id=public_id,
    )
    leaf = _leaf(use, request.GET.get("seite", "1"))
    error = ""
    if request.method == "POST":
        error = _quote(request, case, leaf)
        if not error and not request.headers.get("HX-Request"):
            messages.success(request, "Das Zitat ist festgehalten.")
            return redirect(f"{request.path}?seite={leaf.number}")
    context = {
        "case": case,
        "leaf": leaf,
        "typed": _typed(request, refused=bool(error)),
        "error": error,
        "kept": request.method == "POST" and not error,
        "writable": case.state in REVIEWING,
        "quotes": case.quotes.filter(criterion=leaf.criterion).select_related("evidence", "by").order_by("at", "pk"),
    }
    template = "review/_viewer.html" if request.headers.get("HX-Request") else "review/evidence.html"
    return render(request, template, context)


@on_case
@require_POST
def take_back_quote(request: AuditorRequest, case: Case, quote: int) -> HttpResponse:
    found = get_object_or_404(Quote.objects.select_related("case", "criterion__area"), case=case, pk=quote)
    try:
        papers.take_back_quote(found, by=request.user)
        messages.success(request, "Das Zitat ist entfernt.")
    except NotAllowedError as error:
        messages.error(request, str(error))
    place = found.criterion
    return redirect(f"{page_of(case, 'case')}bereich/{place.area.number}/#kriterium-{place.pk}")


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Neue Notiz",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Nur die Zertifizierungsstelle liest sie.",
        error_messages={"required": "Bitte schreiben Sie Ihre Notiz."},
    )


@on_case
@require_POST
def write_note(request: AuditorRequest, case: Case) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Bitte schreiben Sie Ihre Notiz.")
        return redirect(f"{page_of(case, 'case')}#notizen")
    papers.write_note(case, text=form.cleaned_data["text"], by=request.user, at=timezone.now())
    messages.success(request, "Die Notiz ist gespeichert.")
    return redirect(f"{page_of(case, 'case')}#notizen")


def _typed(request: AuditorRequest, *, refused: bool) -> str:
    """What stands in the field again: what was refused, or what was typed when the session ended."""
    data = drafts.typed(request) if refused or request.method != "POST" else None
    return data.get("zitat", "") if data else ""


def _leaf(use: EvidenceUse, asked: str) -> Leaf:
    number = int(asked) if asked.isdecimal() else 1
    piece = use.evidence
    if not 1 <= number <= (piece.pages or 1):
        raise Http404
    return Leaf(piece, use.criterion, number, _words(piece, number))


def _words(piece: Evidence, number: int) -> str | None:
    if piece.content_type != PDF:
        return "" if piece.is_picture else None
    try:
        with piece.file.open("rb") as file:
            return page_words(file.read(), number)
    except UndrawableError:
        return None


def _quote(request: AuditorRequest, case: Case, leaf: Leaf) -> str:
    """Why it was refused, if it was."""
    try:
        papers.quote(
            case,
            leaf.evidence,
            criterion=leaf.criterion,
            page=leaf.number,
            text=request.POST.get("zitat", ""),
            by=request.user,
            at=timezone.now(),
        )
    except NotAllowedError as error:
        return str(error)
    return ""
