"""What auditors enter about visits."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone

from centres.models import Facility, NetworkMembership
from certification.forms.review import day_field, text_field
from certification.models import Case, SiteVisit, VisitMode
from certification.workflow import Offer

AT_ONCE = 4  # times offered on one page


class ByName(forms.ModelMultipleChoiceField):  # not generic when it runs
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.address}"


def time_field(label: str, **options: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **options)


def mode_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label="Art",
        choices=VisitMode.choices,
        coerce=VisitMode,
        initial=VisitMode.ON_SITE,
        widget=forms.RadioSelect,
    )


class PlaceForm(forms.Form):
    """How and where: of a network usually two facilities."""

    mode = mode_field()
    facilities = ByName(
        label="Einrichtungen",
        queryset=Facility.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="In einem Verbund werden in der Regel zwei angesehen.",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, case: Case, initial: dict[str, Any] | None = None) -> None:
        today = timezone.localdate()
        homes = NetworkMembership.objects.on_day(today).filter(centre=case.centre_id).order_by("-contact", "pk")
        here = list(homes.values_list("facility", flat=True))
        super().__init__(data, initial={"facilities": here[:2], **(initial or {})})
        self.fields["facilities"].queryset = Facility.objects.filter(pk__in=here).order_by("pk")  # type: ignore[attr-defined]

    def clean_facilities(self) -> list[Facility]:
        chosen = list(self.cleaned_data["facilities"])
        if len(chosen) > 2:
            raise forms.ValidationError("Bitte wählen Sie höchstens zwei Einrichtungen.")
        return chosen

    def offer(self, day: Any, begins: time, ends: time) -> Offer:
        here = timezone.get_current_timezone()
        span = [datetime.combine(day, clock, tzinfo=here) for clock in (begins, ends)]
        return Offer(span[0], span[1], self.cleaned_data["mode"], self.cleaned_data.get("facilities", []))


def override_field(label: str) -> forms.CharField:
    help_text = "Zum Beispiel Schulferien. Das Familienzentrum liest ihn nicht."
    return text_field(label, rows=2, required=False, help_text=help_text)


class OffersForm(PlaceForm):
    """Up to four times at once, each with day, beginning and end."""

    override_reason = override_field("Grund, wenn etwas gegen einen Termin spricht")
    field_order = ["mode", "facilities", "override_reason"]

    def __init__(self, data: Mapping[str, Any] | None, *, case: Case) -> None:
        super().__init__(data, case=case)
        for number in range(1, AT_ONCE + 1):
            needed = number == 1
            self.fields[f"day{number}"] = day_field(f"Termin {number}: Tag", required=needed)
            self.fields[f"begins{number}"] = time_field("Beginn", required=needed)
            self.fields[f"ends{number}"] = time_field("Ende", required=needed)

    @property
    def times(self) -> list[list[BoundField]]:
        """The fields of each time, for the page."""
        return [[self[f"{name}{n}"] for name in ("day", "begins", "ends")] for n in range(1, AT_ONCE + 1)]

    @property
    def place(self) -> list[BoundField]:
        return [self["mode"], self["facilities"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        offers = []
        for number in range(1, AT_ONCE + 1):
            whole: list[Any] = [data.get(f"{name}{number}") for name in ("day", "begins", "ends")]
            if all(each is not None for each in whole) and "mode" in data:
                offers.append(self.offer(*whole))
            elif any(each is not None for each in whole) and not self._wrong(number):
                self.add_error(f"day{number}", f"Bitte geben Sie zu Termin {number} Tag, Beginn und Ende an.")
        return {"offers": offers, "override_reason": data.get("override_reason", "")}

    def _wrong(self, number: int) -> bool:
        return any(name.endswith(str(number)) for name in self.errors)


class VisitForm(PlaceForm):
    """One time that was agreed by telephone."""

    day = day_field("Tag")
    begins = time_field("Beginn")
    ends = time_field("Ende", help_text="Eine Begehung dauert drei bis vier Stunden.")
    override_reason = override_field("Grund, wenn etwas gegen den Termin spricht")
    field_order = ["day", "begins", "ends", "mode", "facilities", "reason", "override_reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        whole: list[Any] = [data.get(name) for name in ("day", "begins", "ends")]
        if any(each is None for each in whole) or "mode" not in data:
            return data
        if whole[2] <= whole[1]:
            self.add_error("ends", "Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Zeiten.")
        override_reason = data.get("override_reason", "")
        return {"offer": self.offer(*whole), "override_reason": override_reason, **self.more(data)}

    def more(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}


class MoveVisitForm(VisitForm):
    """Another day for the visit that is agreed; all else stands as it was."""

    reason = text_field("Warum wird die Begehung verlegt?", rows=3, help_text="Die Begründung bleibt im Haus.")

    def __init__(self, data: Mapping[str, Any] | None, *, case: Case, agreed: SiteVisit) -> None:
        begins, ends = timezone.localtime(agreed.starts_at), timezone.localtime(agreed.ends_at)
        as_it_was = {"begins": begins.time(), "ends": ends.time(), "mode": agreed.mode}
        where = list(agreed.facilities.values_list("pk", flat=True))
        super().__init__(data, case=case, initial=as_it_was | ({"facilities": where} if where else {}))

    def more(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"reason": data.get("reason", "")}


class CancelVisitForm(forms.Form):
    reason = text_field("Warum wird die Begehung abgesagt?", rows=3, help_text="Die Begründung bleibt im Haus.")
