from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from centres import proposals
from centres.models import Proposal, Subject
from centres.register import current, is_stale, provider_named
from certification.admin.base import Act, ActsMixin, PlainForm, ReadOnlyAdmin, Table
from certification.admin.filters import FoundByCentre

HEARS = "Das Familienzentrum bekommt einen Brief und sieht die Entscheidung im Portal."


def accept(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    return proposals.accept(proposal, by=by, at=at)


def facts(proposal: Proposal, _: Any) -> list[str]:
    if proposal.subject == Subject.PROVIDER and provider_named(proposal.new) is None:
        return [f"Einen Träger „{proposal.new}“ gibt es noch nicht; er wird neu angelegt."]
    if proposal.subject == Subject.KIND:
        return [
            "Im Register ändert sich nichts: Eine andere Form bedeutet eine neue Zertifizierung mit neuer Nummer.",
            "Legen Sie das neue Familienzentrum an, sobald das Landesjugendamt die Umstrukturierung meldet.",
        ]
    return list(proposal.effect)


ACCEPT = Act(
    "annehmen",
    "Annehmen",
    "Möchten Sie diesen Vorschlag annehmen?",
    ("Das Register wird geändert. Urkunden, die schon ausgestellt sind, bleiben, wie sie sind.", HEARS),
    accept,
    "Der Vorschlag ist angenommen.",
    form=PlainForm,
    possible=lambda proposal, _: proposal.is_open,
    refusals=(proposals.NotPossibleError,),
    facts=facts,
)
DECLINE = Act(
    "ablehnen",
    "Ablehnen",
    "Möchten Sie diesen Vorschlag ablehnen?",
    ("Im Register bleibt, was dort steht. Das Familienzentrum liest Ihre Begründung im Portal.", HEARS),
    proposals.decline,
    "Der Vorschlag ist abgelehnt.",
    possible=lambda proposal, _: proposal.is_open,
    refusals=(proposals.NotPossibleError,),
)


class StageFilter(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("offen", "wartet"), ("angenommen", "angenommen"), ("abgelehnt", "abgelehnt"),
                ("zurueckgezogen", "zurückgezogen")]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        conditions = {
            "offen": Q(decision=""),
            "angenommen": Q(decision="accepted"),
            "abgelehnt": Q(decision="declined"),
            "zurueckgezogen": Q(decision="taken_back"),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(Proposal)
class ProposalAdmin(ActsMixin, FoundByCentre, ReadOnlyAdmin):
    """What centres ask to change. A button in each row accepts; declining asks why."""

    list_display = ("about", "centre", "old", "to", "proposed_at", "stand", "accept_button")
    list_filter = (StageFilter, "subject")
    ordering = ("decision", "proposed_at", "pk")
    fields = (
        "about", "centre", "old", "now", "to", "effective_on", "reason", "exception_reason", "proposed_by",
        "proposed_at", "stand", "decided_by", "decided_at", "decision_reason",
    )  # fmt: skip
    readonly_fields = fields
    acts = (ACCEPT, DECLINE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        return super().get_queryset(request).with_register()  # type: ignore[attr-defined,no-any-return]

    @admin.display(description="Angabe", ordering="subject")
    def about(self, obj: Proposal) -> str:
        return obj.about

    @admin.display(description="neu")
    def to(self, obj: Proposal) -> str:
        if obj.effective_on and obj.facility:
            return f"{obj.facility.name}, {obj.effective_on:%d.%m.%Y}"
        return obj.new

    @admin.display(description="steht jetzt im Register")
    def now(self, obj: Proposal) -> str:
        return current(obj)

    @admin.display(description="Stand", ordering="decision")
    def stand(self, obj: Proposal) -> str:
        return "überholt" if is_stale(obj) else obj.get_decision_display()

    @admin.display(description="Entscheiden")
    def accept_button(self, obj: Proposal) -> str | SafeString:
        """Posts to the act itself, within the form that surrounds the list: one click, no script."""
        if not obj.is_open:
            return ""
        if is_stale(obj):
            return format_html('<a href="{}">Ablehnen</a>', self._act_url(obj, DECLINE))
        return format_html(
            '<button type="submit" class="button" formaction="{}" aria-label="Annehmen: {}, {}">Annehmen</button> '
            '<a href="{}" aria-label="Ablehnen: {}, {}">Ablehnen</a>',
            self._act_url(obj, ACCEPT),
            obj.about,
            obj.centre.name,
            self._act_url(obj, DECLINE),
            obj.about,
            obj.centre.name,
        )

    def tables(self, obj: Proposal) -> list[Table]:
        shown = [(number, sentence) for number, sentence in enumerate(obj.effect, start=1)]
        return [Table("Als Auswirkung gezeigt", ("Nr.", "Satz"), shown)] if shown else []

    def _act_url(self, obj: Proposal, act: Act) -> str:
        return reverse(f"admin:{self.act_url_name}", args=[obj.pk, act.name])
