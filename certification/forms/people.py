"""Whom a centre names: a deputy, or a new lead."""

from datetime import date
from typing import Any

from django import forms


class PersonForm(forms.Form):
    name = forms.CharField(
        label="Vor- und Nachname",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Bitte geben Sie den Namen der Person an."},
    )
    email = forms.EmailField(
        label="E-Mail-Adresse",
        help_text="Die eigene dienstliche Adresse der Person. Mit ihr meldet sie sich an.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Bitte geben Sie die E-Mail-Adresse der Person an.",
            "invalid": "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@beispiel.de.",
        },
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class SuccessorForm(PersonForm):
    starts_on = forms.DateField(
        label="Erster Tag der neuen Leitung",
        help_text="Bis zum Tag davor bleibt Ihr Zugang bestehen.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Bitte geben Sie den ersten Tag der neuen Leitung an.",
            "invalid": "Bitte geben Sie den Tag als Datum ein, zum Beispiel 01.08.2027.",
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].widget.attrs["min"] = today.isoformat()

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < self.today:
            raise forms.ValidationError("Dieser Tag ist vorbei. Bitte wählen Sie heute oder einen späteren Tag.")
        return day
