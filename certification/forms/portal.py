"""What a centre enters in its portal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from certification.answers import Given, Said, Saved
from certification.forms.dates import DatesField
from certification.models import Answer, Part
from certification.models.review import Claimed
from certification.rules.periods import HalfYear

LONGEST_TEXT = 5000
MOST_OFFERS = 999
MOST_BLANKS = 4
COUNTERS = ("first_half", "second_half")
SAYS = ("value", "text", *COUNTERS, "offers")
CHOICES = [(Claimed.YES.value, "Ja"), (Claimed.PARTLY.value, "Teilweise"), (Claimed.NO.value, "Nein")]


@dataclass(frozen=True, slots=True)
class PartFields:
    """The fields of one part, for the page.

    `seen` is the stamp of what somebody else saved, where that stands beside her own version.
    """

    part: Part
    value: BoundField
    text: BoundField
    counters: list[BoundField]
    offers: BoundField | None
    stamp: str
    seen: str
    theirs: Answer | None
    is_conflict: bool

    @property
    def key(self) -> str:
        return f"teil{self.part.pk}"

    @property
    def dates(self) -> list[str]:
        """What stands in the inputs for dates, with some left blank for those that are missing."""
        value = (self.offers.value() or []) if self.offers else []
        blanks = (self.part.times or 1) * len(self.counters) - len(value)
        return [*map(str, value), *[""] * min(max(blanks, 1), MOST_BLANKS)]

    @property
    def errors(self) -> list[str]:
        fields = [self.value, self.text, *self.counters, *([self.offers] if self.offers else [])]
        return [str(sentence) for field in fields for sentence in field.errors]


class AreaForm(forms.Form):
    """The parts of one area as one plain form. Nothing is required: she may save at any point.

    A part with a mistake keeps what was typed and holds back only itself, see `given`. Where somebody else saved
    meanwhile, both versions stand beside each other, and pressing a button means hers; what is saved while she
    types (`by_itself`) never decides that.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        parts: Iterable[Part],
        answers: Mapping[int, Answer],
        halves: Iterable[HalfYear],
        by_itself: bool = False,
    ) -> None:
        self.parts = list(parts)
        self.answers = answers
        self.by_itself = by_itself
        self.shown: dict[int, str] = {}
        self.saved = Saved(0, {})
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
        theirs = self.saved.theirs.get(part.pk)
        return PartFields(
            part,
            self[_name(part.pk, "value")],
            self[_name(part.pk, "text")],
            [self[name] for name in names if name in self.fields],
            self[_name(part.pk, "offers")] if part.counted else None,
            self._stamp(part),
            Said.by(theirs).stamp if part.pk in self.saved.conflicts else "",
            theirs,
            part.pk in self.saved.conflicts,
        )

    def now_shows(self, answers: Mapping[int, Answer], *, parts: Iterable[int], saved: Saved) -> None:
        """After saving, these parts stand for what is stored now, but for those that somebody else changed."""
        self.saved = saved
        self.shown |= {part: Said.by(answers.get(part)).stamp for part in parts if part not in saved.theirs}

    def _given(self, part: Part) -> Given:
        clean = {each: self.cleaned_data.get(_name(part.pk, each)) for each in SAYS}
        said = Said(
            clean["value"] or "",
            clean["text"] or "",
            clean["first_half"],
            clean["second_half"],
            clean["offers"] or (),
        )
        seen = "" if self.by_itself else self.data.get(_name(part.pk, "seen"))
        return Given(said, seen or self._stamp(part))

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
    return [(_name(part.pk, each), getattr(said, each)) for each in SAYS]


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
        fields[_name(part.pk, "offers")] = DatesField(label="Daten der Angebote", code=part.code, halves=halves)
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
