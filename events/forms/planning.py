"""What the service office enters to plan an event."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.utils import timezone

from events.models import EventKind, EventMode, InfoEvent
from events.models.event import OFFER_HOURS
from events.rules.opening import EventState

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
TOLD = "Brief an die Angemeldeten"  # of a published event
CLOSES_BEFORE = timedelta(days=3)  # suggested end of registration (assumption: nobody has said)
UPSIDE_DOWN = "Die Anmeldung endet, bevor sie beginnt. Bitte prüfen Sie beide Tage."
PAST = "Dieser Tag liegt in der Vergangenheit. Bitte wählen Sie einen späteren."


def _line(names: tuple[str, ...]) -> Div | InlineRadios | str:
    """Fields of one line; on a phone they stand below each other."""
    if names in {("kind",), ("mode",)}:
        return InlineRadios(*names)
    style = "form__row form__row--three" if len(names) > 2 else "form__row"
    return Div(*names, css_class=style) if len(names) > 1 else names[0]


def _day(label: str, missing: str = "", **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_missing(missing), **options)


def _time(label: str, missing: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, error_messages=_missing(missing))


def _number(label: str, too_few: str, **options: Any) -> forms.IntegerField:
    messages = {"min_value": too_few, **_missing(too_few)}
    return forms.IntegerField(label=label, min_value=1, error_messages=messages, **options)


def _missing(sentence: str) -> dict[str, str]:
    return {"required": sentence} if sentence else {}


class EventForm(forms.ModelForm):
    """An event of one day; times are those of Berlin. What stays empty about registration is filled in sensibly.

    Of a published event it asks for the reason, too: whoever is registered reads it in the letter about the change.
    """

    kind = forms.ChoiceField(
        label="Art",
        choices=EventKind,
        widget=forms.RadioSelect,
        error_messages=_missing("Bitte wählen Sie, für wen die Veranstaltung ist."),
    )
    mode = forms.ChoiceField(
        label="Form",
        choices=EventMode,
        widget=forms.RadioSelect,
        error_messages=_missing("Bitte wählen Sie, wie sie stattfindet."),
    )
    day = _day("Tag", "Bitte wählen Sie den Tag.")
    begins = _time("Beginn", "Bitte geben Sie an, wann es beginnt.")
    ends = _time("Ende", "Bitte geben Sie an, wann es endet.")
    capacity = _number("Plätze insgesamt", "Bitte geben Sie mindestens einen Platz an.")
    per_centre = _number(
        "Plätze je Familienzentrum",
        "Bitte geben Sie mindestens einen Platz an, oder lassen Sie das Feld leer.",
        required=False,
        help_text="Leer heißt: keine Grenze.",
    )
    offer_hours = _number(
        "Frist für angebotene Plätze in Stunden",
        "Bitte geben Sie mindestens eine Stunde an.",
        initial=OFFER_HOURS,
        help_text="So lange bleibt ein frei gewordener Platz für die nächste Person der Warteliste.",
    )
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
    reason = forms.CharField(
        label="Grund der Änderung",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ändern Sie Titel, Zeit, Form, Ort oder Zugang, bekommen alle Angemeldeten und Wartenden einen "
        "Brief mit dem neuen Termin. Der Grund steht dann darin.",
    )
    field_order = [name for lines in GROUPS.values() for names in lines for name in names]

    class Meta:
        model = InfoEvent
        fields = (
            "title", "kind", "mode", "place", "join_link", "capacity", "per_centre", "offer_hours", "hosts",
            "description", "registration_from", "registration_until",
        )  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "place": "Anschrift, wie man sie ins Navigationsgerät eingibt. Online nicht nötig.",
        }
        error_messages = {
            "title": {"required": "Bitte geben Sie der Veranstaltung einen Titel."},
            "hosts": {"required": "Bitte nennen Sie, wer einlädt."},
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        groups = [Fieldset(title, *[_line(names) for names in lines]) for title, lines in GROUPS.items()]
        if self.instance.pk:
            self._show(self.instance)
        if self.instance.pk and self.instance.state == EventState.PUBLISHED:
            groups.append(Fieldset(TOLD, "reason"))
        else:
            del self.fields["reason"]
        self.helper.layout = Layout(*groups)

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
        if day and day < self.today and "day" in self.changed_data:
            self.add_error("day", PAST)
        for name in ("begins", "ends"):
            if day and (clock := data.get(name)) and (because := skipped(day, clock)):
                self.add_error(name, because)
        if day and not self.errors:
            self._fill(data, day)
        return data

    def _fill(self, data: dict[str, Any], day: date) -> None:
        event = self.instance
        event.starts_at, event.ends_at = _moment(day, data["begins"]), _moment(day, data["ends"])
        opens = data["registration_from"] = data.get("registration_from") or min(self.today, day)
        data["registration_until"] = data.get("registration_until") or max(day - CLOSES_BEFORE, min(self.today, day))
        if data["registration_until"] > day:
            self.add_error("registration_until", "Die Anmeldung kann nicht nach der Veranstaltung enden.")
        elif data["registration_until"] < opens:
            self.add_error("registration_until", UPSIDE_DOWN)

    def changes(self) -> set[str]:
        """The fields of the event that differ, by their names in the model."""
        moved = {"starts_at"} if {"day", "begins"}.intersection(self.changed_data) else set()
        moved |= {"ends_at"} if {"day", "ends"}.intersection(self.changed_data) else set()
        return moved | set(self.changed_data)

    @property
    def because(self) -> str:
        """For those who are told; empty of a draft."""
        text: str = self.cleaned_data.get("reason", "")
        return text.strip()

    @property
    def series(self) -> str:
        """The name of the series; the act finds or makes it."""
        label: str = self.cleaned_data["series_label"]
        return label.strip()


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Grund",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=_missing("Bitte nennen Sie den Grund."),
    )


class CallOffForm(ReasonForm):
    reason = forms.CharField(
        label="Grund",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Er steht im Brief an alle Angemeldeten.",
        error_messages=_missing("Bitte nennen Sie den Grund; er steht im Brief an alle Angemeldeten."),
    )


class CopyForm(forms.Form):
    """All that differs from the last time; the rest is as it was."""

    day = _day("Neuer Tag", "Bitte wählen Sie den Tag, an dem sie wieder stattfindet.")
    begins = _time("Beginn", "Bitte geben Sie an, wann es beginnt.")
    place = forms.CharField(
        label="Ort", max_length=250, error_messages={"required": "Bitte tragen Sie den Ort dieses Mal ein."}
    )
    join_link = forms.URLField(
        label="Zugang zur Videokonferenz",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Der von diesem Mal. Nur Angemeldete sehen ihn; Sie können ihn auch später eintragen.",
    )

    def __init__(self, data: Any = None, *, event: InfoEvent, today: date) -> None:
        self.today = today
        begins = timezone.localtime(event.starts_at).time()
        super().__init__(data, initial={"begins": begins, "place": event.place})
        if event.mode == EventMode.ONLINE:
            del self.fields["place"]
        if event.mode == EventMode.ON_SITE:
            del self.fields["join_link"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day, clock = data.get("day"), data.get("begins")
        if day and day < self.today:
            self.add_error("day", PAST)
        if day and clock and (because := skipped(day, clock)):
            self.add_error("begins", because)
        return data

    @property
    def moment(self) -> datetime:
        return _moment(self.cleaned_data["day"], self.cleaned_data["begins"])

    @property
    def access(self) -> dict[str, str]:
        """Where people meet this time."""
        return {name: self.cleaned_data.get(name, "") for name in ("place", "join_link")}


def skipped(day: date, clock: time) -> str:
    """Why this hour of this day cannot be meant; empty where it is one. In spring the clock leaves an hour out."""
    there_and_back = timezone.localtime(_moment(day, clock).astimezone(UTC))
    if there_and_back.time() == clock:
        return ""
    return "Diese Uhrzeit gibt es an dem Tag nicht, die Uhr wird vorgestellt. Bitte wählen Sie eine andere."


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
