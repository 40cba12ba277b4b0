"""What the service office enters to plan an event."""

from datetime import date, datetime, time, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.utils import timezone

from events.models import EventKind, EventMode, InfoEvent

# What must be known comes first; everything after it has a sensible value or may stay empty.
GROUPS: dict[str, list[tuple[str, ...]]] = {
    "Was und wann": [("title",), ("kind",), ("day", "begins", "ends")],
    "Wo": [("mode",), ("place",), ("join_link",)],
    "Plätze und Anmeldung": [
        ("capacity", "per_centre"),
        ("registration_from", "registration_until"),
        ("offer_hours",),
    ],
    "Mehr dazu": [("hosts",), ("series_label",), ("description",)],
}
CLOSES_BEFORE = timedelta(days=3)  # suggested end of registration (assumption: nobody has said)


def _line(names: tuple[str, ...]) -> Div | str:
    """Fields of one line; on a phone they stand below each other."""
    return Div(*names, css_class="form__row") if len(names) > 1 else names[0]


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def _time(label: str) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class EventForm(forms.ModelForm):
    """An event of one day; times are those of Berlin. What stays empty about registration is filled in sensibly."""

    kind = forms.ChoiceField(label="Art", choices=EventKind, widget=forms.RadioSelect)
    mode = forms.ChoiceField(label="Form", choices=EventMode, widget=forms.RadioSelect)
    day = _day("Tag")
    begins = _time("Beginn")
    ends = _time("Ende")
    join_link = forms.URLField(
        label="Zugang zur Videokonferenz",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Nur Angemeldete sehen ihn. Sie können ihn auch später eintragen.",
    )
    registration_from = _day("Anmeldung ab", required=False, help_text="Leer heißt: ab heute.")
    registration_until = _day(
        "Anmeldung bis", required=False, help_text="Bis zum Ende dieses Tages. Leer heißt: drei Tage vorher."
    )
    series_label = forms.CharField(
        label="Reihe",
        required=False,
        max_length=150,
        help_text="Derselbe Name verbindet Termine: Eine Anmeldung je Person genügt dann für alle zusammen.",
    )

    class Meta:
        model = InfoEvent
        fields = (
            "title", "kind", "mode", "place", "join_link", "capacity", "per_centre", "offer_hours", "hosts",
            "description", "registration_from", "registration_until",
        )  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "place": "Anschrift, wie man sie ins Navigationsgerät eingibt. Online nicht nötig.",
            "per_centre": "Leer heißt: keine Grenze.",
            "offer_hours": "So lange bleibt ein frei gewordener Platz für die nächste Person der Warteliste.",
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        groups = (Fieldset(title, *[_line(names) for names in lines]) for title, lines in GROUPS.items())
        self.helper.layout = Layout(*groups)
        if self.instance.pk:
            self._show(self.instance)

    def _show(self, event: InfoEvent) -> None:
        begins, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
        series = event.series.label if event.series else ""
        self.initial.update(day=begins.date(), begins=begins.time(), ends=ends.time(), series_label=series)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day, begins, ends = (data.get(name) for name in ("day", "begins", "ends"))
        if begins and ends and ends <= begins:
            self.add_error("ends", "Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Zeiten.")
        if data.get("mode") in {EventMode.ON_SITE, EventMode.BOTH} and not data.get("place"):
            self.add_error("place", "Bitte tragen Sie den Ort ein, oder wählen Sie als Form „online“.")
        if day and not self.errors:
            self._fill(data, day)
        return data

    def _fill(self, data: dict[str, Any], day: date) -> None:
        event = self.instance
        event.starts_at, event.ends_at = _moment(day, data["begins"]), _moment(day, data["ends"])
        data["registration_from"] = data.get("registration_from") or min(self.today, day)
        data["registration_until"] = data.get("registration_until") or max(day - CLOSES_BEFORE, min(self.today, day))
        if data["registration_until"] > day:
            self.add_error("registration_until", "Die Anmeldung kann nicht nach der Veranstaltung enden.")

    def changes(self) -> set[str]:
        """The fields of the event that differ, by their names in the model."""
        moved = {"starts_at"} if {"day", "begins"}.intersection(self.changed_data) else set()
        moved |= {"ends_at"} if {"day", "ends"}.intersection(self.changed_data) else set()
        return moved | set(self.changed_data)

    @property
    def series(self) -> str:
        """The name of the series; the act finds or makes it."""
        label: str = self.cleaned_data["series_label"]
        return label.strip()


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Grund", widget=forms.Textarea(attrs={"rows": 3}))


class CopyForm(forms.Form):
    """All that differs from the last time; the rest is as it was."""

    day = _day("Neuer Tag")
    begins = _time("Beginn")
    place = forms.CharField(label="Ort", max_length=250)
    join_link = forms.URLField(
        label="Zugang zur Videokonferenz",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Der von diesem Mal. Nur Angemeldete sehen ihn; Sie können ihn auch später eintragen.",
    )

    def __init__(self, data: Any = None, *, event: InfoEvent) -> None:
        begins = timezone.localtime(event.starts_at).time()
        super().__init__(data, initial={"begins": begins, "place": event.place})
        if event.mode == EventMode.ONLINE:
            del self.fields["place"]
        if event.mode == EventMode.ON_SITE:
            del self.fields["join_link"]

    @property
    def moment(self) -> datetime:
        return _moment(self.cleaned_data["day"], self.cleaned_data["begins"])

    @property
    def access(self) -> dict[str, str]:
        """Where people meet this time."""
        return {name: self.cleaned_data.get(name, "") for name in ("place", "join_link")}


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
