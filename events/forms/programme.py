"""Contributions and questions of an event, all on one page each; empty rows at the end are for new ones."""

from datetime import date
from typing import Any

from django import forms
from django.forms.models import BaseModelFormSet, modelformset_factory

from events.forms.planning import PAST
from events.forms.registrations import CentreField
from events.models import Contribution, Question
from events.programme import Entries

MORE = 3
MOST_DAYS = 6


class ContributionForm(forms.ModelForm):
    centre = CentreField(required=False)

    class Meta:
        model = Contribution
        fields = ("title", "speaker", "centre", "best_practice", "minutes")
        error_messages = {"title": {"required": "Bitte geben Sie dem Beitrag einen Titel."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.centre:
            self.initial["centre"] = self.instance.centre.certification_number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("best_practice") and not data.get("centre") and "centre" not in self.errors:
            self.add_error("centre", "Bitte nennen Sie das Familienzentrum, von dem das gute Beispiel kommt.")
        return data


class QuestionForm(forms.ModelForm):
    class Meta:
        model = Question
        fields = ("text", "choices", "required")
        widgets = {"choices": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"text": {"required": "Bitte schreiben Sie die Frage."}}


class Rows(BaseModelFormSet):
    """Ordered by the numbers that were typed; new rows come last."""

    deletion_widget: Any = forms.CheckboxInput
    ordering_widget: Any = forms.NumberInput(attrs={"min": 1})

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = "Reihenfolge"
        if "DELETE" in form.fields:  # only what is stored can be removed
            form.fields["DELETE"].label = "Entfernen"

    def entries(self) -> Entries:
        gone = [form.instance for form in self.deleted_forms if form.instance.pk]
        kept = [form.instance for form in self.ordered_forms if form.instance.pk or form.has_changed()]
        return Entries(kept, gone)


_options: dict[str, Any] = {"formset": Rows, "extra": MORE, "can_order": True, "can_delete": True}
_options |= {"can_delete_extra": False}
ContributionRows = modelformset_factory(Contribution, form=ContributionForm, **_options)
QuestionRows = modelformset_factory(Question, form=QuestionForm, **_options)


class DaysForm(forms.Form):
    """Further days of the same event; the name of the series is asked only while there is none."""

    label = forms.CharField(
        label="Name der Reihe",
        max_length=150,
        help_text="Eine Anmeldung je Person genügt für alle ihre Termine.",
        error_messages={"required": "Bitte geben Sie der Reihe einen Namen."},
    )

    def __init__(self, data: Any = None, *, title: str, in_series: bool, today: date) -> None:
        super().__init__(data, initial={"label": title[:150]})
        self.today = today
        if in_series:
            del self.fields["label"]
        for number in range(1, MOST_DAYS + 1):
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            missing = {"required": "Bitte wählen Sie mindestens einen Tag."}
            self.fields[f"day_{number}"] = forms.DateField(
                label=f"Tag {number}", required=number == 1, widget=widget, error_messages=missing
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in [name for name in data if name.startswith("day_")]:
            if data[name] and data[name] < self.today:
                self.add_error(name, PAST)
        return data

    @property
    def days(self) -> set[date]:
        return {day for name, day in self.cleaned_data.items() if name.startswith("day_") and day}
