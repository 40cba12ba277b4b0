"""A field for several dates under one name: as many inputs as there are dates, and some left blank."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from certification.models.review import MOST_DATES
from certification.rules.offers import outside
from certification.rules.periods import HalfYear, long_date

FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]


class DatesInput(forms.Widget):
    """Its value is what stands in the inputs, read or typed; how it looks is the page's affair."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [text for each in values if (text := str(each).strip())]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False


class DatesField(forms.Field):
    """The dates in the order of the calendar, each day once. Says of a wrong one what to do."""

    widget = DatesInput

    def __init__(self, *, code: str, halves: Sequence[HalfYear], **options: Any) -> None:
        super().__init__(required=False, **options)
        self.code, self.halves = code, halves

    def to_python(self, value: Any) -> tuple[date, ...]:
        days = tuple(sorted({self._day(each) for each in value or ()}))
        if len(days) > MOST_DATES:
            raise ValidationError(
                f"Bitte nennen Sie bei {self.code} höchstens {MOST_DATES} Daten; die Anzahl genügt sonst."
            )
        if wrong := outside(days, self.halves):
            raise ValidationError(self._not_in_period(wrong))
        return days

    def _day(self, text: str | date) -> date:
        if isinstance(text, date):
            return text
        try:
            day: date = forms.DateField(input_formats=FORMATS).clean(text)
        except ValidationError:
            raise ValidationError(
                f"„{text}“ ist bei {self.code} kein Datum. Bitte schreiben Sie es so: 12.3.2025."
            ) from None
        return day

    def _not_in_period(self, wrong: Iterable[date]) -> str:
        first, last = long_date(self.halves[0].first), long_date(self.halves[-1].last)
        named = ", ".join(map(long_date, wrong))
        return (
            f"Bei {self.code} liegt nicht im Prüfzeitraum: {named}. "
            f"Es zählen Angebote vom {first} bis zum {last}; bitte ändern oder löschen Sie das Datum."
        )
