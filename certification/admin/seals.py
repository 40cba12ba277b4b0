from datetime import date

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format

from certification import sealing
from certification.admin.base import Act, ActsMixin, ReadOnlyAdmin, ReasonForm, Table, day_field
from certification.admin.filters import (
    FoundByCentre,
    LatestFilter,
    SealEndFilter,
    SealStatusFilter,
    YouthOfficeFilter,
)
from certification.models import Certificate, Seal, SealEntry
from certification.rules.periods import long_date
from certification.rules.status import SealStatus

KEPT = "Der Vorgang steht mit Ihrem Namen und Ihrer Begründung dauerhaft im Verlauf."


class ExtendForm(ReasonForm):
    field_order = ("through", "legal_basis", "reason")
    through = day_field("Neuer letzter gültiger Tag")
    legal_basis = forms.CharField(
        label="Rechtsgrundlage", max_length=250, help_text="Zum Beispiel: DVO KiBiz § 11 Absatz 1a."
    )


class VoidForm(ReasonForm):
    field_order = ("on", "reason")
    on = day_field("Erster Tag, an dem es nicht mehr gilt")


def stands(seal: Seal, _: date) -> bool:
    return seal.void_from is None


def term(seal: Seal, _: date) -> list[str]:
    return [f"Es gilt vom {long_date(seal.valid_from)} bis einschließlich {long_date(seal.valid_through)}."]


SEAL_ACTS = (
    Act(
        "verlaengern",
        "Verlängern",
        "Möchten Sie dieses Gütesiegel verlängern?",
        ("Das Gütesiegel gilt bis zu dem neuen Tag.", "Erinnerungen richten sich nach dem neuen Ende.", KEPT),
        sealing.extend,
        "Das Gütesiegel ist verlängert.",
        form=ExtendForm,
        possible=stands,
        refusals=(sealing.NotPossibleError,),
        facts=term,
    ),
    Act(
        "entziehen",
        "Entziehen",
        "Möchten Sie dieses Gütesiegel entziehen?",
        ("Von dem Tag an gilt es nicht mehr, auch auf der öffentlichen Prüfseite.", KEPT),
        sealing.withdraw,
        "Das Gütesiegel ist entzogen.",
        form=VoidForm,
        possible=stands,
        refusals=(sealing.NotPossibleError,),
        danger=True,
        facts=term,
    ),
    Act(
        "ersetzen",
        "Ablösen",
        "Möchten Sie dieses Gütesiegel beenden, weil ein anderes an seine Stelle tritt?",
        ("Von dem Tag an gilt es nicht mehr, auch auf der öffentlichen Prüfseite.", KEPT),
        sealing.supersede,
        "Das Gütesiegel ist abgelöst.",
        form=VoidForm,
        possible=stands,
        refusals=(sealing.NotPossibleError,),
        danger=True,
        facts=term,
    ),
)


@admin.register(Seal)
class SealAdmin(ActsMixin, FoundByCentre, ReadOnlyAdmin):
    """Seals and their ledger, to read. They change by the acts of `certification.sealing` alone."""

    list_display = ("number", "name", "status_today", "valid_through", "valid_from", "awarded_on", "youth_office")
    list_display_links = ("number", "name")
    list_select_related = ("centre__youth_office",)
    list_filter = (
        SealStatusFilter,
        SealEndFilter,
        LatestFilter,
        "centre__youth_office__regional",
        "centre__kind",
        YouthOfficeFilter,
    )
    ordering = ("-valid_through", "centre__name_folded")
    fields = (
        "centre", "case", "status_today", "awarded_on", "valid_from", "valid_through", "void_from", "void_kind",
        "rule_version", "reckoning",
    )  # fmt: skip
    readonly_fields = ("status_today", "reckoning")
    acts = SEAL_ACTS

    @admin.display(description="Nummer", ordering="centre__certification_number")
    def number(self, obj: Seal) -> str:
        return obj.centre.certification_number

    @admin.display(description="Familienzentrum", ordering="centre__name_folded")
    def name(self, obj: Seal) -> str:
        return obj.centre.name

    @admin.display(description="Jugendamt", ordering="centre__youth_office__name_folded")
    def youth_office(self, obj: Seal) -> str:
        return f"{obj.centre.youth_office} ({obj.centre.youth_office.regional})"

    @admin.display(description="Stand heute")
    def status_today(self, obj: Seal) -> str:
        status: SealStatus = obj.status(timezone.localdate())
        return status.label

    @admin.display(description="Warum dieses Datum?")
    def reckoning(self, obj: Seal) -> str:
        return "\n".join(obj.explanation)

    def tables(self, obj: Seal) -> list[Table]:
        return [_ledger(obj), _certificates(obj)]


def _ledger(seal: Seal) -> Table:
    rows = [
        (
            e.get_kind_display(),
            date_format(e.effective_on, "d.m.Y"),
            date_format(e.valid_through, "d.m.Y"),
            e.legal_basis,
            e.reason,
            e.by.name if e.by else "–",
            date_format(timezone.localtime(e.at), "d.m.Y, H:i"),
        )
        for e in SealEntry.objects.filter(seal=seal).select_related("by").order_by("at", "pk")
    ]
    headers = ("Vorgang", "Wirksam am", "Gültig bis", "Rechtsgrundlage", "Begründung", "Wer", "Eingetragen")
    return Table("Verlauf", headers, rows)


def _certificates(seal: Seal) -> Table:
    rows = [
        (
            c.number,
            date_format(timezone.localtime(c.issued_at), "d.m.Y, H:i") if c.issued_at else "in Arbeit",
            c.replaced_reason,
        )
        for c in Certificate.objects.filter(seal=seal).order_by("pk")
    ]
    return Table("Urkunden", ("Nummer", "Ausgestellt", "Ersetzt, weil"), rows)
