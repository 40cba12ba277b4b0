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
from certification.admin.filters import (
    AuditorFilter,
    FoundByCentre,
    LateFilter,
    OpenFilter,
    OutcomeFilter,
    YouthOfficeFilter,
)
from certification.models import AreaResult, Case, Finding, Outcome, Query, SiteVisit, Step
from certification.rules.moves import BY_ACT, LABELS, State

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


CASE_ACTS = (
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
    fields = ("centre", "youth_office", "round", "state", "state_since", "auditor", "submitted_at", "seal")
    readonly_fields = ("number", "name", "youth_office", "seal")
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
        return [
            _steps(obj),
            _assignments(obj),
            _exemptions(obj),
            _outcomes(obj),
            _areas(obj),
            _queries(obj),
            _visits(obj),
            _findings(obj),
        ]


def _moment(value: object) -> str:
    return date_format(timezone.localtime(value), "d.m.Y, H:i") if value else "–"  # type: ignore[arg-type]


def _steps(case: Case) -> Table:
    rows = [
        (_moment(s.at), _label_of(s), LABELS[State(s.new)], s.by.name if s.by else "von selbst", s.reason)
        for s in Step.objects.filter(case=case).select_related("by").order_by("at", "pk")
    ]
    return Table("Verlauf", ("Wann", "Schritt", "Stand danach", "Wer", "Begründung"), rows)


def _assignments(case: Case) -> Table:
    rows = [
        (_moment(a.at), a.to.name, a.instead_of.name if a.instead_of else "niemand", a.by.name, a.note)
        for a in case.assignments.select_related("to", "instead_of", "by").order_by("at", "pk")
    ]
    return Table("Zuständigkeit", ("Wann", "Zuständig wird", "statt", "Entschieden von", "Hinweis"), rows)


def _exemptions(case: Case) -> Table:
    rows = [
        (_moment(e.granted_at), e.auditor.name, e.about, e.granted_by.name, e.reason)
        for e in case.exemptions.select_related("auditor", "granted_by").order_by("granted_at", "pk")
    ]
    headers = ("Wann", "Für wen", "Worüber hinweg", "Zugelassen von", "Begründung")
    return Table("Ausnahmen von der Unabhängigkeit", headers, rows)


def _label_of(step: Step) -> str:
    move = BY_ACT.get(step.act)
    return move.label if move else "einladen"


def _outcomes(case: Case) -> Table:
    rows = [
        (
            str(o),
            f"{o.recommended_by.name}, {_moment(o.recommended_at)}",
            f"{o.released_by.name}, {_moment(o.released_at)}" if o.released_by else "–",
            _moment(o.sent_back_at),
            o.deviation_reason,
        )
        for o in Outcome.objects.filter(case=case).select_related("recommended_by", "released_by").order_by("pk")
    ]
    headers = ("Ergebnis", "Vorgeschlagen", "Freigegeben", "Zurückgegeben", "Abweichung von der Rechnung")
    return Table("Ergebnis", headers, rows, "Es liegt noch kein Vorschlag vor.")


def _areas(case: Case) -> Table:
    results = AreaResult.objects.filter(case=case).select_related("area").order_by("area__number")
    rows = [(str(r.area), r.get_grade_display(), r.text) for r in results]
    return Table("Bewertung der Bereiche", ("Bereich", "Bewertung", "Würdigung"), rows, "Noch keine.")


def _queries(case: Case) -> Table:
    rows = [
        (_moment(q.asked_at), q.text, _period(q), q.answer, _moment(q.closed_at or q.answered_at))
        for q in Query.objects.filter(case=case).order_by("pk")
    ]
    return Table("Rückfragen", ("Gestellt", "Frage", "Antwort bis", "Antwort", "Beantwortet oder beendet"), rows)


def _period(query: Query) -> str:
    """Until when, and by which rule."""
    until = date_format(query.due_on, "d.m.Y")
    if query.counted_from is None:
        return until
    since = date_format(query.counted_from, "d.m.Y")
    return f"{until} ({query.working_days} Arbeitstage nach dem {since}, Kalender {query.calendar_version})"


def _visits(case: Case) -> Table:
    rows = [
        (
            _moment(v.starts_at),
            v.get_mode_display(),
            v.visitor.name,
            _fate(v),
        )
        for v in SiteVisit.objects.filter(case=case).select_related("visitor").order_by("pk")
    ]
    return Table("Begehungen", ("Termin", "Art", "Wer besucht", "Stattgefunden"), rows)


def _fate(visit: SiteVisit) -> str:
    if visit.cancelled_at:
        return f"abgesagt, {_moment(visit.cancelled_at)}"
    return date_format(visit.held_on, "d.m.Y") if visit.held_on else "–"


def _findings(case: Case) -> Table:
    findings = Finding.objects.filter(case=case).select_related("part__criterion__area")
    rows = [
        (f.part.code, f.part.criterion.title, f.get_verdict_display(), f.note)
        for f in findings.order_by("part__criterion__area__number", "part__criterion__position", "part__code")
    ]
    return Table("Urteile", ("Nummer", "Kriterium", "Urteil", "Interne Notiz"), rows, "Noch keine.")
