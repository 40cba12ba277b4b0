"""What the service office does with registrations: find them, serve someone first, sign somebody on or off."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from centres.filters import LongSelect
from centres.models import FamilyCentre, YouthOffice
from events.attendees import found_by, listed
from events.models import EventMode, InfoEvent, Question
from events.models.registration import STATES, RegistrationQuerySet
from events.registration import Attendee

MOST_NAMED = 5


class CentreField(forms.CharField):
    """A centre, typed as its number or as words of its name and place. It says what else it may be."""

    def __init__(self, **options: Any) -> None:
        hint = "Zertifizierungsnummer, oder Name und Ort."
        super().__init__(**{"label": "Familienzentrum", "max_length": 250, "help_text": hint, **options})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self._centre(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return value.certification_number if isinstance(value, FamilyCentre) else value

    def _centre(self, text: str) -> FamilyCentre:
        if exact := FamilyCentre.objects.filter(certification_number=text.strip()).first():
            return exact
        found = list(FamilyCentre.objects.running().found_by(text).by_name()[: MOST_NAMED + 1])
        if len(found) == 1 and any(letter.isalnum() for letter in text):
            return found[0]
        raise ValidationError(_unclear(text, found))


def _unclear(text: str, found: Sequence[FamilyCentre]) -> str:
    if not found or not any(letter.isalnum() for letter in text):
        return f"Zu „{text}“ gibt es kein Familienzentrum. Bitte prüfen Sie Nummer oder Namen."
    if len(found) > MOST_NAMED:
        return f"„{text}“ passt auf viele Familienzentren. Bitte geben Sie den Ort dazu oder die Nummer ein."
    named = "; ".join(f"{each.certification_number} {each.name}" for each in found)
    return f"„{text}“ passt auf mehrere Familienzentren. Bitte geben Sie die Nummer ein: {named}."


class ListForm(forms.Form):
    """Sent by GET; the words in the address are German."""

    q = forms.CharField(label="Suche", required=False, help_text="Name, E-Mail-Adresse oder Familienzentrum.")
    stand = forms.ChoiceField(label="Stand", required=False, choices=[("", "Alle"), *STATES])
    jugendamt = forms.ModelChoiceField(
        label="Jugendamt",
        required=False,
        queryset=YouthOffice.objects.order_by("name_folded"),
        empty_label="Alle",
        widget=LongSelect,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.form_method = "get"

    def found(self, event: InfoEvent) -> RegistrationQuerySet:
        """All of them where what was asked makes no sense."""
        asked = self.cleaned_data if self.is_valid() else {}
        registrations = listed(event)
        if text := asked.get("q"):
            registrations = found_by(registrations, text)
        if state := asked.get("stand"):
            registrations = registrations.filter(state=state)
        if office := asked.get("jugendamt"):
            registrations = registrations.filter(centre__youth_office=office)
        return registrations


class PriorityForm(forms.Form):
    reason = forms.CharField(
        label="Grund des Vorrangs",
        max_length=250,
        help_text="Ihn sieht jede Person der Servicestelle.",
        error_messages={"required": "Bitte nennen Sie den Grund des Vorrangs."},
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Grund",
        max_length=250,
        help_text="Zum Beispiel: hat angerufen. Er steht im Brief an die Person.",
        error_messages={"required": "Bitte nennen Sie den Grund; er steht im Brief an die Person."},
    )


class PhoneForm(forms.Form):
    """Somebody calls: the same questions as on the page of the event, the centre as it is said on the phone."""

    name = forms.CharField(
        label="Name", max_length=150, error_messages={"required": "Bitte geben Sie den Namen ein."}
    )
    email = forms.EmailField(
        label="E-Mail-Adresse",
        help_text="Dorthin geht die Bestätigung.",
        error_messages={"required": "Bitte geben Sie die E-Mail-Adresse ein; dorthin geht die Bestätigung."},
    )
    centre = CentreField(required=False)
    attends = forms.ChoiceField(
        label="Teilnahme",
        choices=EventMode,
        widget=forms.RadioSelect,
        error_messages={"required": "Bitte wählen Sie: vor Ort oder online."},
    )

    def __init__(self, data: Any = None, *, event: InfoEvent, questions: Sequence[Question]) -> None:
        super().__init__(data)
        self.questions = {f"frage_{question.pk}": question for question in questions}
        if event.mode == EventMode.BOTH:
            both = [each for each in EventMode.choices if each[0] != EventMode.BOTH]
            self.fields["attends"].choices = both  # type: ignore[attr-defined]
        else:
            del self.fields["attends"]
        self.only = EventMode(event.mode)
        self.fields.update({name: _asked(question) for name, question in self.questions.items()})

    @property
    def attendee(self) -> Attendee:
        data = self.cleaned_data
        return Attendee(data["name"], data["email"], data["centre"])

    @property
    def way(self) -> EventMode:
        return EventMode(self.cleaned_data.get("attends") or self.only)

    @property
    def answers(self) -> dict[Question, str]:
        return {question: self.cleaned_data[name] for name, question in self.questions.items()}


def _asked(question: Question) -> forms.Field:
    missing = {"required": f"Bitte fragen Sie nach: „{question.text}“."}
    words: dict[str, Any] = {"label": question.text, "required": question.required, "error_messages": missing}
    if options := question.options:
        return forms.ChoiceField(choices=[("", "Bitte wählen"), *((each, each) for each in options)], **words)
    return forms.CharField(max_length=500, **words)
