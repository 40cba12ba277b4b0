"""Where a provider confirms a new lead: reached by the link in its letter, without an account."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from centres import handovers
from centres.models import Handover
from centres.people import NotPossibleError

LONGEST_REASON = 2000


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label="Ist das richtig?",
        choices=[
            ("confirm", "Ja, ich bestätige die neue Leitung für den Träger."),
            ("refuse", "Nein, das stimmt so nicht."),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Bitte wählen Sie, ob Sie bestätigen oder ablehnen."},
    )
    reason = forms.CharField(
        label="Was stimmt nicht?",
        help_text="Nur wenn Sie ablehnen. Das Ministerium liest es.",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"Bitte kürzen Sie den Text auf {LONGEST_REASON} Zeichen."},
    )

    def clean(self) -> dict[str, str]:
        given: dict[str, str] = super().clean() or {}
        if given.get("answer") == "refuse" and not given.get("reason"):
            self.add_error("reason", "Bitte schreiben Sie in einem Satz, was nicht stimmt.")
        return given


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, so that a mail scanner may follow the link; answering takes the button."""
    found = handovers.with_token(token)
    if found is None:
        return render(request, "centres/handover.html", {"handover": None}, status=404)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and found.is_open and form.is_valid():
        try:
            _answer(found, **form.cleaned_data)
        except NotPossibleError as error:
            form.add_error(None, str(error))
        else:
            return redirect("handover", token)
    return render(request, "centres/handover.html", {"handover": found, "form": form})


def _answer(handover: Handover, *, answer: str, reason: str) -> None:
    now = timezone.now()
    if answer == "confirm":
        handovers.confirm(handover, by=None, at=now)
    else:
        handovers.refuse(handover, reason=reason, at=now)
