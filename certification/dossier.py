"""What a centre may read of its cases. The only way from rows to the portal's pages.

Nothing of a recommendation passes before a second person has released it: neither the outcome nor the grades, and the
steps inside the house never.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from centres.models import FamilyCentre
from certification.models import AreaResult, Case, Certificate, Outcome, Query, Seal, SiteVisit, Step, VisitSlot
from certification.next_step import NextStep, Situation, is_fresh, next_step, shown_state, step_without_case
from certification.questionnaire import progress_of
from certification.rules.moves import Actor, State
from certification.rules.status import SealStatus
from certification.task_list import Task, tasks
from certification.workflow.visiting import CHOOSING

INSIDE_THE_HOUSE = {"recommend", "recommend_without_visit", "send_back"}
NEUTRAL_REFUSAL = (
    "Das ist im Portal gerade nicht möglich, weil Ihre Unterlagen geprüft werden. "
    "Bitte wenden Sie sich an die Zertifizierungsstelle."
)
TONES = {SealStatus.VALID: "success", SealStatus.RUNNING_OUT: "warning", SealStatus.NOT_YET_VALID: "info"}


@dataclass(frozen=True)
class Dossier:
    """One case as its centre may see it on a day."""

    case: Case
    situation: Situation
    outcome: Outcome | None
    visit: SiteVisit | None
    queries: Sequence[Query]
    slots: Sequence[VisitSlot]
    certificate: Certificate | None
    today: date

    @property
    def next_step(self) -> NextStep:
        return next_step(self.situation, today=self.today)

    @property
    def tasks(self) -> list[Task]:
        return tasks(self.situation, today=self.today)

    @property
    def state(self) -> tuple[str, str]:
        return shown_state(self.situation)

    @property
    def open_queries(self) -> list[Query]:
        """Those that wait for an answer, in the order they were asked."""
        return sorted((query for query in self.queries if query.is_open), key=lambda query: query.pk)

    @property
    def earlier_queries(self) -> list[Query]:
        return [query for query in self.queries if not query.is_open]

    def steps(self) -> QuerySet[Step]:
        """What has happened, newest first; the hand-in with its receipt."""
        steps = self.case.steps.exclude(act__in=INSIDE_THE_HOUSE).select_related("by", "receipt")
        return steps.defer("receipt__facts").order_by("-at", "-pk")

    def last_sent(self) -> Step | None:
        """What the centre itself did last."""
        return self.steps().filter(actor=Actor.CENTRE).first()

    def area_results(self) -> QuerySet[AreaResult]:
        results = self.case.area_results.select_related("area").order_by("area__number")
        return results if self.outcome else results.none()

    def refusal(self, error: Exception) -> str:
        """Why an act was refused, in words that give nothing away."""
        return NEUTRAL_REFUSAL if self.situation.under_review else str(error)


@dataclass(frozen=True, slots=True)
class SealNow:
    """A seal with its status on a day."""

    seal: Seal
    status: SealStatus

    @property
    def label(self) -> str:
        return self.status.label.capitalize()

    @property
    def tone(self) -> str:
        return TONES.get(self.status, "danger")


def dossier_of(case: Case, *, today: date) -> Dossier:
    """Select the case with its facts. At most five queries; before it is handed in, two."""
    return dossiers_of([case], today=today)[case.pk]


def dossiers_of(cases: Sequence[Case], *, today: date) -> dict[int, Dossier]:
    """By the primary key of the case, in a number of queries that does not grow with the cases."""
    filling = [case for case in cases if case.answers_are_open]
    later = [case for case in cases if not case.answers_are_open]
    progress = progress_of(filling)
    read = _Read.about(later)
    return {case.pk: _dossier(case, read, progress.get(case.pk, (0, 0)), today) for case in cases}


def cases_in_front(user: User, centres: Sequence[FamilyCentre], *, today: date) -> dict[int, Case]:
    """The case each centre's page is about: the open one, else the last one for a while. One query."""
    visible = Case.objects.visible_to(user, on=today).filter(centre__in=centres).with_facts()
    in_front = {case.centre_id: case for case in sorted(visible, key=lambda case: (case.is_open, case.pk))}
    return {centre: case for centre, case in in_front.items() if _is_fresh(case, today)}


def seals_in_front(user: User, centres: Sequence[FamilyCentre], *, today: date) -> dict[int, list[SealNow]]:
    """The seals of each centre that count today or later; where none does, the one that ended last. One query."""
    visible = Seal.objects.visible_to(user, on=today).filter(centre__in=centres).order_by("-valid_through")
    found: dict[int, list[SealNow]] = {}
    for seal in visible:
        now = SealNow(seal, seal.status(today))
        counts = now.status.in_force or now.status == SealStatus.NOT_YET_VALID
        if counts or seal.centre_id not in found:
            found.setdefault(seal.centre_id, []).append(now)
    return found


