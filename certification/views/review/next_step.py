"""What the person who opens a case does next, or whom the case waits for."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from certification.models import Case, Objection, Outcome, Part, Query, SiteVisit, SlotRequest, Step
from certification.permissions import may_record_objections
from certification.progress import Progress
from certification.rules.moves import MOVES, Actor, State
from certification.rules.periods import long_date
from certification.workflow.visiting import OFFERING

PAGES = {
    "start_review": "start",
    "ask": "ask",
    "close_unanswered": "close_unanswered",
    "agree_visit": "visit",
    "cancel_visit": "visit_cancel",
    "record_visit": "visit_held",
    "recommend": "recommend",
    "recommend_without_visit": "recommend",
}


@dataclass(frozen=True, slots=True)
class NextStep:
    title: str
    text: str = ""
    url: str = ""
    action: str = ""
    due: str = ""
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the next step depends on."""

    case: Case
    progress: Progress
    first_open: Part | None
    query: Query | None  # the open one whose answer is due first
    visit: SiteVisit | None
    outcome: Outcome | None
    visited: bool = False
    offers: int = 0
    sent_back: Step | None = None  # the last step, where it is that
    wanted: SlotRequest | None = None
    correction: Outcome | None = None
    objection: Objection | None = None


@dataclass(frozen=True, slots=True)
class Action:
    label: str
    url: str


# What an auditor may do besides the moves: label, page, and where the case stands then.
BESIDES = (
    ("Frist der Rückfragen ändern", "deadline", {State.QUERIED}),
    ("Termine anbieten", "offer", OFFERING),
    ("Begehung verlegen", "visit_move", {State.VISIT_AGREED}),
)


AGAIN = {"visit": "Weitere Begehung vereinbaren", "offer": "Termine für eine weitere anbieten"}


def actions(case: Case, *, visited: bool, overdue: bool) -> list[Action]:
    """What the auditor may do where the case stands: the moves of the table, and what is done without one.

    `overdue`: every open query is, so that the case may go on without an answer.
    """
    ours = [m for m in MOVES if m.act in PAGES and Actor.AUDITOR in m.actors]
    moves = [m for m in ours if case.state in m.sources and m.fits(visited=visited)]
    by_table = [(m.label, PAGES[m.act]) for m in moves if overdue or m.act != "close_unanswered"]
    besides = [(label, page) for label, page, states in BESIDES if case.state in states]
    return [Action(_label(label, page, visited=visited), page_of(case, page)) for label, page in by_table + besides]


def _label(label: str, page: str, *, visited: bool) -> str:
    if visited and page in AGAIN:
        return AGAIN[page]
    return label[0].upper() + label[1:]


def page_of(case: Case, name: str) -> str:
    return reverse(f"review:{name}", args=[case.pk])


def place_of(case: Case, part: Part) -> str:
    """The address of a criterion in its area."""
    area = reverse("review:area", args=[case.pk, part.criterion.area.number])
    return f"{area}#kriterium-{part.criterion_id}"


def next_step(now: Standing, *, user: User, today: date) -> NextStep | None:
    if now.wanted:
        return _wanted(now.case, now.wanted)
    if now.correction:
        return _corrected(now.case, now.correction, user)
    if now.objection:
        return _objected(now.case, now.objection, user)
    step = None
    match now.case.state:
        case State.INVITED | State.REGISTERED:
            step = _with_the_centre(now.case)
        case State.SUBMITTED:
            step = _submitted(now.case)
        case State.QUERIED if now.query:
            step = _queried(now, now.query, today)
        case State.VISIT_AGREED if now.visit:
            step = _visit_agreed(now, now.visit, today)
        case State.IN_REVIEW | State.VISITED:
            step = _review(now)
        case State.RECOMMENDED if now.outcome:
            step = _recommended(now.case, now.outcome, user)
    return step


def _wanted(case: Case, wanted: SlotRequest) -> NextStep:
    return NextStep(
        "Andere Termine anbieten",
        f"{wanted.asked_by.name} bittet um andere Termine: {wanted.reason}",
        page_of(case, "offer"),
        "Termine anbieten",
    )


def _with_the_centre(case: Case) -> NextStep:
    return NextStep(
        "Abwarten, bis das Familienzentrum einreicht",
        "Seine Antworten sehen Sie, sobald es sie eingereicht hat.",
        due=long_date(case.round.submission_until),
        waiting="das Familienzentrum",
    )


def _submitted(case: Case) -> NextStep:
    return NextStep(
        "Prüfung beginnen",
        "Das Familienzentrum erfährt, dass die Prüfung läuft.",
        page_of(case, "start"),
        "Prüfung beginnen",
    )


