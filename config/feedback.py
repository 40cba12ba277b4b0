"""Anyone may say what does not work; the law asks for a way to report barriers (BITV NRW § 4)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Role, User
from centres.models import Letter
from centres.post import write_to_staff

MOST_PER_HOUR = 30
FEEDBACK_WHY = "Über das Formular „Feedback und Barriere melden“ ist eine Nachricht eingegangen."


class FeedbackForm(forms.Form):
    page = forms.CharField(
        label="Um welche Seite geht es?",
        max_length=500,
        required=False,
        help_text="Die Adresse der Seite oder ihr Name.",
    )
    message = forms.CharField(
        label="Was möchten Sie uns mitteilen?",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="Beschreiben Sie, was Sie tun wollten und was dabei nicht ging.",
    )
    name = forms.CharField(
        label="Ihr Name", max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="Ihre E-Mail-Adresse",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Nur wenn Sie eine Antwort wünschen.",
    )


@login_not_required
def report(request: HttpRequest) -> HttpResponse:
    form = FeedbackForm(request.POST or None, initial={"page": request.GET.get("seite", "")})
    if request.method == "POST" and form.is_valid():
        try:
            pass_on(**form.cleaned_data, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("feedback_done")
    return render(request, "pages/feedback.html", {"form": form})


def pass_on(*, at: datetime, **report: Any) -> None:
    """Write the report to everyone in the ministry; refuse it when far too many arrive."""
    key = f"feedback-{uuid4()}"
    ministry = User.objects.filter(role=Role.MINISTRY, is_active=True)
    lately = Letter.objects.filter(template="feedback", written_at__gt=at - timedelta(hours=1))
    if lately.count() >= MOST_PER_HOUR * max(len(ministry), 1):
        raise ValidationError("Zurzeit gehen sehr viele Meldungen ein. Bitte versuchen Sie es später noch einmal.")
    for person in ministry:
        write_to_staff(
            person, "feedback", key=f"{key}/{person.pk}", rule="feedback", why=FEEDBACK_WHY, at=at, report=report
        )
