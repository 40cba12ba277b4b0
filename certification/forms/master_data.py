"""What a lead corrects herself, and what she proposes to the ministry."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError

from centres.forms import day_field
from centres.models import Facility, FamilyCentre, YouthOffice
from certification.forms.portal import LONGEST_TEXT, OneLineEnds

PHONE = re.compile(r"^[+0-9][0-9 /()\-]{4,}$")
REACHED = ("phone", "email")
PLACE = ("street", "postcode", "town", "district")
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


def reason_field() -> OneLineEnds:
    return OneLineEnds(
        label="Begründung",
        help_text="Ein oder zwei Sätze, damit das Ministerium entscheiden kann, ohne nachzufragen.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Bitte geben Sie an, warum sich das ändert.",
            "max_length": f"Bitte kürzen Sie die Begründung auf {LONGEST_TEXT} Zeichen.",
        },
    )


class ContactForm(forms.Form):
    """How the centre and each of its facilities are reached, as one plain form."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, centre: FamilyCentre, facilities: Iterable[Facility]
    ) -> None:
        self.centre, self.facilities = centre, list(facilities)
        super().__init__(data)
        sets = [self._add("fz", "Familienzentrum", centre, REACHED)]
        sets += [self._add(f"e{f.pk}", f"Einrichtung {f.name}", f, (*PLACE, *REACHED)) for f in self.facilities]
        self.helper = FormHelper()
        self.helper.layout = Layout(*sets)
        self.helper.add_input(Submit("save", "Speichern"))

    def filled(self) -> tuple[FamilyCentre, list[Facility]]:
        """The objects with what was entered; call `is_valid` first."""
        self._fill("fz", self.centre, REACHED)
        for each in self.facilities:
            self._fill(f"e{each.pk}", each, (*PLACE, *REACHED))
        return self.centre, self.facilities

    def _add(self, prefix: str, title: str, stored: Any, names: Sequence[str]) -> Fieldset:
        keys = [f"{prefix}-{name}" for name in names]
        for key, name in zip(keys, names, strict=True):
            self.fields[key] = _contact_field(name, title)
            self.initial[key] = getattr(stored, name)
        return Fieldset(title, *keys)

    def _fill(self, prefix: str, stored: Any, names: Sequence[str]) -> None:
        for name in names:
            setattr(stored, name, self.cleaned_data[f"{prefix}-{name}"])


def _contact_field(name: str, whose: str) -> forms.Field:
    if name == "email":
        sentence = (
            f"Bitte geben Sie bei „{whose}“ eine vollständige E-Mail-Adresse ein, zum Beispiel kita@beispiel.de."
        )
        return forms.EmailField(
            label="E-Mail-Adresse",
            required=False,
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
            error_messages={"invalid": sentence},
        )
    return {
        "phone": _text("Telefon", 50, check=_check_phone, keyboard="tel"),
        "street": _text("Straße und Hausnummer", 200),
        "postcode": _text("PLZ", 5, check=_check_postcode, keyboard="numeric"),
        "town": _text("Ort", 100),
        "district": _text("Ortsteil", 100),
    }[name]


def _text(
    label: str, longest: int, *, check: Callable[[str], None] | None = None, keyboard: str = "text"
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=False,
        validators=[check] if check else [],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": keyboard}),
        error_messages={"max_length": f"Bitte kürzen Sie „{label}“ auf {longest} Zeichen."},
    )


def _check_phone(value: str) -> None:
    if not PHONE.match(value):
        raise ValidationError("Bitte geben Sie eine Telefonnummer mit Vorwahl ein, zum Beispiel 0221 39200-10.")


def _check_postcode(value: str) -> None:
    if not re.fullmatch(r"\d{5}", value):
        raise ValidationError("Eine Postleitzahl hat fünf Ziffern, zum Beispiel 50667.")


class NameForm(forms.Form):
    new = forms.CharField(
        label="Neuer Name",
        max_length=250,
        error_messages={
            "required": "Bitte geben Sie den neuen Namen ein.",
            "max_length": "Bitte kürzen Sie den Namen auf 250 Zeichen.",
        },
    )
    reason = reason_field()

    def wish(self) -> dict[str, Any]:
        return {"new": self.cleaned_data["new"]}