def _queried(now: Standing, query: Query, today: date) -> NextStep:
    late = "Die Frist ist abgelaufen, ohne dass eine Antwort da ist. " if query.due_on < today else ""
    if query.paused_on:
        late = "Die Frist ist angehalten. "
    return NextStep(
        "Die Antwort auf die Rückfrage abwarten",
        f"{late}Urteilen können Sie weiter.",
        *_onward(now),
        due=long_date(query.due_on),
        waiting="das Familienzentrum",
    )


def _onward(now: Standing) -> tuple[str, str]:
    """Address and label of the first criterion without a verdict, if any."""
    part = now.first_open
    return (place_of(now.case, part), f"Weiter bei {part.criterion.code}") if part else ("", "")


def _visit_agreed(now: Standing, visit: SiteVisit, today: date) -> NextStep:
    begins = timezone.localtime(visit.starts_at)
    when = f"{long_date(begins.date())}, {begins:%H:%M} Uhr, {visit.get_mode_display()}"
    if begins.date() > today:
        due = long_date(begins.date())
        return NextStep("Die Begehung vorbereiten", f"Vereinbart ist: {when}.", *_onward(now), due=due)
    return NextStep(
        "Die Begehung festhalten",
        f"Vereinbart war: {when}.",
        page_of(now.case, "visit_held"),
        "Begehung festhalten",
    )


def _sent_back(case: Case, step: Step) -> NextStep:
    by = step.by.name if step.by else "Die zweite Person"
    return NextStep(
        "Den zurückgegebenen Vorschlag überarbeiten",
        f"{by} schreibt dazu: {step.reason}",
        page_of(case, "recommend"),
        "Vorschlag überarbeiten",
    )


def _review(now: Standing) -> NextStep:
    case, progress = now.case, now.progress
    if now.sent_back and not now.offers:
        return _sent_back(case, now.sent_back)
    if now.first_open:
        text = f"Es fehlen noch {progress.open} von {progress.parts} Urteilen."
        if progress.open == 1:
            text = "Es fehlt noch ein Urteil."
        return NextStep("Kriterien beurteilen", text, *_onward(now))
    if progress.ungraded:
        area = progress.ungraded[0].area
        url = reverse("review:area", args=[case.pk, area.number]) + "#bewertung"
        return NextStep("Bereiche bewerten", f"Als Nächstes: {area}.", url, "Bereich bewerten")
    if now.offers:
        return NextStep(
            "Abwarten, bis das Familienzentrum einen Termin wählt",
            f"Angeboten: {now.offers}.",
            page_of(case, "offer"),
            "Weitere Termine anbieten",
            waiting="das Familienzentrum",
        )
    if now.visited:
        return NextStep(
            "Ergebnis vorschlagen", "Alles ist beurteilt.", page_of(case, "recommend"), "Ergebnis vorschlagen"
        )
    return NextStep(
        "Termine für die Begehung anbieten",
        "Alles ist beurteilt. Ist keine Begehung nötig, schlagen Sie das Ergebnis mit einer Begründung vor.",
        page_of(case, "offer"),
        "Termine anbieten",
    )


def _recommended(case: Case, outcome: Outcome, user: User) -> NextStep:
    if outcome.released_at:
        return NextStep("Das Ergebnis ist freigegeben", waiting="das Ministerium")
    if outcome.recommended_by_id == user.pk:
        return NextStep(
            "Die Freigabe abwarten",
            "Ihren Vorschlag gibt eine zweite Person frei oder zurück.",
            page_of(case, "release"),
            "Vorschlag ansehen",
            waiting="eine zweite Person",
        )
    return NextStep(
        "Vorschlag lesen und freigeben",
        f"{outcome.recommended_by.name} schlägt vor: {outcome}.",
        page_of(case, "release"),
        "Vorschlag lesen",
    )


def _corrected(case: Case, correction: Outcome, user: User) -> NextStep:
    url = page_of(case, "correction")
    if correction.recommended_by_id == user.pk:
        text = "Ihre Berichtigung gibt eine zweite Person frei oder zurück."
        return NextStep("Die Freigabe abwarten", text, url, "Berichtigung ansehen", waiting="eine zweite Person")
    text = f"{correction.recommended_by.name} schlägt eine Berichtigung des Ergebnisses vor."
    return NextStep("Berichtigung lesen und freigeben", text, url, "Berichtigung lesen")


def _objected(case: Case, objection: Objection, user: User) -> NextStep:
    text = f"{objection}."
    if not may_record_objections(user):
        waiting = "die Teamleitung oder das Ministerium"
        return NextStep("Die Entscheidung über den Widerspruch abwarten", text, waiting=waiting)
    return NextStep("Über den Widerspruch entscheiden", text, page_of(case, "objection"), "Entscheidung festhalten")