def step_between_cases(seals: Sequence[SealNow], *, today: date) -> NextStep:
    standing = [each.seal.valid_through for each in seals if each.seal.void_from is None]
    return step_without_case(max(standing, default=None), today=today)


def why(step: Step) -> str:
    """The reason of a step, as a centre may read it: not what auditors note for themselves."""
    return "" if step.actor == Actor.AUDITOR else step.reason


def who(step: Step) -> str:
    """Who made a step, as a centre may read it: its own people by name, staff by their house."""
    if step.actor == Actor.CENTRE and step.by:
        return step.by.name
    return {Actor.AUDITOR: "Zertifizierungsstelle", Actor.MINISTRY: "Ministerium"}.get(Actor(step.actor), "")


def _is_fresh(case: Case, today: date) -> bool:
    return is_fresh(State(case.state), timezone.localdate(case.state_since), today=today)


@dataclass(frozen=True)
class _Read:
    """The rows behind dossiers, by the primary key of the case."""

    outcomes: dict[int, Outcome]
    visits: dict[int, SiteVisit]
    queries: dict[int, list[Query]]
    slots: dict[int, list[VisitSlot]]
    certificates: dict[int, Certificate]

    @classmethod
    def about(cls, cases: Sequence[Case]) -> Self:
        if not cases:
            return cls({}, {}, {}, {}, {})
        decided = [case for case in cases if case.state not in CHOOSING]  # before, nothing is released
        outcomes = Outcome.objects.standing().filter(case__in=decided).exclude(released_at=None)
        visits = SiteVisit.objects.standing().filter(case__in=cases).order_by("starts_at")
        queries: dict[int, list[Query]] = {}
        asked = Query.objects.filter(case__in=cases).select_related("answered_by", "criterion")
        for query in asked.order_by("-asked_at", "pk"):
            queries.setdefault(query.case_id, []).append(query)
        return cls(
            {outcome.case_id: outcome for outcome in outcomes},
            {visit.case_id: visit for visit in visits},
            queries,
            _slots([case for case in cases if case.state in CHOOSING]),
            _certificates([case for case in cases if case.state == State.AWARDED]),
        )


def _slots(cases: Sequence[Case]) -> dict[int, list[VisitSlot]]:
    """The times offered that can be had, without those at which the auditor is elsewhere; past ones too."""
    found: dict[int, list[VisitSlot]] = {}
    if cases:
        waiting = VisitSlot.objects.filter(case__in=cases, withdrawn_at=None, visit=None).free()
        for slot in waiting.order_by("starts_at"):
            found.setdefault(slot.case_id, []).append(slot)
    return found


def _certificates(cases: Sequence[Case]) -> dict[int, Certificate]:
    if not cases:
        return {}
    current = Certificate.objects.current().filter(seal__case__in=cases).select_related("seal")
    return {each.seal.case_id: each for each in current if each.seal.case_id}


def _dossier(case: Case, read: _Read, progress: tuple[int, int], today: date) -> Dossier:
    outcome, visit = read.outcomes.get(case.pk), read.visits.get(case.pk)
    queries, certificate = read.queries.get(case.pk, []), read.certificates.get(case.pk)
    slots = [slot for slot in read.slots.get(case.pk, []) if timezone.localdate(slot.starts_at) >= today]
    if visit and visit.held_on and slots:
        visit = None  # a further one is to be agreed, which is what the page is about now
    waiting = [query for query in queries if query.is_open]
    answered, criteria = progress
    situation = Situation(
        state=State(case.state),
        procedure=case.round.get_procedure_display(),
        registration_until=case.round.registration_until,
        submission_until=case.round.submission_until,
        audit_until=case.round.audit_until,
        results_until=case.round.results_until,
        criteria=criteria,
        answered=answered,
        submitted_on=timezone.localdate(case.submitted_at) if case.submitted_at else None,
        query_due=min((query.due_on for query in waiting if not query.paused_on), default=None),
        queries=len(waiting),
        query_paused=any(query.paused_on for query in waiting),
        offers=len(slots),
        visit_on=(visit.held_on or timezone.localdate(visit.starts_at)) if visit else None,
        eligible=outcome.eligible if outcome else None,
        certificate_ready=bool(certificate and certificate.issued_at),
    )
    return Dossier(case, situation, outcome, visit, queries, slots, certificate, today)
