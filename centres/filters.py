from typing import Any

import django_filters
from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Exists, OuterRef
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from centres.models import CentreKind, FamilyCentre, NetworkMembership, YouthOffice
from centres.models.centre import FamilyCentreQuerySet


class PersonField(forms.ModelChoiceField):  # not generic when it runs
    """People by their name alone, without the address."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class LongSelect(forms.Select):
    """Written out: the template of a select takes several times as long for the 186 youth offices."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        options = ((key, flatatt({"selected": str(key) in chosen}), label) for key, label in self.choices)
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )


class RegisterFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The questions to the public register; the words in the address are German."""

    q = django_filters.CharFilter(
        method="search", label="Suche", help_text="Name, Ort, Träger oder Nummer; Umlaute auch als ae, oe, ue."
    )
    ort = django_filters.CharFilter(method="in_town", label="Ort")
    jugendamt = django_filters.ModelChoiceFilter(
        field_name="youth_office",
        queryset=YouthOffice.objects.order_by("name_folded"),
        label="Jugendamt",
        empty_label="Alle",
        widget=LongSelect,
    )
    art = django_filters.ChoiceFilter(field_name="kind", choices=CentreKind.choices, label="Form", empty_label="Alle")

    class Meta:
        model = FamilyCentre
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.helper = FormHelper()
        self.form.helper.form_method = "get"
        self.form.helper.form_tag = False

    def search(self, centres: FamilyCentreQuerySet, name: str, value: str) -> FamilyCentreQuerySet:
        return centres.found_by(value)

    def in_town(self, centres: FamilyCentreQuerySet, name: str, value: str) -> FamilyCentreQuerySet:
        there = NetworkMembership.objects.filter(centre=OuterRef("pk"), facility__town__iexact=value.strip())
        return centres.filter(Exists(there))
