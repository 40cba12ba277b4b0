"""What an event asks of whoever registers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings

from centres.models import FamilyCentre
from events.models import EventMode, InfoEvent, Question
from events.registration import Attendee

LONGEST_ANSWER = 500
WAYS = [(EventMode.ON_SITE, "vor Ort"), (EventMode.ONLINE, "online")]


class RegistrationForm(forms.Form):
    """The event's own part: the way to take part, where there are two, and its questions."""

    def __init__(self, *args: Any, event: InfoEvent, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event, self.questions = event, {f"question-{each.pk}": each for each in questions}
        if event.mode == EventMode.BOTH:
            self.fields["attends"] = forms.ChoiceField(
                label="Wie möchten Sie teilnehmen?",
                choices=WAYS,
                widget=forms.RadioSelect,
                error_messages={"required": "Bitte wählen Sie: vor Ort oder online."},
            )
        self.fields.update({name: _field(question) for name, question in self.questions.items()})

    @property
    def attends(self) -> EventMode:
        return EventMode(self.cleaned_data.get("attends") or self.event.mode)

    @property
    def answers(self) -> dict[Question, str]:
        return {question: self.cleaned_data[name] for name, question in self.questions.items()}


class GuestForm(RegistrationForm):
    """For whoever has no account."""

    name = forms.CharField(
        label="Ihr Name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Bitte nennen Sie Ihren Vor- und Nachnamen."},
    )
    email = forms.EmailField(
        label="Ihre E-Mail-Adresse",
        help_text="Dorthin schicken wir die Bestätigung und den Zugang.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Bitte nennen Sie Ihre E-Mail-Adresse; ohne sie können wir Ihnen nichts bestätigen.",
            "invalid": "Diese E-Mail-Adresse ist nicht vollständig. Sie sieht zum Beispiel so aus: name@beispiel.de",
        },
    )

    def attendee(self, centre: FamilyCentre | None) -> Attendee:
        return Attendee(self.cleaned_data["name"], self.cleaned_data["email"], centre)


class MemberForm(RegistrationForm):
    """For leads and deputies: who they are is known, at most the centre is not."""

    def __init__(self, *args: Any, centres: list[FamilyCentre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.centres = {str(each.pk): each for each in centres}
        if len(centres) > 1:
            self.fields["centre"] = forms.ChoiceField(
                label="Für welches Familienzentrum?",
                choices=[(str(each.pk), str(each)) for each in centres],
                widget=forms.RadioSelect,
                error_messages={"required": "Bitte wählen Sie das Familienzentrum, für das Sie teilnehmen."},
            )
            self.order_fields(["centre"])

    @property
    def centre(self) -> FamilyCentre:
        return self.centres[self.cleaned_data.get("centre") or next(iter(self.centres))]


def _field(question: Question) -> forms.Field:
    missing = {"required": f"Bitte beantworten Sie die Frage „{question.text}“."}
    if question.options:
        return forms.ChoiceField(
            label=question.text,
            choices=[(each, each) for each in question.options],
            widget=forms.RadioSelect,
            required=question.required,
            error_messages=missing,
        )
    return forms.CharField(
        label=question.text,
        help_text=f"Diese Angabe löschen wir {settings.EVENT_FORGET_DAYS} Tage nach der Veranstaltung.",
        max_length=LONGEST_ANSWER,
        required=question.required,
        error_messages={**missing, "max_length": f"Bitte kürzen Sie die Antwort auf {LONGEST_ANSWER} Zeichen."},
    )
