from datetime import date

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format

from certification import awarding, workflow
from certification.admin.base import Act, ActsMixin, PlainForm, ReadOnlyAdmin, Table
from certification.admin.case_tables import tables_of
from certification.admin.filters import (
    AuditorFilter,
    FoundByCentre,
    LateFilter,
    OpenFilter,
    OutcomeFilter,
    YouthOfficeFilter,
)
from certification.forms.aftermath import ObjectionDecisionForm, ObjectionForm
from certification.models import Case, Seal
from certification.rules.aftermath import of_correction
from certification.rules.moves import BY_ACT, State

LETTER = "Das Familienzentrum erhält darüber einen Brief."
FINAL = "Der Fall ist damit abgeschlossen. Das lässt sich nicht zurücknehmen."


def may_now(act: str, case: Case) -> bool:
    return case.state in BY_ACT[act].sources


def is_overdue(case: Case, today: date) -> bool:
    """Whether the date has passed that the act `miss` waits for."""
    until = case.round.registration_until if case.state == State.INVITED else case.round.submission_until
    return may_now("miss", case) and today > until


def is_released(case: Case, *, eligible: bool) -> bool:
    outcome = case.outcomes.standing().first()
    return outcome is not None and outcome.released_at is not None and outcome.eligible == eligible


def has_released_outcome(case: Case) -> bool:
    return case.outcomes.standing().exclude(released_at=None).exists()


def has_open_objection(case: Case) -> bool:
    return case.objections.filter(decided_on=None).exists()


CASE_ACTS = (
    Act(
        "widerspruch",
        "Widerspruch festhalten",
        "Möchten Sie einen Widerspruch gegen Ergebnis oder Entscheidung festhalten?",
        ("Am Ergebnis und am Gütesiegel ändert sich dadurch nichts.", LETTER),
        workflow.record_objection,
        "Der Widerspruch ist festgehalten.",
        form=ObjectionForm,
        possible=lambda case, _: has_released_outcome(case) and not has_open_objection(case),
        refusals=(workflow.NotAllowedError,),
    ),
    Act(
        "widerspruch-entscheidung",
        "Über den Widerspruch entscheiden",
        "Wie ist über den Widerspruch entschieden?",
        (
            "Das Familienzentrum liest Ausgang und Begründung im Portal.",
            "Ein Ergebnis ändert danach nur eine Berichtigung der Zertifizierungsstelle.",
            LETTER,
        ),
        workflow.decide_objection,
        "Die Entscheidung ist festgehalten.",
        form=ObjectionDecisionForm,
        possible=lambda case, _: has_open_objection(case),
        refusals=(workflow.NotAllowedError,),
    ),
    Act(
        "ruecktritt",
        "Rücktritt festhalten",
        "Möchten Sie den Rücktritt des Familienzentrums festhalten?",
        (FINAL, LETTER),
        workflow.withdraw,
        "Der Rücktritt ist festgehalten.",
        possible=lambda case, _: may_now("withdraw", case),
        refusals=(workflow.NotAllowedError,),
        danger=True,
    ),
    Act(
        "nicht-teilgenommen",
        "Nicht teilgenommen",
        "Möchten Sie festhalten, dass das Familienzentrum nicht teilgenommen hat?",
        (FINAL, LETTER),
        workflow.miss,
        "Festgehalten: Das Familienzentrum hat nicht teilgenommen.",
        possible=is_overdue,
        refusals=(workflow.NotAllowedError,),
        danger=True,
    ),
    Act(
        "abloesen",
        "Durch neues Verfahren ablösen",
        "Möchten Sie diesen Fall beenden, weil ein neues Verfahren an seine Stelle tritt?",
        (FINAL, LETTER, "Danach kann das Familienzentrum in einer anderen Runde einen Fall erhalten."),
        workflow.supersede,
        "Der Fall ist abgelöst.",
        possible=lambda case, _: may_now("supersede", case),
        refusals=(workflow.NotAllowedError,),
        danger=True,
    ),
    Act(
        "nicht-verleihen",
        "Nicht verleihen",
        "Möchten Sie das Gütesiegel nicht verleihen?",
        (FINAL, LETTER),
        workflow.decline,
        "Das Gütesiegel ist nicht verliehen.",
        form=PlainForm,
        possible=lambda case, _: may_now("decline", case) and is_released(case, eligible=False),
        refusals=(workflow.NotAllowedError,),
        danger=True,
    ),
)


