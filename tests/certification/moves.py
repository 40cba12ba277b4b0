"""Every act of the table, ready to be tried on a case from any state."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.models import User
from certification import workflow
from certification.models import Answer, Area, AreaResult, Case, Criterion, Finding, Outcome, Part, Query, SiteVisit
from certification.rules.moves import BY_ACT, Actor, State
from certification.workflow import Offer, Question
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.factories.certification import CaseFactory

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)  # within the round of seals that end on 31 July 2026, all papers due
LATER = AT + timedelta(days=7)
NEEDED: dict[str, dict[str, Any]] = {
    "ask": {"questions": [Question("Wie oft findet das Angebot statt?")], "working_days": 14},
    "agree_visit": {
        "offer": Offer(LATER, LATER + timedelta(hours=4)),
        "override_reason": "Die Ferien sind noch nicht eingetragen.",
    },
    "cancel_visit": {"reason": "Die Prüferin ist krank."},
    "record_visit": {"held_on": date(2026, 3, 1)},
    "recommend": {"eligible": False},
    "recommend_without_visit": {"eligible": False, "reason": "Alle Belege liegen vor."},
    "send_back": {"reason": "Bereich 3 ist nicht begründet."},
    "award": {"on": date(2026, 3, 2)},
    "withdraw": {"reason": "Die Einrichtung schließt."},
    "miss": {"reason": "Bis zum Ende der Frist kam nichts."},
    "supersede": {"reason": "Umwandlung in einen Verbund."},
}


def act(name: str) -> Callable[..., Any]:
    return getattr(workflow, name)  # type: ignore[no-any-return]


def try_act(name: str, case: Case, *, by: User | None, at: datetime = AT) -> Any:
    needed = {"answers": dict.fromkeys(case.queries.values_list("pk", flat=True), "Jede Woche.")}
    return act(name)(case, by=by, at=at, **needed if name == "answer" else NEEDED.get(name, {}))


def person_for(name: str, case: Case) -> User:
    """Somebody who may make this move: the lead, an auditor other than the recommender, or the ministry."""
    actors = BY_ACT[name].actors
    if Actor.CENTRE in actors and name != "agree_visit":  # without times offered it is the auditor who agrees
        return MembershipFactory.create(centre=case.centre).user
    return UserFactory.create(auditor=Actor.AUDITOR in actors, ministry=Actor.MINISTRY in actors)


def case_in(state: State, *, act: str = "") -> Case:
    """A case in this state with what the act asks for: answers, verdicts, a query, a visit, an outcome."""
    due = date(2026, 2, 28) if act in {"", "miss"} else date(2026, 3, 31)
    case: Case = CaseFactory.create(
        state=state, round__registration_until=date(2026, 2, 1), round__submission_until=due
    )
    auditor = UserFactory.create(auditor=True)
    part = _one_criterion(case)
    Answer.objects.create(case=case, part=part, value="yes", saved_at=AT, saved_by=auditor)
    Finding.objects.create(case=case, part=part, verdict="met", saved_at=AT, saved_by=auditor)
    AreaResult.objects.create(case=case, area=part.criterion.area, grade="good")
    if state == State.QUERIED:
        due_on = AT.date() - timedelta(days=act == "close_unanswered")
        Query.objects.create(case=case, text="Wann?", due_on=due_on, asked_at=AT, asked_by=auditor)
    if state == State.VISIT_AGREED:
        SiteVisit.objects.create(case=case, starts_at=AT, visitor=auditor)
    if state == State.VISITED or act == "recommend":
        held(case, auditor)
    if state == State.RECOMMENDED:
        _outcome(case, auditor, eligible=act != "decline", released=act in {"award", "decline"})
    if state == State.NOT_AWARDED and act == "award":
        _outcome(case, auditor, eligible=True, released=True)  # as a correction leaves it
    return case


def held(case: Case, visitor: User) -> SiteVisit:
    """A visit of the week before."""
    before = AT - timedelta(days=7)
    return SiteVisit.objects.create(case=case, starts_at=before, visitor=visitor, held_on=before.date())


def _one_criterion(case: Case) -> Part:
    area = Area.objects.create(edition=case.round.edition, number=1, name="Beratung", group="performance")
    criterion = Criterion.objects.create(area=area, code="1.1", position=1, tier="basic", title="Sprechstunde")
    return Part.objects.create(criterion=criterion, code="1.1", text="Es gibt eine offene Sprechstunde.")


def _outcome(case: Case, auditor: User, *, eligible: bool, released: bool) -> Outcome:
    second = UserFactory.create(auditor=True)
    return Outcome.objects.create(
        case=case,
        eligible=eligible,
        computed=eligible,
        recommended_by=auditor,
        recommended_at=AT,
        released_by=second if released else None,
        released_at=AT if released else None,
    )
