"""What a centre enters about its evidence, and the files themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from centres.files import ACCEPTED, Kept, UnusableFileError, checked, clean_name
from certification.evidence.acts import Details
from certification.models import Criterion, Evidence, Query
from certification.models.evidence import KINDS
from certification.rules.evidence import EvidenceKind

MOST_FILES = 10
LONGEST_TITLE = 150
MOST_HOURS = 2000
ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.heif,.docx,application/pdf,image/*"
WRONG_DATE = "Bitte geben Sie das Datum so ein: 31.01.2027."
UPLOADS = ("uploads", "photo")


class Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; each is looked at by the form, so that a bad one spoils nothing."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [each for each in data or [] if each]


def _date(label: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages={"invalid": WRONG_DATE}, **options)


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class DetailsForm(forms.Form):
    """What is said about a piece of evidence. `today` is the last day it can be of."""

    title = forms.CharField(
        label="Titel",
        required=False,
        max_length=LONGEST_TITLE,
        help_text="Zum Beispiel „Fortbildung Erstberatung, Frau Yılmaz“. Leer lassen heißt: so wie die Datei.",
        error_messages={"max_length": f"Bitte kürzen Sie den Titel auf {LONGEST_TITLE} Zeichen."},
    )
    kind = forms.ChoiceField(
        label="Art des Nachweises",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Bitte wählen Sie die Art des Nachweises.",
            "invalid_choice": "Bitte wählen Sie eine der Arten aus.",
        },
    )
    issued_on = _date(
        "Von wann ist der Nachweis?",
        help_text="So wie es darauf steht. Bei Angeboten: der Tag, bei mehreren der erste.",
    )
    ends_on = _date(
        "Letzter Tag",
        required=False,
        help_text="Bei Vereinbarungen: bis wann sie laufen. Bei Angeboten an mehreren Tagen: der letzte.",
    )
    renews = forms.BooleanField(label="Die Vereinbarung verlängert sich von selbst", required=False)
    hours = forms.IntegerField(
        label="Stunden der Fortbildung",
        required=False,
        min_value=1,
        max_value=MOST_HOURS,
        help_text="Üblich sind mindestens 6 Stunden; für die Erst- und Verweisberatung zusammen mindestens 30.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "numberinput"}),
    )
    criteria = forms.TypedMultipleChoiceField(
        label="Kriterien, zu denen der Nachweis gehört",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Eines der Kriterien gibt es nicht mehr. Bitte wählen Sie neu."},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        criteria: Iterable[Criterion],
        today: date,
        initial: dict[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial, prefix=prefix)
        self.today = today
        self.fields["issued_on"].error_messages["required"] = "Bitte geben Sie an, von wann der Nachweis ist."
        whole = f"Bitte geben Sie die Stunden als ganze Zahl von 1 bis {MOST_HOURS} ein, zum Beispiel 8."
        self.fields["hours"].error_messages |= dict.fromkeys(("invalid", "min_value", "max_value"), whole)
        by_area = groupby(criteria, key=lambda criterion: criterion.area)
        _offer(self, "criteria", [(str(area), [(c.pk, str(c)) for c in each]) for area, each in by_area])

    def clean_issued_on(self) -> date | None:
        day: date | None = self.cleaned_data["issued_on"]
        if day and day > self.today:
            raise ValidationError("Dieses Datum liegt in der Zukunft. Bitte geben Sie das Datum des Nachweises ein.")
        return day

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("issued_on"), self.cleaned_data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "Der letzte Tag liegt vor dem Datum des Nachweises. Bitte prüfen Sie beide.")
        return self.cleaned_data

    @property
    def says_all(self) -> bool:
        """Whether what is said is right, whatever is wrong with the files."""
        return not set(self.errors) - set(UPLOADS)

    def details(self) -> Details:
        """What can be taken over: where something is missing title and criteria alone, the rest is asked again."""
        known = self.cleaned_data
        named = Details(title=known.get("title", ""), criteria=frozenset(known.get("criteria", ())))
        if not self.says_all:
            return named
        return Details(
            title=named.title,
            kind=EvidenceKind(known["kind"]),
            issued_on=known["issued_on"],
            ends_on=known["ends_on"],
            renews=known["renews"],
            hours=known["hours"],
            criteria=named.criteria,
        )


class UploadForm(DetailsForm):
    """Several files and what is said about them. Good files are in `kept`, whatever is wrong with the rest.

    `stored` names the pieces that were kept when something else was wrong: what is said now is said of them as well.
    """

    uploads = FilesField(
        label="Dateien",
        required=False,
        help_text=f"Bis zu {MOST_FILES} auf einmal, je höchstens 20 MB. {ACCEPTED}",
        widget=Files(attrs={"multiple": True, "accept": ACCEPT}),
    )
    photo = FilesField(
        label="Oder gleich fotografieren",
        required=False,
        help_text="Öffnet die Kamera. Ort und Gerät werden aus dem Foto entfernt.",
        widget=Files(attrs={"accept": "image/*", "capture": "environment"}),
    )
    stored = forms.TypedMultipleChoiceField(required=False, coerce=int, widget=forms.MultipleHiddenInput)
    field_order = (*UPLOADS, "title", "kind", "issued_on")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        earlier: Sequence[Evidence] = (),
        **options: Any,
    ) -> None:
        super().__init__(data, files, **options)
        self.earlier = list(earlier)
        self.kept: list[Kept] = []
        _offer(self, "stored", [(piece.pk, piece.title) for piece in earlier])

    def clean(self) -> dict[str, Any]:
        super().clean()
        sent = [file for name in UPLOADS for file in self.cleaned_data.get(name, ())]
        if not sent and not self.earlier:
            self.add_error("uploads", "Bitte wählen Sie eine Datei aus oder machen Sie ein Foto.")
        for file in sent[:MOST_FILES]:
            self._look_at(file)
        for file in sent[MOST_FILES:]:
            self.add_error(
                "uploads",
                f"„{clean_name(file.name or '')}“ ist noch nicht gespeichert: "
                f"Auf einmal gehen {MOST_FILES} Dateien. Bitte laden Sie den Rest danach hoch.",
            )
        return self.cleaned_data

    def _look_at(self, file: UploadedFile) -> None:
        try:
            self.kept.append(checked(file.name or "", file, size=file.size or 0))
        except UnusableFileError as error:
            self.add_error("uploads", str(error))

    def now_stored(self, pieces: Sequence[Evidence]) -> None:
        """The page to come says that these are kept, and sends them along."""
        self.earlier = list(pieces)
        _offer(self, "stored", [(piece.pk, piece.title) for piece in pieces])


class PapersForm(UploadForm):
    """What goes with the answer to a query. Nothing has to; what is begun has to be whole.

    The criterion is the one the query is about; where it is about none, it is asked for.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        files: Any,
        *,
        query: Query,
        criteria: Sequence[Criterion],
        **options: Any,
    ) -> None:
        self.query, self.options = query, {"criteria": criteria, "today": options["today"]}
        prefix = self.prefix_of(query)
        begun = any(value for name, value in (data or {}).items() if name.startswith(prefix))
        begun = begun or any(name.startswith(prefix) for name in files or ())
        given = (data, files) if begun else (None, None)
        super().__init__(*given, prefix=prefix, criteria=criteria, **options)
        if query.criterion_id:
            del self.fields["criteria"]
        else:
            self.fields["criteria"].required = True
            self.fields["criteria"].error_messages["required"] = (
                "Bitte wählen Sie mindestens ein Kriterium, zu dem der Beleg gehört."
            )

    @staticmethod
    def prefix_of(query: Query) -> str:
        return f"beleg{query.pk}"

    def details(self) -> Details:
        said, criterion = super().details(), self.query.criterion_id
        return replace(said, criteria=frozenset({criterion})) if criterion else said

    def fresh(self) -> "PapersForm":
        """The same with nothing in it, once what was in it is kept."""
        return PapersForm(None, None, query=self.query, **self.options)
