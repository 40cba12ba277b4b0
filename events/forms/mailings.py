from typing import Any

from django import forms

from centres.filters import LongSelect
from centres.models import YouthOffice
from centres.rules import placeholders
from events.mailings import PLACEHOLDERS
from events.models import Mailing

NAMES = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


class MailingForm(forms.ModelForm):
    """A draft. What stands in braces is checked before anybody gets it."""

    youth_office = forms.ModelChoiceField(
        label="Nur Jugendamt",
        required=False,
        queryset=YouthOffice.objects.order_by("name_folded"),
        empty_label="Alle",
        widget=LongSelect,
    )

    class Meta:
        model = Mailing
        fields = ("group", "youth_office", "subject", "text")
        widgets = {"group": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 12})}
        help_texts = {
            "text": f"Anrede und Grußformel stehen schon im Brief. Platzhalter: {NAMES}.",
            "subject": "Auch hier sind Platzhalter möglich.",
        }
        error_messages = {
            "group": {"required": "Bitte wählen Sie, an wen der Brief geht."},
            "subject": {"required": "Bitte geben Sie einen Betreff ein."},
            "text": {"required": "Bitte schreiben Sie den Text des Briefes."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = Mailing._meta.get_field("group").choices  # type: ignore[attr-defined]

    def clean_subject(self) -> str:
        return self._checked("subject")

    def clean_text(self) -> str:
        return self._checked("text")

    def _checked(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if found := placeholders.problems(text, PLACEHOLDERS):
            raise forms.ValidationError(found)
        return text