class KindForm(forms.Form):
    """There are two forms: the other one is meant."""

    reason = reason_field()

    def wish(self) -> dict[str, Any]:
        return {}


class ProviderForm(forms.Form):
    new = forms.CharField(
        label="Neuer Träger",
        help_text="Der vollständige Name, zum Beispiel „Evangelische Kirchengemeinde Köln-Nippes“.",
        max_length=250,
        error_messages={
            "required": "Bitte geben Sie den Namen des neuen Trägers ein.",
            "max_length": "Bitte kürzen Sie den Namen auf 250 Zeichen.",
        },
    )
    reason = reason_field()

    def wish(self) -> dict[str, Any]:
        return {"new": self.cleaned_data["new"]}


class YouthOfficeForm(forms.Form):
    office = forms.ModelChoiceField(
        YouthOffice.objects.order_by("name_folded"),
        label="Neues Jugendamt",
        empty_label="Bitte wählen",
        error_messages={
            "required": "Bitte wählen Sie das neue Jugendamt.",
            "invalid_choice": "Bitte wählen Sie ein Jugendamt aus der Liste.",
        },
    )
    reason = reason_field()

    def wish(self) -> dict[str, Any]:
        office = self.cleaned_data["office"]
        return {"new": office.name, "youth_office": office}


def checked_day(label: str, help_text: str) -> forms.DateField:
    return day_field(
        label,
        help_text=help_text,
        validators=[_check_day],
        error_messages={
            "required": "Bitte wählen Sie einen Tag.",
            "invalid": "Bitte geben Sie einen Tag an, den es gibt, zum Beispiel 31.07.2027.",
        },
    )


def _check_day(day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(f"Bitte wählen Sie einen Tag zwischen {EARLIEST.year} und {LATEST.year}.")


class FacilityChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Facility) -> str:
        return f"{obj.name}, {obj.address}" if obj.address else obj.name


class MemberForm(forms.Form):
    """One of the facilities of a network, and a day."""

    facility = FacilityChoice(
        Facility.objects.none(),
        label="Einrichtung",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Bitte wählen Sie eine Einrichtung.",
            "invalid_choice": "Bitte wählen Sie eine Einrichtung des Verbundes.",
        },
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        members: Iterable[Facility],
        label: str,
        help_text: str = "",
    ) -> None:
        super().__init__(data)
        field: Any = self.fields["facility"]
        field.queryset = Facility.objects.filter(pk__in=[each.pk for each in members]).order_by("name")
        self.fields["on"] = checked_day(label, help_text)


class NewcomerForm(forms.Form):
    """A facility that is not in the network yet, by its number, and a day."""

    number = forms.CharField(
        label="Einrichtungsnummer",
        help_text="Die Nummer der Einrichtung im Register, mit führenden Nullen.",
        max_length=20,
        error_messages={
            "required": "Bitte geben Sie die Einrichtungsnummer ein.",
            "max_length": "Eine Einrichtungsnummer hat höchstens 20 Zeichen.",
        },
    )
    on = checked_day("Erster Tag im Verbund", "Von diesem Tag an gehört die Einrichtung dazu.")

    def clean_number(self) -> Facility:
        facility = Facility.objects.filter(number=self.cleaned_data["number"].strip()).first()
        if facility is None:
            raise ValidationError(
                "Diese Einrichtungsnummer steht nicht im Register. Bitte prüfen Sie sie; "
                "ist die Einrichtung neu, wenden Sie sich an Ihr Jugendamt."
            )
        return facility


class ProposalReasonForm(forms.Form):
    """Why; and where the network becomes unusual, why that is right."""

    reason = reason_field()

    def __init__(self, data: Mapping[str, Any] | None = None, *, unusual: bool) -> None:
        super().__init__(data)
        if unusual:
            self.fields["exception_reason"] = OneLineEnds(
                label="Begründung der Ausnahme",
                help_text="Zum Beispiel die Zustimmung des Ministeriums oder die örtliche Jugendhilfeplanung. "
                "Sie bleibt im Register stehen.",
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"required": "Bitte begründen Sie die Ausnahme."},
            )


class AwardDayForm(forms.Form):
    """When would the seal be awarded?"""

    am = checked_day("Tag der Verleihung", "Sie können jeden Tag einsetzen.")
