"""Handovers of a centre's lead, where the ministry decides in place of a provider that cannot or does not."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from centres import handovers
from centres.models import Handover
from centres.people import NotPossibleError
from certification.admin.base import Act, ActsMixin, PlainForm, ReadOnlyAdmin
from certification.admin.filters import FoundByCentre


def is_open(handover: Handover, _: date) -> bool:
    return handover.is_open


def why(handover: Handover, _: date) -> list[str]:
    if not handover.provider_email:
        return ["Vom Träger ist keine E-Mail-Adresse bekannt. Bitte fragen Sie dort nach."]
    if handover.reason:
        return [f"Der Träger hat abgelehnt: {handover.reason}"]
    if handover.provider_late(timezone.now()):
        return [f"Der Träger ({handover.provider_email}) hat nicht geantwortet. Bitte fragen Sie dort nach."]
    return [f"Der Träger ({handover.provider_email}) kann noch selbst antworten."]


ACTS = (
    Act(
        "bestaetigen",
        "Neue Leitung bestätigen",
        "Möchten Sie die neue Leitung anstelle des Trägers bestätigen?",
        (
            "Die neue Leitung bekommt ab ihrem ersten Tag Zugang und einen Brief mit dem Weg zur Anmeldung.",
            "Der Zugang der bisherigen Leitung endet am Tag davor.",
        ),
        handovers.confirm,
        "Die neue Leitung ist bestätigt.",
        form=PlainForm,
        possible=is_open,
        refusals=(NotPossibleError,),
        facts=why,
    ),
    Act(
        "beenden",
        "Übergabe nicht vollziehen",
        "Möchten Sie die Übergabe beenden, ohne dass die Leitung wechselt?",
        ("Es bleibt alles, wie es ist.", "Das Familienzentrum erhält darüber einen Brief und liest Ihre Begründung."),
        handovers.close,
        "Die Übergabe ist beendet.",
        possible=is_open,
        refusals=(NotPossibleError,),
        danger=True,
        facts=why,
    ),
)


class WaitingFilter(admin.SimpleListFilter):
    title, parameter_name = "Aufgabe", "aufgabe"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ministerium", "wartet auf das Ministerium")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Handover]) -> QuerySet[Handover]:
        if self.value() != "ministerium":
            return queryset
        return queryset.filter(pk__in=Handover.objects.waiting_for_ministry(at=timezone.now()))


@admin.register(Handover)
class HandoverAdmin(ActsMixin, FoundByCentre, ReadOnlyAdmin):
    list_display = ("centre", "successor_name", "starts_on", "state", "provider_name", "asked_at")
    list_filter = (WaitingFilter, "state")
    list_select_related = ("centre",)
    ordering = ("-asked_at", "-pk")
    fields = (
        "centre", "state", "successor_name", "successor_email", "starts_on", "provider_name", "provider_email",
        "asked_by", "asked_at", "decided_by", "decided_at", "reason",
    )  # fmt: skip
    acts = ACTS
