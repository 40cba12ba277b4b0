"""What the service office says about a material, and the file itself."""

from typing import Any

from django import forms

from centres.files import Accepts, Kept, UnusableFileError, checked, clean_name
from centres.rules.file_types import DOCX, PPTX, XLSX
from events.materials import Said
from events.models import Material
from events.models.material import WHEN
from events.rules.materials import AUDIENCES, Audience, When

ACCEPTED = "Angenommen werden PDF, Bilder (JPEG, PNG, HEIC), Word, PowerPoint und Excel (DOCX, PPTX, XLSX)."
OFFICE = Accepts((DOCX, PPTX, XLSX), ACCEPTED, "ist kein Dokument aus Word, PowerPoint oder Excel")
ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.heif,.docx,.pptx,.xlsx"
AFTER_ONLY = "Wer da war, steht erst danach fest. Bitte wählen Sie „nach der Veranstaltung“ oder eine andere Gruppe."
NOTHING = "Bitte wählen Sie eine Datei aus, oder geben Sie einen Link ein."
BOTH = "Bitte geben Sie entweder eine Datei oder einen Link an, nicht beides."


class MaterialForm(forms.Form):
    """`material` is the one to change: then neither a file nor a link is needed."""

    title = forms.CharField(
        label="Titel", required=False, max_length=200, help_text="Leer heißt: so wie die Datei oder der Link."
    )
    upload = forms.FileField(
        label="Datei",
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=f"{ACCEPTED} Höchstens 20 MB.",
        error_messages={"empty": "Diese Datei ist leer. Bitte wählen Sie sie noch einmal aus."},
    )
    link = forms.URLField(
        label="Oder ein Link",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Zum Beispiel zu einer Aufzeichnung.",
        error_messages={"invalid": "Dieser Link ist nicht vollständig. Er beginnt mit https://"},
    )
    when = forms.ChoiceField(
        label="Wann",
        choices=WHEN,
        widget=forms.RadioSelect,
        error_messages={"required": "Bitte wählen Sie, wann die Unterlage zu sehen ist."},
    )
    audience = forms.ChoiceField(
        label="Für wen",
        choices=AUDIENCES,
        widget=forms.RadioSelect,
        error_messages={"required": "Bitte wählen Sie, wer die Unterlage sieht."},
    )

    def __init__(self, data: Any = None, files: Any = None, *, material: Material | None = None) -> None:
        self.material = material
        first: dict[str, Any] = {"when": When.BEFORE.value, "audience": Audience.REGISTERED.value}
        if material:
            first = {name: getattr(material, name) for name in ("title", "link", "when", "audience")}
        super().__init__(data, files, initial=first)
        if material and material.file:
            self.fields["upload"].label = "Andere Datei"
            self.fields["upload"].help_text = f"Leer heißt: „{material.name}“ bleibt. {ACCEPTED} Höchstens 20 MB."

    def clean_upload(self) -> Kept | None:
        file = self.cleaned_data["upload"]
        if not file:
            return None
        try:
            return checked(clean_name(file.name), file, size=file.size, accepts=OFFICE)
        except UnusableFileError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file, link = data.get("upload"), data.get("link")
        if file and link and (not self.material or link != self.material.link):
            self.add_error("upload", BOTH)
        stays = self.material and self.material.file
        if not (file or link or stays) and not {"upload", "link"} & set(self.errors):
            self.add_error("upload", NOTHING)
        if data.get("audience") == Audience.ATTENDED and data.get("when") == When.BEFORE:
            self.add_error("when", AFTER_ONLY)
        return data

    @property
    def said(self) -> Said:
        data, file = self.cleaned_data, self.cleaned_data["upload"]
        link = "" if file else data["link"]
        title = data["title"] or (file.title if file else link) or (self.material.title if self.material else "")
        return Said(title[:200], When(data["when"]), Audience(data["audience"]), file, link)
