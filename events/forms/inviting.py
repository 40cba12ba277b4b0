"""Whom the service office invites to an event."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from centres.filters import LongSelect
from centres.models import RegionalYouthOffice, YouthOffice
from centres.models.centre import FamilyCentreQuerySet
from events.audience import Audience, Person, concerned

NEW, MISSING, FIRST = "alle", "fehlend", "erstmals"
WHO = {
    NEW: "alle, die noch nicht eingeladen und nicht angemeldet sind",
    MISSING: "davon nur Familienzentren, von denen noch niemand angemeldet ist",
    FIRST: "davon nur Personen, die auch zu keinem anderen Termin der Reihe eingeladen sind",
}


class AudienceForm(forms.Form):
    """Sent by GET, so that a choice can be kept as a bookmark; the words in the address are German."""

    runde = forms.MultipleChoiceField(
        label="Welche Zertifizierungen betrifft die Veranstaltung?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Bitte wählen Sie mindestens eine Zertifizierung."},
    )
    landesjugendamt = forms.ChoiceField(
        label="Landesjugendamt", required=False, choices=[("", "Beide"), *RegionalYouthOffice.choices]
    )
    jugendamt = forms.ModelChoiceField(
        label="Jugendamt",
        required=False,
        queryset=YouthOffice.objects.order_by("name_folded"),
        empty_label="Alle",
        widget=LongSelect,
    )
    wer = forms.ChoiceField(label="Wen davon einladen?", choices=list(WHO.items()), required=False)

    def __init__(
        self, data: Any = None, *, rounds: Sequence[tuple[str, str, int]], fits: str, in_series: bool
    ) -> None:
        """Chosen beforehand are the rounds whose label names the kind of the event, `fits`, or the only one."""
        likely = [key for key, label, _ in rounds if fits in label or len(rounds) == 1]
        super().__init__(data, initial={"runde": likely, "wer": NEW})
        counted = [(key, f"{label} ({count} Familienzentren)") for key, label, count in rounds]
        self.labels = {key: label for key, label, _ in rounds}
        self.fields["runde"].choices = counted  # type: ignore[attr-defined]
        self.fields["wer"].choices = [each for each in WHO.items() if in_series or each[0] != FIRST]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.form_method = "get"

    def centres(self, *, on: date) -> FamilyCentreQuerySet:
        found = concerned(self.cleaned_data["runde"], on=on)
        if regional := self.cleaned_data["landesjugendamt"]:
            found = found.filter(youth_office__regional=regional)
        if office := self.cleaned_data["jugendamt"]:
            found = found.filter(youth_office=office)
        return found

    def people(self, audience: Audience) -> list[Person]:
        """Whom the invitation goes to."""
        return list(self._wanted(audience))

    def words(self) -> str:
        """What was chosen, for whoever reads later who was invited."""
        data = self.cleaned_data
        parts = [", ".join(self.labels[key] for key in data["runde"])]
        parts += [data["landesjugendamt"]] if data["landesjugendamt"] else []
        parts += [f"Jugendamt {data['jugendamt']}"] if data["jugendamt"] else []
        return "; ".join([*parts, WHO[data["wer"] or NEW]])

    def _wanted(self, audience: Audience) -> Iterable[Person]:
        who = self.cleaned_data["wer"]
        if who == MISSING:
            return (each for each in audience.new if each.centre.pk not in audience.registered)
        if who == FIRST:
            return (each for each in audience.new if each.email not in audience.before)
        return audience.new


class ConfirmedForm(forms.Form):
    """The number that was on the page when somebody pressed the button."""

    anzahl = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
