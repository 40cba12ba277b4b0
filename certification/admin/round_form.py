from dataclasses import asdict
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from centres.rules.kindergarten_year import KindergartenYear
from certification.models import Edition, Procedure, Round
from certification.rules.cohorts import next_seal_end, renewal_label
from certification.rules.rounds import ORDER, RoundDates, initial_dates, problems, renewal_dates

DATES = tuple(RoundDates.__dataclass_fields__)


class RoundForm(forms.ModelForm):
    """Dates left empty get their defaults: from the end of the seals, or from the kindergarten year."""

    year = forms.TypedChoiceField(
        label="Kindergartenjahr",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="Nur bei einer Erst-Zertifizierung: daraus werden die Daten vorgeschlagen.",
    )

    class Meta:
        model = Round
        fields = ("procedure", "label", "edition", "seal_end", *DATES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in DATES:
            if name in self.fields:
                self.fields[name].required = self.instance.pk is not None
        if "year" in self.fields:
            self.fields["year"].choices = [("", "–"), *year_choices(timezone.localdate())]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        defaults = self._defaults(cleaned)
        if defaults:
            cleaned.update({name: cleaned.get(name) or day for name, day in asdict(defaults).items()})
        self._check_dates(cleaned)
        return cleaned

    def _defaults(self, cleaned: dict[str, Any]) -> RoundDates | None:
        """None where all dates are given or where what they follow from is missing; the latter is an error."""
        if self.instance.pk or all(cleaned.get(name) for name in DATES):
            return None
        renewal = cleaned.get("procedure") == Procedure.RENEWAL
        if renewal and cleaned.get("seal_end"):
            return renewal_dates(cleaned["seal_end"])
        if not renewal and cleaned.get("year") is not None:
            return initial_dates(KindergartenYear(cleaned["year"]))
        self._ask_for_anchor(renewal)
        return None

    def _ask_for_anchor(self, renewal: bool) -> None:
        field = "seal_end" if renewal else "year"
        if field not in self.errors:
            what = "das Ende der Gütesiegel" if renewal else "das Kindergartenjahr"
            self.add_error(field, f"Bitte geben Sie {what} an oder tragen Sie alle Daten selbst ein.")

    def _check_dates(self, cleaned: dict[str, Any]) -> None:
        """Each sentence stands at the later of the two dates, which spares the less exact one of the database."""
        dates = {name: day for name in DATES if (day := cleaned.get(name))}
        if len(dates) == len(DATES):
            at_fault = [later for earlier, later, *_ in ORDER if dates[earlier] > dates[later]]
            for field, sentence in zip(at_fault, problems(RoundDates(**dates)), strict=True):
                self.add_error(field, sentence)


def year_choices(today: date) -> list[tuple[int, str]]:
    this = KindergartenYear.of(today).start
    return [(start, str(KindergartenYear(start))) for start in range(this - 1, this + 4)]


def suggested(today: date) -> dict[str, Any]:
    """What a new round starts from; the person changes what does not fit."""
    seal_end = next_seal_end(today)
    edition = Edition.objects.order_by("-official", "-pk").first()
    return {
        "procedure": Procedure.RENEWAL,
        "label": renewal_label(seal_end),
        "seal_end": seal_end,
        "edition": edition.pk if edition else None,
    }
