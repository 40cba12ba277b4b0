from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import drafts
from centres import facts
from centres.models import Membership, NetworkMembership
from certification.findings import REVIEWING
from certification.forms.answering import slot_label
from certification.models import Absence, Case, DeadlineChange, Query, SiteVisit, SlotRequest, Step, VisitSlot
from certification.models.review import Grade
from certification.presence import note_presence
from certification.progress import AreaProgress, first_open, progress_of
from certification.rules.moves import BY_ACT
from certification.rules.periods import long_date
from certification.scoring import parts_in_order, result_of
from certification.views.review.access import AuditorRequest, on_case
from certification.views.review.after_release import aftermath_of
from certification.views.review.history import history_of
from certification.views.review.next_step import Standing, actions, next_step
from certification.views.review.papers import NoteForm
from certification.views.review.reminding import reminding
from certification.workflow.visiting import OFFERING

OVERVIEW = "Übersicht"


@require_safe
@on_case
def case(request: AuditorRequest, case: Case) -> HttpResponse:
    """The whole case at a glance; the criteria are on the pages of their areas."""
    today = timezone.localdate()
    queries, slots = _queries(case), _offered(case)
    findings = [] if case.answers_are_open else list(case.findings.select_related("part__criterion"))
    parts = [] if case.answers_are_open else list(parts_in_order(case.round.edition))
    visits = _visits(case)
    steps = list(case.steps.select_related("by").order_by("at", "pk"))
    outcomes = list(case.outcomes.select_related("recommended_by", "released_by").order_by("pk"))
    in_house = case.is_open and not case.answers_are_open  # what came from elsewhere may have an outcome alone
    outcome = next((each for each in outcomes if each.stands), None)
    after = aftermath_of(case, outcome, outcomes)
    now = Standing(
        case,
        progress_of(case, findings=findings),
        first_open(parts, findings) if case.state in REVIEWING else None,
        _due_first(queries),
        next((visit for visit in visits if visit.is_live), None),
        outcome,
        visited=any(visit.held_on for visit in visits),
        offers=len(slots),
        sent_back=_sent_back(steps),
        wanted=_wanted(case),
        correction=after.get("pending_correction"),
        objection=next((each for each in after.get("objections", ()) if each.is_open), None),
    )
    context = {
        "next": next_step(now, user=request.user, today=today),
        "areas": [_task(case, area) for area in now.progress.areas],
        "progress": now.progress,
        "marks": now.progress.marks,
        "result": result_of(case, by="findings", findings=findings, parts=parts) if findings or in_house else None,
        "outcome": outcome,
        "queries": queries,
        "reminding": reminding(case, queries, today=today),
        "visits": visits,
        "actions": actions(case, visited=now.visited, overdue=_overdue(queries, today)),
        "slots": [slot_label(slot) for slot in slots],
    }
    return render(request, "review/case.html", {**_beside(request, case, steps, today), **after, **context})


def _beside(request: AuditorRequest, case: Case, steps: Sequence[Step], today: date) -> dict[str, Any]:
    """What the page says of the case whatever stands in it."""
    return {
        "others": note_presence(case, request.user, where=OVERVIEW, at=timezone.now()),
        "note_form": NoteForm(drafts.typed(request)),
        "case": case,
        "overview": OVERVIEW,
        "may_ask": case.state in BY_ACT["ask"].sources,
        "facts": _facts(case),
        "dates": _dates(case),
        "history": history_of(case, steps),
        "absence": _absence(case, today),
        "notes": case.notes.select_related("by").order_by("-at", "-pk"),
        "today": today,
    }


def _visits(case: Case) -> list[SiteVisit]:
    visits = list(case.visits.select_related("visitor").order_by("-starts_at"))
    prefetch_related_objects([visit for visit in visits if visit.sequence], "moves")  # others never moved
    return visits


def _queries(case: Case) -> list[Query]:
    changes = Prefetch("changes", DeadlineChange.objects.select_related("by"))
    asked = case.queries.select_related("asked_by", "answered_by", "criterion").prefetch_related(changes)
    return list(asked.order_by("-asked_at", "pk"))


