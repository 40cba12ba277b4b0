"""One area of a case as one form: a verdict and a note for each part, grade and text."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from certification.findings import AreaReview, Judgement
from certification.models import Part, Verdict
from certification.models.review import Grade

VERDICTS = [*Verdict.choices, ("", "offen")]
GRADES = [*Grade.choices, ("", "noch offen")]


class AreaForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, parts: Sequence[Part], review: AreaReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        self.stored = review
        self.initial["seen"] = review.stamp
        for part in parts:
            self._add(part, review.judgements.get(part.pk, Judgement("")))
        self.fields["grade"] = forms.ChoiceField(
            label="Bewertung", choices=GRADES, required=False, widget=forms.RadioSelect, initial=review.grade
        )
        self.fields["text"] = forms.CharField(
            label="Würdigung",
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            initial=review.text,
            help_text="Das Familienzentrum liest sie nach der Freigabe.",
        )

    def _add(self, part: Part, judgement: Judgement) -> None:
        self.fields[f"urteil-{part.pk}"] = forms.ChoiceField(
            label=f"Urteil zu {part.code}",
            choices=VERDICTS,
            required=False,
            widget=forms.RadioSelect,
            initial=judgement.verdict,
        )
        self.fields[f"notiz-{part.pk}"] = forms.CharField(
            label=f"Interne Notiz zu {part.code}",
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
            initial=judgement.note,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for part in self.parts:
            if data.get(f"notiz-{part.pk}") and not data.get(f"urteil-{part.pk}"):
                self.add_error(f"urteil-{part.pk}", "Bitte wählen Sie zu Ihrer Notiz auch ein Urteil.")
        if data.get("text") and not data.get("grade"):
            self.add_error("grade", "Bitte wählen Sie zu Ihrem Text auch eine Bewertung.")
        return data

    @property
    def review(self) -> AreaReview:
        """What was entered; where that cannot be taken, what is stored stays."""
        data, stored = self.cleaned_data, self.stored
        judged = {part.pk: self._judged(part) for part in self.parts}
        if "grade" not in data:
            return AreaReview(judged, stored.grade, stored.text)
        return AreaReview(judged, data["grade"], data["text"])

    def _judged(self, part: Part) -> Judgement:
        verdict, note = (self.cleaned_data.get(f"{name}-{part.pk}") for name in ("urteil", "notiz"))
        if verdict is None or note is None:
            return self.stored.judgements.get(part.pk, Judgement(""))
        return Judgement(verdict, note)

    def verdict_of(self, part: Part) -> BoundField:
        return self[f"urteil-{part.pk}"]

    def note_of(self, part: Part) -> BoundField:
        return self[f"notiz-{part.pk}"]
