"""One area of a case as one form: a verdict with its texts for each part, grade and texts of the area."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from certification.findings import RESULT, AreaReview, Judgement
from certification.models import Part, Verdict
from certification.models.review import Grade

VERDICTS = [*Verdict.choices, ("", "offen")]
GRADES = [*Grade.choices, ("", "noch offen")]
TEXTS = {"notiz": "Interne Notiz", "hinweis": "Hinweis an das Familienzentrum", "frage": "Frage"}
WITHOUT_VERDICT = {
    "notiz": "Bitte wählen Sie zu Ihrer Notiz auch ein Urteil.",
    "hinweis": "Bitte wählen Sie zu Ihrem Hinweis auch ein Urteil.",
}


class AreaForm(forms.Form):
    def __init__(self, *args: Any, parts: Sequence[Part], review: AreaReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        self.stored = review
        for part in parts:
            self._add(part, review.of(part.pk))
        self.fields["grade"] = forms.ChoiceField(
            label="Bewertung", choices=GRADES, required=False, widget=forms.RadioSelect, initial=review.grade
        )
        after = "Das Familienzentrum liest sie nach der Freigabe."
        self.fields["text"] = _text("Würdigung", review.text, rows=4, help_text=after)
        self.fields["potential"] = _text("Entwicklungsmöglichkeiten", review.potential, rows=4, help_text=after)

    def _add(self, part: Part, judgement: Judgement) -> None:
        self.fields[f"urteil-{part.pk}"] = forms.ChoiceField(
            label=f"Urteil zu {part.code}",
            choices=VERDICTS,
            required=False,
            widget=forms.RadioSelect,
            initial=judgement.verdict,
        )
        texts = (judgement.note, judgement.remark, judgement.question)
        for (name, label), text in zip(TEXTS.items(), texts, strict=True):
            self.fields[f"{name}-{part.pk}"] = _text(f"{label} zu {part.code}", text, rows=2)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for part in self.parts:
            self._check(part, data)
        if (data.get("text") or data.get("potential")) and not data.get("grade"):
            self.add_error("grade", "Bitte wählen Sie zu Ihrem Text auch eine Bewertung.")
        return data

    def _check(self, part: Part, data: Mapping[str, Any]) -> None:
        verdict, question = data.get(f"urteil-{part.pk}"), data.get(f"frage-{part.pk}")
        for name, sentence in WITHOUT_VERDICT.items():
            if data.get(f"{name}-{part.pk}") and not verdict:
                self.add_error(f"urteil-{part.pk}", sentence)
        if verdict == Verdict.QUERY and not question:
            self.add_error(f"frage-{part.pk}", "Bitte schreiben Sie, was Sie fragen möchten.")
        if question and verdict != Verdict.QUERY and question != self.stored.of(part.pk).question:
            self.add_error(f"urteil-{part.pk}", "Ihre Frage wird nur mit dem Urteil „Rückfrage“ festgehalten.")

    @property
    def seen(self) -> dict[str, str]:
        """The stamps of what the page had shown."""
        keys = [RESULT, *(str(part.pk) for part in self.parts)]
        return {key: self.data.get(f"stempel-{key}", "") for key in keys}

    @property
    def review(self) -> AreaReview:
        """What was entered; where that cannot be taken, what is stored stays."""
        data, stored = self.cleaned_data, self.stored
        judged = {part.pk: self._judged(part) for part in self.parts}
        if "grade" not in data:
            return AreaReview(judged, *stored.result)
        return AreaReview(judged, data["grade"], data["text"], data["potential"])

    def _judged(self, part: Part) -> Judgement:
        names = [f"{name}-{part.pk}" for name in ("urteil", *TEXTS)]
        if not all(name in self.cleaned_data for name in names):
            return self.stored.of(part.pk)
        return Judgement(*(str(self.cleaned_data[name]) for name in names))

    def field_of(self, name: str, part: Part) -> BoundField:
        return self[f"{name}-{part.pk}"]


def _text(label: str, initial: str, *, rows: int, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, widget=widget, initial=initial, help_text=help_text)