def _due_first(queries: Sequence[Query]) -> Query | None:
    return min((query for query in queries if query.is_open), key=lambda query: query.due_on, default=None)


def _sent_back(steps: Sequence[Step]) -> Step | None:
    """The last step, where it is that the recommendation came back."""
    return steps[-1] if steps and steps[-1].act == "send_back" else None


def _overdue(queries: Sequence[Query], today: date) -> bool:
    """Whether the centre owes every open answer: what `close_unanswered` asks for."""
    return all(query.is_overdue(on=today) for query in queries if query.is_open)


def _wanted(case: Case) -> SlotRequest | None:
    if case.state not in OFFERING:
        return None
    return case.slot_requests.filter(done_at=None).select_related("asked_by").first()


def _offered(case: Case) -> list[VisitSlot]:
    if case.state not in OFFERING:
        return []
    return list(case.slots.open(at=timezone.now()).prefetch_related("facilities").order_by("starts_at"))


def _absence(case: Case, today: date) -> Absence | None:
    if case.auditor is None:
        return None
    return Absence.objects.on_day(today).filter(auditor=case.auditor).select_related("deputy").first()


def _task(case: Case, area: AreaProgress) -> dict[str, Any]:
    status, tone = "noch offen", ""
    hint = f"{area.area.get_group_display()}, {area.judged} von {area.parts} beurteilt"
    if not case.is_open and not area.judged:  # came from elsewhere: there is nothing to judge here
        hint, status = area.area.get_group_display(), area.grade_label
    elif area.is_complete:
        status, tone = area.grade_label, "warning" if area.grade == Grade.NOT_MET else "success"
    elif area.judged:
        status, tone = (f"noch {area.open}", "info") if area.open else ("Bewertung fehlt", "warning")
    return {
        "title": str(area.area),
        "url": "" if case.answers_are_open else reverse("review:area", args=[case.pk, area.area.number]),
        "hint": hint,
        "status": status,
        "tone": tone,
    }


def _facts(case: Case) -> list[tuple[str, str]]:
    today, centre = timezone.localdate(), case.centre
    homes = NetworkMembership.objects.on_day(today).filter(centre=centre).select_related("facility__provider")
    facilities = [home.facility for home in homes.order_by("-contact", "pk")]
    leads = Membership.objects.on_day(today).filter(centre=centre).select_related("user").order_by("-role")
    office = centre.youth_office
    return [
        ("Zertifizierungsnummer", centre.certification_number),
        ("Form", centre.get_kind_display()),
        (
            "Einrichtungen" if len(facilities) > 1 else "Einrichtung",
            "\n\n".join(f"{f.name}, {f.address}" for f in facilities),
        ),
        ("Träger", ", ".join(dict.fromkeys(f.provider.name for f in facilities if f.provider))),
        ("Jugendamt", f"{office.name} ({office.regional})"),
        ("Leitung", ", ".join(m.user.name for m in leads) or centre.lead_name),
        ("Telefon", centre.phone),
        ("E-Mail", centre.email),
        ("Besuchte Informationsveranstaltungen", "\n\n".join(facts.briefings(centre, on=today)) or "keine vermerkt"),
    ]


def _dates(case: Case) -> list[tuple[str, str]]:
    round_ = case.round
    submitted = timezone.localdate(case.submitted_at) if case.submitted_at else None
    return [
        ("Runde", round_.label),
        ("Verfahren", round_.get_procedure_display()),
        ("Kriterien", str(round_.edition)),
        ("Prüfzeitraum", f"{long_date(round_.audit_from)} bis {long_date(round_.audit_until)}"),
        ("Eingereicht am", long_date(submitted) if submitted else "noch nicht"),
        ("Begehungen", f"{long_date(round_.visits_from)} bis {long_date(round_.visits_until)}"),
        ("Ergebnisse bis", long_date(round_.results_until)),
        *([("Gütesiegel endet am", long_date(round_.seal_end))] if round_.seal_end else []),
    ]
