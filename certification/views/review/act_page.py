"""What the pages of acts have in common: ask with a form, act, back to the case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts import drafts
from certification.models import Case
from certification.presence import note_presence
from certification.rules.moves import BY_ACT, State
from certification.views.review.access import AuditorRequest
from certification.views.review.next_step import page_of
from certification.workflow import NotAllowedError


@dataclass(frozen=True, slots=True)
class ActPage:
    """`move` is the act by its name in the table of moves, where the page leads to one."""

    title: str
    action: str
    done: str
    move: str = ""
    text: str = ""
    consequences: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    template: str = "review/act.html"


def posted(request: AuditorRequest) -> QueryDict | None:
    """What fills the form; what was typed outlives the session (docs/decisions/0011)."""
    return drafts.typed(request)


def act_page(
    request: AuditorRequest,
    case: Case,
    page: ActPage,
    form: forms.Form,
    act: Callable[..., object],
    **context: Any,
) -> HttpResponse:
    """Ask with the form; act on what it gives. A refusal shows on the page, with all that was typed."""
    if request.method == "POST":
        if attempt(form, act):
            messages.success(request, page.done)
            return redirect("review:case", case.pk)
    elif page.move and case.state not in BY_ACT[page.move].sources:
        messages.error(request, refusal(case, page.move))
        return redirect("review:case", case.pk)
    others = note_presence(case, request.user, where=page.title, at=timezone.now())
    shown = {"case": case, "page": page, "form": form, "back_url": page_of(case, "case"), "others": others}
    return render(request, page.template, {**shown, **context})


def attempt(form: forms.Form, act: Callable[..., object]) -> bool:
    if not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return False
    return True


def refusal(case: Case, move: str) -> str:
    return f"„{BY_ACT[move].label}“ geht nicht, solange der Fall „{State(case.state).label}“ ist."
