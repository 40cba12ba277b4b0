"""Recommend an outcome, and release it or send it back as the second person."""

from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from certification import sealing, workflow
from certification.differences import differences
from certification.forms.review import RecommendForm, RecommendWithoutVisitForm, ReleaseForm, SendBackForm
from certification.models import AreaResult, Case, Criterion, Outcome, Step
from certification.progress import Progress, open_parts, progress_of
from certification.rules.moves import State
from certification.rules.scoring import Result
from certification.scoring import result_of
from certification.views.review.access import AuditorRequest, on_case
from certification.views.review.act_page import ActPage, act_page, posted
from certification.views.review.next_step import place_of

RECOMMEND = ActPage(
    "Ergebnis vorschlagen",
    "Ergebnis vorschlagen",
    "Das Ergebnis ist vorgeschlagen. Eine zweite Person gibt es frei.",
    "recommend",
    template="review/recommend.html",
)
RECOMMEND_WITHOUT_VISIT = ActPage(
    "Ergebnis ohne Begehung vorschlagen",
    "Ergebnis vorschlagen",
    "Das Ergebnis ist vorgeschlagen. Eine zweite Person gibt es frei.",
    "recommend_without_visit",
    template="review/recommend.html",
)
RELEASE = ActPage(
    "Ergebnis freigeben",
    "Ergebnis freigeben",
    "Das Ergebnis ist freigegeben. Das Familienzentrum kann es lesen.",
    consequences=[
        "Das Familienzentrum bekommt einen Brief und liest Ergebnis, Bewertungen und Würdigung im Portal.",
        "Das Ministerium kann das Gütesiegel verleihen oder ablehnen.",
    ],
    template="review/release.html",
)
SEND_BACK = ActPage(
    "Vorschlag zurückgeben",
    "Vorschlag zurückgeben",
    "Der Vorschlag ist zurückgegeben.",
    "send_back",
    consequences=[
        "Der Fall ist wieder in Prüfung; alle Urteile und Bewertungen bleiben erhalten.",
        "Die zuständige Person bekommt einen Brief; das Familienzentrum erfährt davon nichts.",
    ],
)

MEANWHILE_VISITED = (
    "Inzwischen ist eine Begehung festgehalten; eine Begründung, warum keine nötig ist, entfällt. Bitte prüfen Sie "
    "Ihren Vorschlag und senden Sie ihn noch einmal."
)

asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@on_case
def recommend(request: AuditorRequest, case: Case) -> HttpResponse:
    """After the visit, or straight from the review with a reason why none is needed."""
    result, now = result_of(case, by="findings"), timezone.now()
    sent_back = case.steps.filter(act="send_back").select_related("by").order_by("-at", "-pk").first()
    before = _as_recommended_before(case)
    if case.state != State.IN_REVIEW or case.visits.held().exists():
        page, act = RECOMMEND, partial(workflow.recommend, case, by=request.user, at=now)
        form = _filled(RecommendForm, request, result, before)
        if "reason" in request.POST and "zeigen" not in request.POST:
            form.add_error(None, MEANWHILE_VISITED)
    else:
        page, act = RECOMMEND_WITHOUT_VISIT, partial(workflow.recommend_without_visit, case, by=request.user, at=now)
        form = _filled(RecommendWithoutVisitForm, request, result, before)
    return act_page(request, case, page, form, act, sent_back=sent_back, **_aid(request, case, result))


