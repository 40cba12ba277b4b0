"""Forms over centres: what the database would refuse is said here first, in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import CheckConstraint, Model, Q

from centres.imports.problems import RefusedError
from centres.imports.reading import refuse_too_big
from centres.models import CentreKind, FamilyCentre, Membership, MembershipRole, NetworkMembership, YouthOffice

ONE_FACILITY = "Ein Einzel-Familienzentrum hat genau eine Einrichtung, hier sind es {}."
ONE_FACILITY_AT_A_TIME = "Ein Einzel-Familienzentrum hat zu jeder Zeit genau eine Einrichtung."
FOREVER = date.max


def day_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class FamilyCentreForm(forms.ModelForm):
    class Meta:
        model = FamilyCentre
        fields = ["certification_number", "name", "kind", "youth_office", "email", "phone", "lead_name",
                  "network_exception"]  # fmt: skip


class DatedForm(forms.ModelForm):
    """One dated row. Overlaps are looked at over all rows together, since the others may be changing too."""

    def _post_clean(self) -> None:
        self.instance.validate_constraints = self.validate_checks
        super()._post_clean()  # type: ignore[misc]
        del self.instance.validate_constraints

    def validate_checks(self, exclude: set[str] | None = None) -> None:
        errors = []
        for constraint in self._meta.model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                try:
                    constraint.validate(type(self.instance), self.instance, exclude=exclude)
                except ValidationError as error:
                    errors.append(error)
        if errors:
            raise ValidationError(errors)


class NetworkMembershipForm(DatedForm):
    class Meta:
        model = NetworkMembership
        fields = ["facility", "starts_on", "ends_on", "grant_recipient", "contact"]


class MembershipForm(DatedForm):
    class Meta:
        model = Membership
        fields = ["user", "role", "starts_on", "ends_on"]


class DatedFormSet(forms.BaseInlineFormSet):
    """The rows of one centre, checked together."""

    def rows(self) -> list[Any]:
        """What would be stored, as far as it is complete."""
        filled = (form for form in self.forms if form.is_valid() and (form.has_changed() or form.instance.pk))
        return [form.instance for form in filled if form not in self.deleted_forms]

    def refuse_overlap(self, rows: Sequence[Any], constraint: str) -> None:
        if any(overlapping(*pair) for pair in combinations(rows, 2)):
            raise ValidationError(_message(type(rows[0]), constraint))


class FacilityFormSet(DatedFormSet):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows, centre = self.rows(), self.instance
        if centre.kind == CentreKind.SINGLE:
            _refuse_more_than_one(rows, running=centre.ended_on is None)
        self.refuse_overlap([row for row in rows if row.grant_recipient], "one_grant_recipient")
        self.refuse_overlap([row for row in rows if row.contact], "one_contact_facility")
        for one, other in combinations(rows, 2):
            if one.facility_id == other.facility_id:
                self.refuse_overlap([one, other], "facility_in_one_centre")
        self._refuse_facility_elsewhere(rows)

    def _refuse_facility_elsewhere(self, rows: list[NetworkMembership]) -> None:
        elsewhere = NetworkMembership.objects.filter(
            ~Q(centre=self.instance.pk), facility__in=[r.facility_id for r in rows]
        )
        for other in elsewhere.select_related("centre", "facility"):
            if any(row.facility_id == other.facility_id and overlapping(row, other) for row in rows):
                where = f"{other.facility} gehört zu {other.centre}."
                raise ValidationError([_message(NetworkMembership, "facility_in_one_centre"), where])


class PersonFormSet(DatedFormSet):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = self.rows()
        self.refuse_overlap([row for row in rows if row.role == MembershipRole.LEAD], "one_lead_per_centre")
        for person in {row.user_id for row in rows}:
            self.refuse_overlap([row for row in rows if row.user_id == person], "person_once_per_centre")


class EndForm(forms.Form):
    on = day_field("Letzter Tag als Familienzentrum")
    reason = forms.CharField(
        label="Grund", max_length=250, help_text="Zum Beispiel Schließung, Rücktritt oder Übergang in einen Verbund."
    )


class UploadForm(forms.Form):
    file = forms.FileField(label="Datei", help_text="CSV oder Excel-Arbeitsmappe (.xlsx), höchstens 10 MB.")
    skip_invalid = forms.BooleanField(
        label="Fehlerhafte Zeilen auslassen",
        required=False,
        help_text="Sonst wird alles übernommen oder nichts. Den Rest erhalten Sie als Datei zum Berichtigen.",
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        try:
            refuse_too_big(file.size or 0)
        except RefusedError as refused:
            raise ValidationError(str(refused)) from refused
        return file


class CentreUploadForm(UploadForm):
    youth_office = forms.ModelChoiceField(
        YouthOffice.objects.order_by("name_folded"),
        label="Jugendamt der ganzen Datei",
        required=False,
        help_text="Nur für eine Datei ohne die Spalte „Jugendamt“.",
    )
    reason = forms.CharField(
        label="Begründung für abweichende Gütesiegel-Daten",
        required=False,
        max_length=500,
        help_text="Gilt für alle Zeilen, deren Ende der Gültigkeit nicht aus dem Tag der Verleihung folgt "
        "und die selbst keine Begründung nennen.",
    )


def overlapping(one: Any, other: Any) -> bool:
    """Whether two dated rows share a day."""
    return bool(one.starts_on <= (other.ends_on or FOREVER) and other.starts_on <= (one.ends_on or FOREVER))


def _refuse_more_than_one(rows: Sequence[NetworkMembership], *, running: bool) -> None:
    lasting = sum(row.ends_on is None for row in rows)
    if any(overlapping(*pair) for pair in combinations(rows, 2)) and lasting <= 1:
        raise ValidationError(ONE_FACILITY_AT_A_TIME)
    if lasting > 1 or (running and lasting == 0):
        raise ValidationError(ONE_FACILITY.format(lasting))


def _message(model: type[Model], name: str) -> str:
    return next(str(c.violation_error_message) for c in model._meta.constraints if c.name == name)
