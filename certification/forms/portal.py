"""What a centre enters in its portal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from certification.answers import Given, Said
from certification.models import Answer, Part
from certification.models.review import Claimed
from certification.rules.periods import HalfYear

LONGEST_TEXT = 5000
MOST_OFFERS = 999
COUNTERS = ("first_half", "second_half")
CHOICES = [(Claimed.YES.value, "Ja"), (Claimed.PARTLY.value, "Teilweise"), (Claimed.NO.value, "Nein")]


@dataclass(frozen=True, slots=True)
class PartFields:
    """The fields of one part, for the page, and in a conflict what the other person saved."""

    part: Part
    value: BoundField
    text: BoundField
    counters: list[BoundField]
    stamp: str
    theirs: Answer | None

    @property
    def stamp_name(self) -> str:
        return _name(self.part.pk, "stamp")


class AreaForm(forms.Form):
    """The parts of one area as one plain form. Nothing is required: she may save at any point.

    A part with a mistake keeps what was typed and holds back only itself, see `given`.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        parts: Iterable[Part],
        answers: Mapping[int, Answer],
        halves: Iterable[HalfYear],
    ) -> None:
        self.parts = list(parts)
        self.answers = answers
        self.shown: dict[int, str] = {}
        self.conflicts: Mapping[int, Answer] = {}
        initial = {name: value for part in self.parts for name, value in _initial(part, answers.get(part.pk))}
        super().__init__(data, initial=initial)
        for part in self.parts:
            self.fields |= _fields(part, list(halves))

    def given(self) -> dict[int, Given]:
        """What can be saved: every part without a mistake. Call `is_valid` first."""
        wrong = {name.partition("-")[0] for name in self.errors}
        return {p.pk: self._given(p) for p in self.parts if f"teil{p.pk}" not in wrong}

    def shows(self, part: Part) -> PartFields:
        names = [_name(part.pk, each) for each in COUNTERS]
        counters = [self[name] for name in names if name in self.fields]
        return PartFields(
            part,
            self[_name(part.pk, "value")],
            self[_name(part.pk, "text")],
            counters,
            self._stamp(part),
            self.conflicts.get(part.pk),
        )

    def now_shows(
        self, answers: Mapping[int, Answer], *, parts: Iterable[int], conflicts: Mapping[int, Answer]
    ) -> None:
        """After saving, these parts stand beside what is stored now; saving again is meant."""
        self.shown |= {part: Said.by(answers.get(part)).stamp for part in parts}
        self.conflicts = conflicts

    def _given(self, part: Part) -> Given:
        clean = {each: self.cleaned_data.get(_name(part.pk, each)) for each in ("value", "text", *COUNTERS)}
        said = Said(clean["value"] or "", clean["text"] or "", clean["first_half"], clean["second_half"])
        return Given(said, self._stamp(part))

    def _stamp(self, part: Part) -> str:
        """What the page had shown: as it was posted, or as it is stored."""
        if part.pk in self.shown:
            return self.shown[part.pk]
        posted = self.data.get(_name(part.pk, "stamp")) if self.is_bound else None
        return posted if posted is not None else Said.by(self.answers.get(part.pk)).stamp


class OneLineEnds(forms.CharField):
    """Browsers send every line end as CR and LF; stored is LF alone, so that the same text stays the same."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n").strip()


def _name(part: int, field: str) -> str:
    return f"teil{part}-{field}"


def _initial(part: Part, answer: Answer | None) -> list[tuple[str, Any]]:
    said = Said.by(answer)
    return [(_name(part.pk, each), getattr(said, each)) for each in ("value", "text", *COUNTERS)]


def _fields(part: Part, halves: list[HalfYear]) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        _name(part.pk, "value"): forms.ChoiceField(
            label=part.text,
            choices=CHOICES,
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": f"Bitte wählen Sie bei {part.code} Ja, Teilweise oder Nein."},
        ),
        _name(part.pk, "text"): OneLineEnds(
            label="Beschreibung",
            required=False,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"max_length": f"Bitte kürzen Sie den Text bei {part.code} auf {LONGEST_TEXT} Zeichen."},
        ),
    }
    if part.counted:
        fields |= {_name(part.pk, n): _counter(part, half) for n, half in zip(COUNTERS, halves, strict=False)}
    return fields


def _counter(part: Part, half: HalfYear) -> forms.IntegerField:
    sentence = f"Bitte geben Sie bei {part.code} eine ganze Zahl von 0 bis {MOST_OFFERS} ein, zum Beispiel 2."
    return forms.IntegerField(
        label=f"Anzahl im {half.label}",
        help_text=half.span,
        required=False,
        min_value=0,
        max_value=MOST_OFFERS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "numberinput"}),
        error_messages={"invalid": sentence, "min_value": sentence, "max_value": sentence},
    )


class QueryAnswerForm(forms.Form):
    text = OneLineEnds(
        label="Ihre Antwort",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": "Bitte schreiben Sie Ihre Antwort.",
            "max_length": f"Bitte kürzen Sie Ihre Antwort auf {LONGEST_TEXT} Zeichen.",
        },
    )


class WithdrawalForm(forms.Form):
    reason = OneLineEnds(
        label="Warum treten Sie zurück?",
        help_text="Ein oder zwei Sätze genügen.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Bitte geben Sie den Grund an.",
            "max_length": f"Bitte kürzen Sie die Begründung auf {LONGEST_TEXT} Zeichen.",
        },
    )
