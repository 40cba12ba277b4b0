from typing import Any

import django_filters
from crispy_forms.helper import FormHelper
from django.db.models import Exists, OuterRef

from centres.models import CentreKind, FamilyCentre, NetworkMembership, YouthOffice
from centres.models.centre import FamilyCentreQuerySet


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