AFTER = ("seal", "corrected")


@admin.register(Case)
class CaseAdmin(ActsMixin, FoundByCentre, ReadOnlyAdmin):
    """Cases to read. Their state changes by acts alone: the questions above a case, and the award of many."""

    change_form_template = "admin/certification/case.html"
    list_display = ("number", "name", "state", "since", "round", "youth_office", "auditor")
    list_display_links = ("number", "name")
    list_select_related = ("centre__youth_office", "round", "auditor")
    list_filter = (
        "state",
        OpenFilter,
        OutcomeFilter,
        LateFilter,
        "round",
        "round__procedure",
        "centre__youth_office__regional",
        "centre__kind",
        YouthOfficeFilter,
        AuditorFilter,
    )
    ordering = ("centre__name_folded",)
    fields = (
        "centre",
        "youth_office",
        "round",
        "state",
        "state_since",
        "auditor",
        "submitted_at",
        "seal",
        "corrected",
    )
    readonly_fields = ("number", "name", "youth_office", "seal", "corrected")
    acts = CASE_ACTS
    actions = ("award",)  # type: ignore[assignment]  # TrackedAdmin has none

    @admin.display(description="Nummer", ordering="centre__certification_number")
    def number(self, obj: Case) -> str:
        return obj.centre.certification_number

    @admin.display(description="Familienzentrum", ordering="centre__name_folded")
    def name(self, obj: Case) -> str:
        return obj.centre.name

    @admin.display(description="Jugendamt", ordering="centre__youth_office__name_folded")
    def youth_office(self, obj: Case) -> str:
        return f"{obj.centre.youth_office} ({obj.centre.youth_office.regional})"

    @admin.display(description="seit", ordering="state_since")
    def since(self, obj: Case) -> str:
        return date_format(timezone.localtime(obj.state_since), "d.m.Y")

    @admin.display(description="Gütesiegel")
    def seal(self, obj: Case) -> str:
        return str(getattr(obj, "seal", "–"))

    @admin.display(description="Nach einer Berichtigung")
    def corrected(self, obj: Case) -> str:
        """What the ministry has to decide where a correction turned the outcome after the decision."""
        outcome = obj.outcomes.standing().exclude(correction_reason="").select_related("replaces").first()
        if outcome is None or outcome.replaces is None:
            return "–"
        seal = Seal.objects.standing().filter(case=obj).first()
        through = seal.valid_through if seal else None
        told = of_correction(
            obj.state, eligible=outcome.eligible, was_eligible=outcome.replaces.eligible, seal_through=through
        )
        return f"Berichtigt, weil: {outcome.correction_reason} Ergebnis jetzt: {outcome}. {told}"

    @admin.action(description="Gütesiegel verleihen: Vorschau", permissions=["view"])
    def award(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse:
        """Put the selected cases together; the next page shows what an award would mean, and asks."""
        return self._prepare(request, queryset.order_by("pk"))

    def get_urls(self) -> list[URLPattern]:
        award_one = self.admin_site.admin_view(self.award_one)
        return [path("<int:pk>/verleihen/", award_one, name="certification_case_award"), *super().get_urls()]

    def award_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return redirect("admin:certification_case_change", pk)
        return self._prepare(request, Case.objects.filter(pk=pk))

    def _prepare(self, request: HttpRequest, cases: QuerySet[Case]) -> HttpResponse:
        batch = awarding.prepare(cases, by=request.user, at=timezone.now(), on=timezone.localdate())  # type: ignore[arg-type]
        return redirect("admin:certification_awardbatch_change", batch.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        may_award = case is not None and may_now("award", case) and is_released(case, eligible=True)
        return super().change_view(request, object_id, form_url, {"may_award": may_award, **(extra_context or {})})

    def tables(self, obj: Case) -> list[Table]:
        return tables_of(obj)
