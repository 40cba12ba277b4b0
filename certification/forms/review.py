"""What auditors enter. Each form hands the act its arguments by name."""

from typing import Any

from django import forms
from django.http import QueryDict

from certification.models import Outcome

ELIGIBLE = [("ja", "gütesiegelfähig"), ("nein", "nicht gütesiegelfähig")]


def text_field(label: str, *, rows: int = 5, **options: Any) -> forms.CharField:
    options.setdefault("error_messages", {"required": f"Bitte füllen Sie „{label}“ aus."})
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


def day_field(label: str, **options: Any) -> forms.DateField:
    options.setdefault("error_messages", {"required": f"Bitte geben Sie bei „{label}“ einen Tag an."})
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class StartForm(forms.Form):
    """Nothing to enter: the page asks, the button answers."""


class VisitHeldForm(forms.Form):
    held_on = day_field("Tag der Begehung")
    record = text_field(
        "Niederschrift",
        rows=8,
        required=False,
        help_text="Für die Zertifizierungsstelle; das Zentrum liest sie nicht.",
    )


class RecommendForm(forms.Form):
    """Knows what the rules make of the findings: to deviate takes a reason."""

    eligible = forms.TypedChoiceField(
        label="Ihr Vorschlag", choices=ELIGIBLE, coerce=lambda value: value == "ja", widget=forms.RadioSelect
    )
    deviation_reason = text_field(
        "Begründung, wenn Sie vom errechneten Ergebnis abweichen",
        rows=4,
        required=False,
        help_text="Die zweite Person liest die Begründung, bevor sie freigibt.",
    )
    closing_text = text_field(
        "Abschließende Würdigung",
        rows=8,
        required=False,
        help_text="Das Familienzentrum liest sie nach der Freigabe mit seinem Ergebnis.",
    )

    def __init__(self, *args: Any, computed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.computed = computed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        deviates = "eligible" in data and data["eligible"] != self.computed
        if deviates and not data.get("deviation_reason"):
            self.add_error(
                "deviation_reason", "Ihr Vorschlag weicht vom errechneten Ergebnis ab. Bitte begründen Sie das."
            )
        return data


class RecommendWithoutVisitForm(RecommendForm):
    reason = text_field("Warum ist keine Begehung nötig?", rows=3)

    field_order = ["reason", "eligible"]


UNCHECKED = "Bitte bestätigen Sie diesen Punkt, oder geben Sie den Vorschlag zurück."


def _check(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, error_messages={"required": UNCHECKED})


class ReleaseForm(forms.Form):
    """Carries which recommendation was read, so that no other one is released, and what was looked at."""

    outcome = forms.IntegerField(widget=forms.HiddenInput)
    differences_seen = _check("Ich habe die Abweichungen und Ausnahmen angesehen.")
    grades_seen = _check("Bewertungen und Texte passen zu den Urteilen.")
    texts_seen = _check("Der Entwurf des Qualitätsprofils kann so an das Familienzentrum gehen.")

    def __init__(self, data: QueryDict | None, *, standing: Outcome) -> None:
        super().__init__(data, initial={"outcome": standing.pk})
        self.standing = standing

    @property
    def checklist(self) -> list[forms.BoundField]:
        return [self[name] for name in ("differences_seen", "grades_seen", "texts_seen")]

    def clean_outcome(self) -> int:
        outcome: int = self.cleaned_data["outcome"]
        if outcome != self.standing.pk:
            raise forms.ValidationError("Inzwischen liegt ein anderer Vorschlag vor. Bitte lesen Sie ihn zuerst.")
        return outcome


class SendBackForm(forms.Form):
    reason = text_field(
        "Was ist noch einmal zu prüfen?", help_text="Die zuständige Person liest es im Fall und über dem Vorschlag."
    )
