"""The acts on a case, and the only writer of `Case.state`.

Each act locks the case, checks the table of moves and its own guard, and writes fields, step and letter in one
transaction. Each returns the `Step`, whose `case` is the case as it stands now.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres import post
from certification import permissions, sealing
from certification.models import AreaResult, Case, Finding, Outcome, Part, Query, SiteVisit, Step
from certification.models.case import VisitMode
from certification.rules.moves import BY_ACT, Move, State
from certification.rules.periods import long_date
from certification.scoring import result_of


class NotAllowedError(Exception):
    """The case cannot take this step from where it stands; the text may be shown to the person."""


@transaction.atomic
def register(case: Case, *, by: User, at: datetime) -> Step:
    """The centre confirms that it takes part. Late is possible until the papers are due."""
    case = _take(case, "register", by=by, at=at)
    _require(
        timezone.localdate(at) <= case.round.submission_until,
        f"Die Einreichung war bis zum {long_date(case.round.submission_until)} möglich. "
        "Bitte wenden Sie sich an die Zertifizierungsstelle.",
    )
    return _move(case, "register", by=by, at=at)


@transaction.atomic
def submit(case: Case, *, by: User, at: datetime) -> Step:
    case = _take(case, "submit", by=by, at=at)
    _require(case.answers.exclude(value="").exists(), "Bitte beantworten Sie zuerst die Kriterien.")
    return _move(case, "submit", by=by, at=at, submitted_at=at)


@transaction.atomic
def start_review(case: Case, *, by: User, at: datetime) -> Step:
    """Whoever begins takes the case on, unless somebody has it already."""
    case = _take(case, "start_review", by=by, at=at)
    return _move(case, "start_review", by=by, at=at, auditor=case.auditor or by)


@transaction.atomic
def ask(case: Case, *, by: User, at: datetime, text: str, due_on: date) -> Step:
    """Ask the centre a question. The letter carries no content, only the way to it."""
    case = _take(case, "ask", by=by, at=at)
    _require(bool(text.strip()), "Bitte schreiben Sie Ihre Frage.")
    _require(due_on > timezone.localdate(at), "Bitte wählen Sie für die Antwort einen Tag in der Zukunft.")
    query = Query.objects.create(case=case, text=text.strip(), due_on=due_on, asked_at=at, asked_by=by)
    return _move(case, "ask", by=by, at=at, context={"query": query})


@transaction.atomic
def answer(case: Case, *, by: User, at: datetime, text: str) -> Step:
    """Answer the open question; the auditor hears of it as well."""
    case = _take(case, "answer", by=by, at=at)
    _require(bool(text.strip()), "Bitte schreiben Sie Ihre Antwort.")
    case.queries.filter(answered_at=None).update(answer=text.strip(), answered_at=at, answered_by=by)
    step = _move(case, "answer", by=by, at=at)
    if case.auditor:
        post.write_to_staff(
            case.auditor, "staff_query_answered", key=f"step-{step.pk}/auditor", at=at, case=case, centre=case.centre
        )
    return step


@transaction.atomic
def agree_visit(
    case: Case, *, by: User, at: datetime, starts_at: datetime, mode: VisitMode = VisitMode.ON_SITE
) -> Step:
    case = _take(case, "agree_visit", by=by, at=at)
    _require(starts_at > at, "Bitte wählen Sie für die Begehung einen Termin in der Zukunft.")
    visit = SiteVisit.objects.create(case=case, starts_at=starts_at, mode=mode, visitor=by)
    return _move(case, "agree_visit", by=by, at=at, context={"visit": visit})


@transaction.atomic
def record_visit(case: Case, *, by: User, at: datetime, held_on: date, record: str = "") -> Step:
    case = _take(case, "record_visit", by=by, at=at)
    _require(held_on <= timezone.localdate(at), "Der Tag der Begehung liegt in der Zukunft.")
    case.visits.filter(held_on=None).update(held_on=held_on, record=record.strip())
    return _move(case, "record_visit", by=by, at=at)


@transaction.atomic
def recommend(
    case: Case, *, by: User, at: datetime, eligible: bool, deviation_reason: str = "", closing_text: str = ""
) -> Step:
    """Recommend an outcome after the visit."""
    case = _take(case, "recommend", by=by, at=at)
    _write_outcome(case, by, at, eligible, deviation_reason, closing_text)
    return _move(case, "recommend", by=by, at=at)


@transaction.atomic
def recommend_without_visit(
    case: Case,
    *,
    by: User,
    at: datetime,
    reason: str,
    eligible: bool,
    deviation_reason: str = "",
    closing_text: str = "",
) -> Step:
    """Recommend an outcome where no visit is needed; `reason` says why not."""
    case = _take(case, "recommend_without_visit", by=by, at=at, reason=reason)
    _write_outcome(case, by, at, eligible, deviation_reason, closing_text)
    return _move(case, "recommend_without_visit", by=by, at=at, reason=reason)


@transaction.atomic
def send_back(case: Case, *, by: User, at: datetime, reason: str) -> Step:
    """The second person returns the recommendation; it is kept, but no longer stands."""
    case = _take(case, "send_back", by=by, at=at, reason=reason)
    outcome = _unreleased_outcome(case)
    _require(outcome.recommended_by_id != by.pk, "Über Ihren eigenen Vorschlag entscheidet eine zweite Person.")
    outcome.sent_back_at = at
    outcome.save(update_fields=["sent_back_at"])
    return _move(case, "send_back", by=by, at=at, reason=reason)


@transaction.atomic
def release(case: Case, *, by: User, at: datetime) -> Outcome:
    """The second person releases the outcome: from now on the centre reads it. The case stays where it is."""
    case = _lock(case)
    _require(by.is_active and by.is_auditor, "Ein Ergebnis gibt nur die Zertifizierungsstelle frei.")
    _require(case.state == State.RECOMMENDED, "Zu diesem Fall liegt kein Vorschlag vor.")
    outcome = _unreleased_outcome(case)
    _require(outcome.recommended_by_id != by.pk, "Ihren eigenen Vorschlag gibt eine zweite Person frei.")
    outcome.released_by, outcome.released_at = by, at
    outcome.save(update_fields=["released_by", "released_at"])
    key = f"outcome-{outcome.pk}/released"
    post.write(case.centre, "outcome_released", key=key, at=at, case=case, outcome=outcome)
    return outcome


@transaction.atomic
def award(case: Case, *, by: User, at: datetime, on: date) -> Step:
    """Award the seal as of the day `on`. Raises NotAllowedError where it would not leave a single valid day."""
    case = _take(case, "award", by=by, at=at)
    _require(_released_outcome(case).eligible, "Das freigegebene Ergebnis lautet: nicht gütesiegelfähig.")
    try:
        seal = sealing.award(case.centre, case=case, on=on, by=by, at=at)
    except sealing.NotPossibleError as error:
        raise NotAllowedError(str(error)) from error
    return _move(case, "award", by=by, at=at, context={"seal": seal})


@transaction.atomic
def decline(case: Case, *, by: User, at: datetime) -> Step:
    case = _take(case, "decline", by=by, at=at)
    outcome = _released_outcome(case)
    _require(not outcome.eligible, "Das freigegebene Ergebnis lautet: gütesiegelfähig.")
    return _move(case, "decline", by=by, at=at, context={"outcome": outcome})


@transaction.atomic
def withdraw(case: Case, *, by: User, at: datetime, reason: str) -> Step:
    case = _take(case, "withdraw", by=by, at=at, reason=reason)
    return _move(case, "withdraw", by=by, at=at, reason=reason)


@transaction.atomic
def miss(case: Case, *, by: User | None, at: datetime, reason: str) -> Step:
    """Record that the centre did not take part; possible once its date has passed."""
    case = _take(case, "miss", by=by, at=at, reason=reason)
    until = case.round.registration_until if case.state == State.INVITED else case.round.submission_until
    _require(timezone.localdate(at) > until, f"Die Frist läuft noch bis zum {long_date(until)}.")
    return _move(case, "miss", by=by, at=at, reason=reason)


@transaction.atomic
def supersede(case: Case, *, by: User, at: datetime, reason: str) -> Step:
    """End the case because another takes its place, for example after restructuring (domain.md § 3.5)."""
    case = _take(case, "supersede", by=by, at=at, reason=reason)
    return _move(case, "supersede", by=by, at=at, reason=reason)


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise NotAllowedError(sentence)


def _lock(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("centre", "round", "auditor").get(pk=case.pk)


def _take(case: Case, act: str, *, by: User | None, at: datetime, reason: str = "-") -> Case:
    """The case, locked, once the table and the person's part allow the act."""
    move, case = BY_ACT[act], _lock(case)
    state = State(case.state)
    _require(state in move.sources, f"„{move.label}“ geht nicht, solange der Fall „{state.label}“ ist.")
    on = timezone.localdate(at)
    _require(permissions.may(by, move, case, on=on), f"„{move.label}“ ist nicht Ihre Aufgabe in diesem Fall.")
    _require(not move.needs_reason or bool(reason.strip()), "Bitte geben Sie eine Begründung an.")
    return case


