"""What people are asked after an event, and what the office asks them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.models import modelformset_factory
from django.utils.html import format_html

from events.forms.programme import MORE, Rows
from events.models import FeedbackQuestion
from events.rules.feedback import SCALE

LONGEST = 2000
NO_NAMES = "Bitte nennen Sie keine Namen, auch nicht Ihren eigenen."
STEP = '{} <span class="scale__words">{}</span>'
NOTHING = "Bitte beantworten Sie mindestens eine Frage."


class FeedbackForm(forms.Form):
    """No question has to be answered, but one of them."""

    def __init__(self, *args: Any, questions: Iterable[FeedbackQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = {f"frage-{each.pk}": each for each in questions}
        self.fields.update({name: _field(each) for name, each in self.questions.items()})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(NOTHING)
        return data

    @property
    def answers(self) -> dict[FeedbackQuestion, int | str]:
        said = {each: self.cleaned_data[name] for name, each in self.questions.items()}
        return {each: int(text) if each.scale else text for each, text in said.items() if text}


def _field(question: FeedbackQuestion) -> forms.Field:
    if question.scale:
        choices = [(str(score), format_html(STEP, score, words)) for score, words in SCALE.items()]
        return forms.ChoiceField(label=question.text, choices=choices, widget=forms.RadioSelect, required=False)
    return forms.CharField(
        label=question.text,
        required=False,
        max_length=LONGEST,
        help_text=NO_NAMES,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": f"Bitte kürzen Sie den Text auf {LONGEST} Zeichen."},
    )


class FeedbackQuestionForm(forms.ModelForm):
    class Meta:
        model = FeedbackQuestion
        fields = ("text", "scale")
        error_messages = {"text": {"required": "Bitte schreiben Sie die Frage."}}


FeedbackQuestionRows = modelformset_factory(
    FeedbackQuestion,
    form=FeedbackQuestionForm,
    formset=Rows,
    extra=MORE - 2,
    can_order=True,
    can_delete=True,
    can_delete_extra=False,
)
