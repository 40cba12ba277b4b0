"""What a centre enters in answer to its auditor: replies to questions, and the time of the visit."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from certification.forms.portal import LONGEST_TEXT, OneLineEnds
from certification.models import Query, SiteVisit, VisitSlot

MISSING = "Bitte schreiben Sie Ihre Antwort."


class AnswersForm(forms.Form):
    """One answer for each open question, prefilled with what was saved as a draft.

    Of several none is required, for one may be sent before the others; a single one is, unless it is kept as a draft.
    """

    def __init__(self, data: Mapping[str, Any] | None, *, queries: Iterable[Query]) -> None:
        super().__init__(data)
        self.queries = list(queries)
        needed = len(self.queries) == 1 and "entwurf" not in (data or {})
        for number, query in enumerate(self.queries, 1):
            label = "Ihre Antwort" if len(self.queries) == 1 else f"Ihre Antwort auf Frage {number}"
            too_long = f"Bitte kürzen Sie „{label}“ auf {LONGEST_TEXT} Zeichen."
            self.fields[self.name(query)] = OneLineEnds(
                label=label,
                required=needed,
                initial=query.draft,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 8}),
                error_messages={"max_length": too_long, "required": MISSING},
            )

    def clean(self) -> dict[str, Any]:
        """To be sent, there has to be an answer; a draft may be empty."""
        data = super().clean() or self.cleaned_data
        if "entwurf" not in self.data and not self.errors and not any(data.values()):
            self.add_error(self.name(self.queries[0]), MISSING)
        return data

    @staticmethod
    def name(query: Query) -> str:
        return f"antwort{query.pk}"

    @property
    def answers(self) -> dict[int, str]:
        return {query.pk: self.cleaned_data[self.name(query)] for query in self.queries}

    @property
    def drafts(self) -> dict[int, str]:
        """What can be kept, whatever is wrong elsewhere."""
        known = {query.pk: self.name(query) for query in self.queries}
        return {pk: self.cleaned_data[name] for pk, name in known.items() if name in self.cleaned_data}


class SlotForm(forms.Form):
    """Which of the times offered."""

    slot = forms.TypedChoiceField(
        label="Welcher Termin passt Ihnen?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Bitte wählen Sie einen Termin.",
            "invalid_choice": "Dieser Termin ist inzwischen vergeben. Bitte wählen Sie einen anderen.",
        },
    )

    def __init__(self, data: Mapping[str, Any] | None, *, slots: Iterable[VisitSlot]) -> None:
        super().__init__(data)
        by_pk = {str(slot.pk): slot for slot in slots}
        field = self.fields["slot"]
        field.choices = [(pk, slot_label(slot)) for pk, slot in by_pk.items()]  # type: ignore[attr-defined]
        field.coerce = by_pk.__getitem__  # type: ignore[attr-defined]


def slot_label(slot: VisitSlot | SiteVisit) -> str:
    """A time as a person would write it, with who is visited where there are several."""
    begins, ends = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
    when = f"{date_format(begins, 'l, j. F Y, H:i')} bis {date_format(ends, 'H:i')} Uhr, {slot.get_mode_display()}"
    names = [facility.name for facility in slot.facilities.all()]
    return f"{when} ({' und '.join(names)})" if len(names) > 1 else when


def _reason(label: str) -> OneLineEnds:
    return OneLineEnds(
        label=label,
        help_text="Ein Satz genügt.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Bitte geben Sie den Grund an.",
            "max_length": f"Bitte kürzen Sie die Begründung auf {LONGEST_TEXT} Zeichen.",
        },
    )


class MoveForm(SlotForm):
    reason = _reason("Warum möchten Sie die Begehung verlegen?")


class OtherSlotsForm(forms.Form):
    reason = _reason("Warum brauchen Sie einen anderen Termin?")