def _move(
    case: Case,
    act: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    context: dict[str, Any] | None = None,
    **fields: Any,
) -> Step:
    move, old = BY_ACT[act], case.state
    for name, value in {"state": move.target, "state_since": at, **fields}.items():
        setattr(case, name, value)
    case.save(update_fields=["state", "state_since", *fields])
    step = Step.objects.create(
        case=case,
        act=act,
        old=old,
        new=move.target,
        actor=permissions.actor_of(by) or "",  # never empty: `_take` asked whether this person may
        by=by,
        at=at,
        reason=reason.strip(),
    )
    _write_letter(move, step, at=at, context=context or {})
    return step


def _write_letter(move: Move, step: Step, *, at: datetime, context: dict[str, Any]) -> None:
    if move.letter:
        post.write(step.case.centre, move.letter, key=f"step-{step.pk}", at=at, case=step.case, step=step, **context)


def _write_outcome(
    case: Case, by: User, at: datetime, eligible: bool, deviation_reason: str, closing_text: str
) -> Outcome:
    _require_complete_review(case)
    computed = result_of(case, by="findings").eligible
    _require(
        eligible == computed or bool(deviation_reason.strip()),
        "Ihr Vorschlag weicht vom errechneten Ergebnis ab. Bitte begründen Sie das.",
    )
    return Outcome.objects.create(
        case=case,
        eligible=eligible,
        computed=computed,
        deviation_reason=deviation_reason.strip(),
        closing_text=closing_text.strip(),
        recommended_by=by,
        recommended_at=at,
    )


def _require_complete_review(case: Case) -> None:
    edition = case.round.edition_id
    open_parts = Part.objects.filter(criterion__area__edition=edition).exclude(
        pk__in=Finding.objects.filter(case=case).values("part")
    )
    missing = open_parts.count()
    _require(not missing, f"Es fehlen noch {missing} Urteile. Bitte beurteilen Sie zuerst alle Kriterien.")
    graded = AreaResult.objects.filter(case=case).count()
    areas = case.round.edition.areas.count()
    _require(graded == areas, f"Es fehlen noch Bewertungen: {graded} von {areas} Bereichen sind bewertet.")


def _unreleased_outcome(case: Case) -> Outcome:
    outcome: Outcome = case.outcomes.standing().select_for_update().get()
    _require(outcome.released_at is None, "Dieses Ergebnis ist schon freigegeben.")
    return outcome


def _released_outcome(case: Case) -> Outcome:
    outcome: Outcome = case.outcomes.standing().get()
    _require(outcome.released_at is not None, "Das Ergebnis ist noch nicht von einer zweiten Person freigegeben.")
    return outcome
