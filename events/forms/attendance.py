"""What the service office enters about who was there."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from events.forms.registrations import MOST_NAMED, CentreField
from events.models import ParticipantFile, Registration
from events.participants import IGNORE, WALK_IN
from events.registration import Attendee
from events.rules.names import says
from events.rules.participants import BYTES_AT_MOST

LONGEST = 24 * 60
TOO_BIG = f"Die Datei ist größer als {BYTES_AT_MOST // 1024**2} MB. Bitte prüfen Sie, ob es die richtige ist."


class DoorForm(forms.Form):
    """Sent by GET; the words in the address are German."""

    q = forms.CharField(required=False, max_length=100)
    zeige = forms.ChoiceField(required=False, choices=[("", "Alle"), ("offen", "Noch nicht da"), ("da", "Da")])


class WalkInForm(forms.Form):
    """Somebody at the door. An address lets the person find the proof; who has none gets it from the office."""

    name = forms.CharField(
        label="Name", max_length=150, error_messages={"required": "Bitte geben Sie den Namen ein."}
    )
    email = forms.EmailField(
        label="E-Mail-Adresse", required=False, help_text="Dorthin geht der Link zur Teilnahmebescheinigung."
    )
    centre = CentreField(required=False)

    def __init__(self, data: Any = None, *, late: bool, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        if late:
            self.fields["reason"] = forms.CharField(
                label="Grund des Nachtrags",
                max_length=250,
                help_text="Ihn sieht jede Person der Servicestelle.",
                error_messages={"required": "Bitte nennen Sie den Grund; die Teilnahme ist schon abgeschlossen."},
            )

    @property
    def attendee(self) -> Attendee:
        data = self.cleaned_data
        return Attendee(data["name"], data["email"], data["centre"])


class OtherNameForm(forms.Form):
    """Somebody of a list who is registered under another name: words of it, or one of the suggestions."""

    registration = forms.CharField(
        label="Angemeldete Person",
        max_length=300,
        help_text="Name oder E-Mail-Adresse, wie sie in der Anmeldung steht.",
        widget=forms.TextInput(attrs={"list": "angemeldete", "autocomplete": "off"}),
        error_messages={"required": "Bitte geben Sie ein, unter welchem Namen die Person angemeldet ist."},
    )

    def __init__(self, data: Any = None, *, registered: Sequence[Registration]) -> None:
        super().__init__(data)
        self.suggested = {_suggestion(each): each for each in registered}

    def clean_registration(self) -> Registration:
        text = self.cleaned_data["registration"]
        exact = [
            each for words, each in self.suggested.items() if text.lower() in {words.lower(), each.email.lower()}
        ]
        found = exact or [each for words, each in self.suggested.items() if says(words, text)]
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(_unclear(text, [_suggestion(each) for each in found]))


def _suggestion(registration: Registration) -> str:
    return f"{registration.name}, {registration.email}" if registration.email else registration.name


def _unclear(text: str, found: Sequence[str]) -> str:
    if not found:
        return f"Zu „{text}“ gibt es keine Anmeldung. Bitte prüfen Sie Namen oder Adresse."
    if len(found) > MOST_NAMED:
        return f"„{text}“ passt auf viele Anmeldungen. Bitte geben Sie den ganzen Namen oder die Adresse ein."
    return f"„{text}“ passt auf mehrere Anmeldungen. Bitte geben Sie die Adresse ein: {'; '.join(found)}."


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label="Grund der Berichtigung",
        max_length=250,
        help_text="Er steht beim Eintrag und, wo eine Bescheinigung zurückgezogen wird, im Brief an die Person.",
        error_messages={"required": "Bitte nennen Sie den Grund der Berichtigung."},
    )


class ParticipantFileForm(forms.Form):
    file = forms.FileField(
        label="Teilnehmerliste",
        help_text="Die CSV-Datei von Zoom, Teams, BigBlueButton oder Webex, so wie das Videosystem sie anbietet.",
        error_messages={"required": "Bitte wählen Sie die Datei aus."},
    )
    least = forms.IntegerField(
        label="Mindestdauer in Minuten",
        min_value=1,
        max_value=LONGEST,
        help_text="Annahme, bis das Ministerium eine Dauer festlegt: Wer kürzer dabei war, gilt als nicht da.",
        error_messages={"required": "Bitte geben Sie an, wie viele Minuten jemand mindestens dabei sein muss."},
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"least": settings.EVENT_LEAST_MINUTES})

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > BYTES_AT_MOST:
            raise forms.ValidationError(TOO_BIG)
        return file


class DecisionsForm(forms.Form):
    """For each participant of a list who it is; whoever is left out stays open."""

    def __init__(self, data: Any, *, file: ParticipantFile) -> None:
        super().__init__(data)
        words = r"^(\d+|" + f"{WALK_IN}|{IGNORE})$"
        for pk in file.participants.undecided().values_list("pk", flat=True):
            self.fields[f"person_{pk}"] = forms.RegexField(words, required=False)

    @property
    def choices(self) -> dict[int, str]:
        chosen = self.cleaned_data.items()
        return {int(name.removeprefix("person_")): value for name, value in chosen if value}
