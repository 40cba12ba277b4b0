import re
from typing import Any

from django import forms

from certification.rules.numbers import is_valid_number, normal_number

PUBLIC_ID = re.compile(r"(?:^|/siegel/)([A-Za-z0-9_-]{22})/?$")


class CheckForm(forms.Form):
    """What stands on the paper: the number of the certificate or the address beside the code."""

    nummer = forms.CharField(
        label="Urkundennummer oder Adresse der Prüfseite",
        help_text="Die Nummer steht auf der Urkunde, zum Beispiel FZ\u20112026\u2011000123\u20114. "
        "Die Adresse steht neben dem Code.",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Bitte geben Sie die Urkundennummer oder die Adresse der Prüfseite ein."},
    )

    def clean(self) -> dict[str, Any]:
        """Exactly one of `number` and `public_id` is filled; a mistyped number is told without looking it up."""
        text = self.cleaned_data.get("nummer", "").strip()
        self.cleaned_data["number"] = normal_number(text)
        match = PUBLIC_ID.search(text)
        self.cleaned_data["public_id"] = match.group(1) if match else ""
        if text and not is_valid_number(text) and not match:
            self.add_error("nummer", TYPO)
        return self.cleaned_data


TYPO = (
    "Das ist weder eine Urkundennummer noch eine Adresse der Prüfseite. "
    "Bitte vergleichen Sie jedes Zeichen mit dem Papier."
)