@asking
@on_case
def release(request: AuditorRequest, case: Case) -> HttpResponse:
    """What matters about the recommendation, for whoever decides on it and, without buttons, for whoever made it."""
    standing = case.outcomes.standing().select_related("recommended_by", "released_by")
    outcome = get_object_or_404(standing)

    def act(**_: int | bool) -> Outcome:
        return workflow.release(case, by=request.user, at=timezone.now())

    context = _aid(request, case, result_of(case, by="findings")) | {
        "outcome": outcome,
        "may_decide": outcome.released_at is None and outcome.recommended_by_id != request.user.pk,
        "visits": case.visits.held().select_related("visitor").order_by("-held_on"),
        "differences": differences(case, outcome),
        "without_visit": (without := _without_visit(case)),
        "overrides": [f"Ohne Begehung: {without.reason}"] if without else [],
        "sent_back": case.steps.filter(act="send_back").select_related("by").order_by("-at", "-pk"),
    }
    return act_page(request, case, RELEASE, ReleaseForm(posted(request), standing=outcome), act, **context)


@asking
@on_case
def send_back(request: AuditorRequest, case: Case) -> HttpResponse:
    own = case.outcomes.standing().filter(recommended_by=request.user).exists()
    if own and request.method != "POST":
        messages.error(request, "Über Ihren eigenen Vorschlag entscheidet eine zweite Person.")
        return redirect("review:release", case.pk)
    act = partial(workflow.send_back, case, by=request.user, at=timezone.now())
    return act_page(request, case, SEND_BACK, SendBackForm(posted(request)), act)


def _without_visit(case: Case) -> Step | None:
    """The recommendation that stands, where it was made without a visit, with its reason."""
    last = case.steps.filter(new=State.RECOMMENDED).order_by("-at", "-pk").first()
    return last if last and last.act == "recommend_without_visit" else None


def _as_recommended_before(case: Case) -> dict[str, str]:
    """What was sent back, to be revised rather than typed again."""
    outcome = case.outcomes.filter(replaces=None).exclude(sent_back_at=None).order_by("sent_back_at").last()
    if outcome is None:
        return {}
    step = case.steps.filter(act="recommend_without_visit").order_by("-at", "-pk").first()
    return {
        "eligible": "ja" if outcome.eligible else "nein",
        "deviation_reason": outcome.deviation_reason,
        "closing_text": outcome.closing_text,
        "reason": step.reason if step else "",
    }


def _filled(
    shape: type[RecommendForm], request: AuditorRequest, result: Result, before: dict[str, str]
) -> RecommendForm:
    """Whoever only looks at another day of the award keeps what is typed, and nothing happens yet."""
    if "zeigen" in request.POST:
        return shape(initial=request.POST.dict(), computed=result.eligible)
    return shape(posted(request), initial=before, computed=result.eligible)


def _aid(request: AuditorRequest, case: Case, result: Result) -> dict[str, Any]:
    """The computed result, the grades, and what an award would mean."""
    progress, first_open = progress_of(case), open_parts(case).first()
    return {
        "result": result,
        "unmet": _unmet(case, result),
        "progress": progress,
        "first_open": place_of(case, first_open) if first_open else _first_ungraded(case, progress),
        "grades": AreaResult.objects.filter(case=case).select_related("area").order_by("area__number"),
        **_award_preview(case, _day(request.POST.get("tag") or request.GET.get("tag", "")) or timezone.localdate()),
    }


def _first_ungraded(case: Case, progress: Progress) -> str:
    numbers = [each.area.number for each in progress.ungraded]
    return reverse("review:area", args=[case.pk, numbers[0]]) + "#bewertung" if numbers else ""


def _unmet(case: Case, result: Result) -> list[dict[str, Any]]:
    """Criteria not met with what is missing, where it is more than the criterion itself."""
    criteria = Criterion.objects.filter(area__edition=case.round.edition_id).order_by("area__number", "position")
    unmet = [(criterion, result.explained[criterion.code]) for criterion in criteria]
    return [{"criterion": c, "missing": e.missing if e.children else ""} for c, e in unmet if not e.met]


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _award_preview(case: Case, on: date) -> dict[str, Any]:
    try:
        return {"award_on": on, "award": sealing.planned(case.centre, on=on)}
    except sealing.NotPossibleError as error:
        return {"award_on": on, "award_refused": str(error)}
