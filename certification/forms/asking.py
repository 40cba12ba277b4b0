"""What auditors enter about questions to the centre and their periods."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import timezone

from certification.calendars import work_calendar
from certification.forms.review import text_field
from certification.models import Case, Criterion, Finding
from certification.rules.periods import long_date
from certification.rules.working_days import due_day
from certification.workflow import Question

AT_ONCE = 4  # questions in one letter
USUAL = 10  # working days; an assumption, as domain.md names none


class ByCode(forms.ModelChoiceField):  # not generic when it runs
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.title}"


def working_days_field(label: str, **options: Any) -> forms.IntegerField:
    sentence = "Bitte geben Sie eine ganze Zahl von 1 bis 60 ein."
    messages = {"invalid": sentence, "min_value": sentence, "max_value": sentence}
    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "numberinput"})
    return forms.IntegerField(
        label=label, min_value=1, max_value=60, widget=widget, error_messages=messages, **options
    )


class AskForm(forms.Form):
    """Several questions in one letter, each perhaps about a criterion, and one period for all."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, case: Case, criterion: str = "", marks: Sequence[Finding] = ()
    ) -> None:
        super().__init__(data, initial={"criterion1": criterion} | _marked(marks))
        self.numbers = range(1, max(AT_ONCE, len(marks) + 1) + 1)
        criteria = Criterion.objects.filter(area__edition=case.round.edition_id).select_related("area")
        ordered = criteria.order_by("area__number", "position")
        for number in self.numbers:
            self.fields[f"text{number}"] = text_field(f"Frage {number}", rows=3, required=number == 1)
            self.fields[f"criterion{number}"] = ByCode(
                label=f"Kriterium zu Frage {number}", queryset=ordered, required=False, empty_label="zu keinem allein"
            )
        ends = long_date(due_day(timezone.localdate(), USUAL, calendar=work_calendar()))
        self.fields["working_days"] = working_days_field(
            "Arbeitstage bis zur Antwort",
            initial=USUAL,
            help_text=f"Montag bis Freitag ohne Feiertage in NRW. {USUAL} Arbeitstage enden am {ends}.",
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        questions = []
        for number in self.numbers:
            text, criterion = data.get(f"text{number}", ""), data.get(f"criterion{number}")
            if text:
                questions.append(Question(text, criterion))
            elif criterion and number > 1:
                self.add_error(
                    f"text{number}", f"Bitte schreiben Sie Frage {number}, oder wählen Sie kein Kriterium."
                )
        return {"questions": questions, "working_days": data.get("working_days")}


def _marked(marks: Sequence[Finding]) -> dict[str, Any]:
    """What is marked on the criteria, one question each."""
    texts = {f"text{number}": mark.question for number, mark in enumerate(marks, 1)}
    return texts | {f"criterion{number}": mark.part.criterion_id for number, mark in enumerate(marks, 1)}


class Change(TextChoices):
    EXTEND = "verlaengern", "Frist verlängern"
    PAUSE = "anhalten", "Frist anhalten"
    RESUME = "weiter", "Frist weiterlaufen lassen"


class DeadlineForm(forms.Form):
    """One change of the period, with a reason; only what is possible as the periods stand is there to choose."""

    change = forms.ChoiceField(
        label="Was möchten Sie ändern?",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Die Frist steht inzwischen anders. Bitte wählen Sie noch einmal."},
    )
    working_days = working_days_field(
        "Um wie viele Arbeitstage?", required=False, help_text="Nur wenn Sie die Frist verlängern."
    )
    reason = text_field("Begründung", rows=3, help_text="Sie bleibt im Haus; das Zentrum erfährt sie nicht.")

    def __init__(self, data: Mapping[str, Any] | None, *, case: Case) -> None:
        super().__init__(data)
        running, paused = case.queries.running().exists(), case.queries.open().exclude(paused_on=None).exists()
        possible = [*([Change.EXTEND, Change.PAUSE] if running else []), *([Change.RESUME] if paused else [])]
        self.fields["change"].choices = [(each.value, each.label) for each in possible]  # type: ignore[attr-defined]
        if len(possible) == 1:
            self.fields["change"].initial = possible[0].value
        if Change.EXTEND not in possible:
            del self.fields["working_days"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wanted = data.get("change") == Change.EXTEND and "working_days" not in self.errors
        if wanted and not data.get("working_days"):
            self.add_error("working_days", "Bitte geben Sie an, um wie viele Arbeitstage.")
        return data
