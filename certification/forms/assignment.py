"""Who looks after which case, who is away, and what ties somebody. Each form hands the act its arguments by name."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from accounts.models import Role, User
from centres.filters import LongSelect
from centres.models import FamilyCentre, Provider
from certification.models.case import OPEN_STATES


def auditors() -> QuerySet[User]:
    """Who may look after cases, each with the number of open ones."""
    people = User.objects.filter(role=Role.AUDITOR, is_active=True)
    return people.annotate(open_cases=Count("cases", filter=Q(cases__state__in=OPEN_STATES))).order_by("name", "pk")


class ByName(forms.ModelChoiceField):  # not generic when it runs
    """`beside` says more about a person than the name: what speaks against them, or when they are away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beside: Mapping[int, str] = {}

    def label_from_instance(self, obj: Any) -> str:
        count = "1 offener Fall" if obj.open_cases == 1 else f"{obj.open_cases} offene Fälle"
        return f"{obj.name}, {'; '.join(filter(None, [count, self.beside.get(obj.pk, '')]))}"


class AssignForm(forms.Form):
    to = ByName(label="Zuständig wird", queryset=User.objects.none(), empty_label=None, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Hinweis zur Übergabe",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Steht in der Geschichte des Falles. Das Familienzentrum liest ihn nicht.",
    )
    exemption = forms.CharField(
        label="Begründung der Ausnahme",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Nur nötig, wenn gegen die gewählte Person etwas spricht.",
    )
    instead_of = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: User, beside: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = auditors()  # type: ignore[attr-defined]
        self.fields["to"].beside = beside  # type: ignore[attr-defined]
        if not by.is_team_lead:
            del self.fields["exemption"]


class ShareForm(forms.Form):
    """Who gets the chosen cases: one person, or several who share them."""

    an = forms.ModelMultipleChoiceField(
        label="Zuständig werden",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Bei mehreren bekommt jeden Fall, wer gerade die wenigsten offenen Fälle hat und unabhängig ist.",
        error_messages={"required": "Bitte wählen Sie mindestens eine Person."},
    )

    def __init__(self, data: QueryDict | None, *, beside: Mapping[int, str]) -> None:
        super().__init__(data)
        field: Any = self.fields["an"]
        field.queryset = auditors()
        shown = ByName(queryset=User.objects.none())
        shown.beside = beside
        field.label_from_instance = shown.label_from_instance


class ConfirmForm(forms.Form):
    """Confirms a change of many by their number, and says why for whoever asks years later."""

    grund = forms.CharField(
        label="Warum verteilen Sie diese Fälle?",
        max_length=300,
        help_text="Steht in der Geschichte jedes dieser Fälle. Die Familienzentren lesen es nicht.",
        error_messages={"required": "Bitte geben Sie an, warum Sie diese Fälle verteilen."},
    )
    anzahl = forms.IntegerField(
        label="Wie viele Fälle wechseln die Zuständigkeit?", widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )

    def __init__(self, data: QueryDict | None, *, expected: int) -> None:
        super().__init__(data)
        self.expected = expected

    def clean_anzahl(self) -> int:
        number: int = self.cleaned_data["anzahl"]
        if number != self.expected:
            raise forms.ValidationError(f"Es sind {self.expected}. Bitte sehen Sie die Liste noch einmal durch.")
        return number


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class _OfSomebody(forms.Form):
    """For oneself; the team lead may choose somebody else."""

    auditor = ByName(label="Person", queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.fields["auditor"].queryset = by, auditors()  # type: ignore[attr-defined]
        self.fields["auditor"].initial = by.pk
        if not by.is_team_lead:
            del self.fields["auditor"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return data if self.by.is_team_lead else data | {"auditor": self.by}


class TieForm(_OfSomebody):
    centre = forms.CharField(
        label="Zertifizierungsnummer des Familienzentrums", required=False, max_length=20, help_text="Entweder hier …"
    )
    provider = forms.ModelChoiceField(
        label="Träger",
        queryset=Provider.objects.order_by("name"),
        required=False,
        empty_label="keiner",
        widget=LongSelect,
        help_text="… oder hier, dann gilt die Bindung für alle Familienzentren dieses Trägers.",
    )
    reason = forms.CharField(
        label="Worin besteht sie?",
        max_length=300,
        help_text="Zum Beispiel: frühere Anstellung, Beratung, Angehörige im Team.",
    )
    starts_on = _day("Erster Tag")
    ends_on = _day("Letzter Tag", required=False)

    def clean_centre(self) -> FamilyCentre | None:
        number = self.cleaned_data["centre"].strip()
        if not number:
            return None
        found = FamilyCentre.objects.filter(certification_number=number).first()
        if found is None:
            raise forms.ValidationError(
                f"Ein Familienzentrum mit der Nummer {number} gibt es nicht. Bitte prüfen Sie sie."
            )
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "centre" in data and bool(data["centre"]) == bool(data.get("provider")):
            self.add_error("centre", "Bitte nennen Sie ein Familienzentrum oder einen Träger, nicht beides.")
        return data


class EndTieForm(forms.Form):
    ends_on = _day("Letzter Tag der Bindung")


class AbsenceForm(_OfSomebody):
    deputy = ByName(label="Vertreten durch", queryset=User.objects.none(), empty_label="Bitte wählen")
    starts_on = _day("Erster Tag")
    ends_on = _day("Letzter Tag")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.fields["deputy"].queryset = auditors()  # type: ignore[attr-defined]


class FilterNameForm(forms.Form):
    name = forms.CharField(label="Name der Auswahl", max_length=60)


class ExemptForm(forms.Form):
    auditor = ByName(label="Für wen", queryset=User.objects.none(), empty_label="Bitte wählen")
    reason = forms.CharField(label="Begründung", widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        self.fields["auditor"].queryset = auditors()  # type: ignore[attr-defined]
