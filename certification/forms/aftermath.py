"""What auditors enter after a release: corrections and objections. Each form hands the act its arguments by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from certification.forms.review import RecommendForm, day_field, text_field
from certification.models import AreaResult, ObjectionResult, Outcome
from certification.models.review import Grade
from certification.workflow import AreaChange

OWN = ("reason", "eligible", "deviation_reason", "closing_text")


class CorrectForm(RecommendForm):
    """Begins with the outcome as it stands; each area has its grade and texts. Only what changes is proposed."""

    reason = text_field(
        "Warum wird das Ergebnis berichtigt?",
        rows=3,
        help_text="Die zweite Person und, nach der Freigabe, das Familienzentrum lesen die Begründung.",
    )
    field_order = ["reason", "eligible"]

    def __init__(
        self, data: Mapping[str, Any] | None, *, outcome: Outcome, results: Sequence[AreaResult], computed: bool
    ) -> None:
        shown = {
            "eligible": "ja" if outcome.eligible else "nein",
            "deviation_reason": outcome.deviation_reason,
            "closing_text": outcome.closing_text,
        }
        super().__init__(data, initial=shown, computed=computed)
        self.results = results
        for each in results:
            n = each.area.number
            self.fields[f"grade{n}"] = forms.ChoiceField(label="Bewertung", choices=Grade.choices, initial=each.grade)
            self.fields[f"text{n}"] = text_field("Würdigung", rows=4, required=False, initial=each.text)
            self.fields[f"potential{n}"] = text_field(
                "Entwicklungsmöglichkeiten", rows=3, required=False, initial=each.potential
            )

    @property
    def own(self) -> list[BoundField]:
        return [self[name] for name in OWN]

    @property
    def areas(self) -> list[tuple[AreaResult, list[BoundField]]]:
        """The fields of each area, for the page."""
        names = ("grade", "text", "potential")
        return [(each, [self[f"{name}{each.area.number}"] for name in names]) for each in self.results]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        changes = [self._change(each, data) for each in self.results if f"grade{each.area.number}" in data]
        own = {
            name: data[name] for name in ("reason", "eligible", "deviation_reason", "closing_text") if name in data
        }
        return own | {"areas": changes}

    def _change(self, result: AreaResult, data: dict[str, Any]) -> AreaChange:
        n = result.area.number
        grade, text, potential = (data[f"{name}{n}"] for name in ("grade", "text", "potential"))
        return AreaChange(result, grade, _same_lines(text, result.text), _same_lines(potential, result.potential))


def _same_lines(typed: str, stored: str) -> str:
    """What a browser sends has its own ends of lines; a text nobody touched stays the same."""
    plain = typed.replace("\r\n", "\n").strip()
    return stored if plain == stored.strip() else plain


class CorrectionForm(forms.Form):
    """Carries which correction was read, so that no other one is released."""

    correction = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, waiting: Outcome) -> None:
        super().__init__(data, initial={"correction": waiting.pk})
        self.waiting = waiting

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("correction") != self.waiting.pk:
            raise forms.ValidationError("Inzwischen liegt eine andere Berichtigung vor. Bitte lesen Sie sie zuerst.")
        return {}


class SendBackCorrectionForm(forms.Form):
    reason = text_field("Warum wird nicht berichtigt?", rows=3, help_text="Sie bleibt im Haus.")


class ObjectionForm(forms.Form):
    received_on = day_field("Eingegangen am")
    objector = forms.CharField(
        label="Von wem",
        max_length=200,
        help_text="Zum Beispiel der Träger oder seine Bevollmächtigten.",
        error_messages={"required": "Bitte geben Sie an, von wem der Widerspruch kommt."},
    )
    grounds = text_field("Gründe", rows=5, required=False, help_text="Bleiben im Haus; das Zentrum liest sie nicht.")


class ObjectionDecisionForm(forms.Form):
    result = forms.TypedChoiceField(
        label="Ausgang",
        choices=ObjectionResult.choices,
        coerce=ObjectionResult,
        widget=forms.RadioSelect,
        error_messages={"required": "Bitte wählen Sie, wie über den Widerspruch entschieden wurde."},
    )
    decided_on = day_field("Entschieden am")
    decision = text_field(
        "Begründung", rows=5, help_text="Das Familienzentrum liest sie im Portal bei seinem Ergebnis."
    )
