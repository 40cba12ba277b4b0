"""Every page of the portal with something on it: the case it needs, and one more row of whatever pages list."""

from datetime import date, datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from centres.models import FamilyCentre
from certification.models import Case
from certification.rules.moves import State
from events.models import EventKind, InfoEvent, Question
from tests.certification.portal_cases import AT, TODAY, case_of, handed_in, recommend, say
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory, NetworkMembershipFactory
from tests.factories.certification import CaseFactory, CertificateFactory, ProfileFactory, RoundFactory, SealFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory
from tests.factories.evidence import EvidenceFactory, EvidenceUseFactory
from tests.factories.post import LetterFactory

STATES = {
    "register": State.INVITED,
    "submit": State.REGISTERED,
    "area": State.REGISTERED,
    "withdraw": State.REGISTERED,
    "answer": State.QUERIED,
    **dict.fromkeys(["visit", "visit_move", "visit_other"], State.VISIT_AGREED),
}
MOST_QUERIES = 12
EVENTS = ("/portal/veranstaltungen/", "/portal/kalender/")
DOWNLOADS = {"certificate", "profile", "receipt", "visit_calendar"}


def state_for(name: str) -> State:
    """In which state of a case the page has something to show."""
    return STATES.get(name, State.RECOMMENDED)


def case_in(state: State, *, at: datetime = AT) -> Case:
    """A case of a network: with a released result where one can be, an open question, a visit to come."""
    case = case_of(state)
    FamilyCentre.objects.filter(pk=case.centre_id).update(kind="network")
    recommend(case, released=state == State.RECOMMENDED)
    handed_in(case)
    say(case, "1.1")
    if state == State.QUERIED:
        ask(case, answered=False, due_on=(at + timedelta(days=10)).date())
    if state == State.VISIT_AGREED:
        visitor = UserFactory.create(auditor=True)
        case.visits.create(starts_at=morning(at + timedelta(days=9)), visitor=visitor)
        offer(case, at=at, days=11)
    return case


def offer(case: Case, *, at: datetime, days: int) -> None:
    starts = morning(at + timedelta(days=days))
    span = {"starts_at": starts, "ends_at": starts + timedelta(hours=4)}
    case.slots.create(**span, visitor=UserFactory.create(auditor=True), offered_at=at)


def morning(at: datetime) -> datetime:
    """At nine on this day, or on the Monday after it."""
    at = timezone.localtime(at).replace(hour=9, minute=0, second=0, microsecond=0)
    return at + timedelta(days=7 - at.weekday() if at.weekday() > 4 else 0)


def ask(case: Case, *, answered: bool, due_on: date = TODAY) -> None:
    by = UserFactory.create(auditor=True)
    answer = {"answer": "Vier Mal.", "answered_at": AT, "answered_by": by} if answered else {}
    case.queries.create(text="Wie oft?", due_on=due_on, asked_at=AT, asked_by=by, **answer)


def add_row(case: Case, number: int) -> None:
    """One more of everything a page of the portal lists."""
    criterion = case.round.edition.areas.earliest("number").criteria.earliest("pk")
    piece = EvidenceFactory.create(centre=case.centre, criteria=[criterion])
    EvidenceUseFactory.create(case=case, evidence=piece, criterion=criterion)
    EvidenceFactory.create(centre=case.centre, criteria=[criterion], title="x" * 60)
    LetterFactory.create(centre=case.centre)
    MembershipFactory.create(centre=case.centre, deputy=True)
    NetworkMembershipFactory.create(centre=case.centre)
    ask(case, answered=True)
    case.steps.create(act="ask", new="queried", actor="auditor", by=UserFactory.create(auditor=True), at=AT)
    round_ = RoundFactory.create(label=f"Runde vor {number}, Fall {case.pk}", edition=case.round.edition)
    earlier = CaseFactory.create(centre=case.centre, round=round_, state=State.AWARDED, submitted_at=AT)
    ProfileFactory.create(outcome=recommend(earlier, released=True))
    seal = SealFactory.create(centre=case.centre, case=earlier, awarded_on=date(2026 - 5 * number, 5, 5))
    CertificateFactory.create(seal=seal, issued=True)


def event_pages(centre: FamilyCentre, *, at: datetime) -> list[str]:
    """The pages of the portal that other rooms make, with something on them: booked, offered, a form to fill in."""
    event = add_event(centre, at=at)
    return [*EVENTS, reverse("portal_events:register", args=[event.public_id])]


def add_event(centre: FamilyCentre, *, at: datetime) -> InfoEvent:
    """One event more that somebody of the centre goes to, and one that asks something of whoever would like to."""
    RegistrationFactory.create(event__starts_at=at + timedelta(days=20), centre=centre)
    event: InfoEvent = InfoEventFactory.create(kind=EventKind.OPEN, starts_at=at + timedelta(days=30))
    Question.objects.create(event=event, position=1, text="Was brauchen Sie?", required=True)
    return event


def queries_of(client: Client, page: str) -> int:
    """Without the savepoint that a test makes of the transaction of the request."""
    with CaptureQueriesContext(connection) as seen:
        response = client.get(page)
    assert response.status_code == 200, page
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in seen.captured_queries)
