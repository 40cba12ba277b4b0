"""The way of each case from invitation to where it stands, as the table of moves allows it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from centres.models import CentreFact, FactKind
from certification.models import Case, Round, Step
from certification.rules.moves import BY_ACT, Actor, State
from config.demo.diary import DAY, Diary, Span
from config.demo.fates import Fate
from config.demo.people import Staff
from config.demo.rounds import Rounds
from config.demo.world import World

INVITE = "invite"
UNRECORDED = 0.3  # of the visits agreed on were held in these days
LEFT_LYING = 0.3  # of the cases in the house have not moved for weeks
RESTS_AFTER = {"submit", "start_review", "record_visit"}
SETTLED = timedelta(days=3)  # at least, between agreeing on a visit and the visit
# How many days an act comes after the one before it. Three at least, so that no weekend swaps their order.
PAUSES = {
    "start_review": (3, 12),
    "ask": (4, 12),
    "answer": (3, 13),
    "agree_visit": (3, 9),
    "record_visit": (7, 24),
    "recommend": (3, 8),
    "recommend_without_visit": (4, 10),
    "award": (8, 13),
    "decline": (8, 13),
}
TO_SUBMITTED = ("register", "submit")
LED_TO_VISIT = ("submit", "start_review", "ask", "answer", "agree_visit")
TO_REVIEW = (*TO_SUBMITTED, "start_review")
TO_VISIT = (*TO_REVIEW, "agree_visit")
TO_VISITED = (*TO_VISIT, "record_visit")
PATHS = {
    State.INVITED: (),
    State.REGISTERED: ("register",),
    State.SUBMITTED: TO_SUBMITTED,
    State.IN_REVIEW: TO_REVIEW,
    State.QUERIED: (*TO_REVIEW, "ask"),
    State.VISIT_AGREED: TO_VISIT,
    State.VISITED: TO_VISITED,
    State.RECOMMENDED: (*TO_VISITED, "recommend"),
    State.AWARDED: (*TO_VISITED, "recommend", "award"),
    State.NOT_AWARDED: (*TO_VISITED, "recommend", "decline"),
    State.WITHDRAWN: ("register", "withdraw"),
    State.MISSED: ("miss",),
    State.SUPERSEDED: ("register", "supersede"),
}
REASONS = {
    "withdraw": "reasons_withdraw",
    "miss": "reasons_miss",
    "supersede": "reasons_supersede",
    "recommend_without_visit": "reasons_without_visit",
}


@dataclass(slots=True)
class Journey:
    fate: Fate
    case: Case
    acts: dict[str, datetime]
    auditor: User
    visit: Span | None
    steps: list[Step] = field(default_factory=list)

    @property
    def lead(self) -> User:
        return self.fate.home.lead

    @property
    def state(self) -> State:
        return State(self.case.state)


def make_journeys(world: World, fates: list[Fate], rounds: Rounds, staff: Staff) -> list[Journey]:
    """Stored cases with their steps, one for each fate that has a state."""
    diary = Diary(world)
    journeys = [
        journey_of(world, fate, round_, staff, diary)
        for fate in fates
        if fate.state is not None and (round_ := rounds.of(fate, world)) is not None
    ]
    Case.objects.bulk_create([journey.case for journey in journeys], batch_size=2000)
    for journey in journeys:
        journey.steps = list(steps_of(world, journey, staff))
    Step.objects.bulk_create([step for journey in journeys for step in journey.steps], batch_size=2000)
    CentreFact.objects.bulk_create(map(fact_of, journeys), batch_size=2000)
    return journeys


def fact_of(journey: Journey) -> CentreFact:
    """As opening and the acts state it."""
    case, opened = journey.case, journey.acts[INVITE]
    over_on = None if case.is_open else timezone.localdate(case.state_since)
    known = {"kind": FactKind.ROUND, "key": case.round.fact_key, "label": case.round.label}
    return CentreFact(centre=case.centre, since=timezone.localdate(opened), over_on=over_on, **known)


def journey_of(world: World, fate: Fate, round_: Round, staff: Staff, diary: Diary) -> Journey:
    state = fate.state or State.INVITED
    acts = _moments(world, _path(world, state, plain=fate.pinned), round_, plain=fate.pinned)
    auditor = staff.auditor if fate.pinned else world.one_of([staff.auditor, staff.second, *staff.others])
    visit = _visit(world, acts, auditor, diary, plain=fate.pinned)
    if visit:
        acts = _led_to(visit, acts)
    case = Case(
        round=round_,
        centre=fate.home.centre,
        state=state,
        state_since=list(acts.values())[-1],
        auditor=auditor if "start_review" in acts else None,
        submitted_at=acts.get("submit"),
    )
    return Journey(fate, case, acts, auditor, visit)


def _visit(world: World, acts: dict[str, datetime], auditor: User, diary: Diary, *, plain: bool) -> Span | None:
    """In the last free time before it was recorded; else still to come, or now and then held and not yet recorded."""
    if "agree_visit" not in acts:
        return None
    if "record_visit" in acts:
        return diary.last_time(auditor, until=timezone.localdate(acts["record_visit"]) - DAY)
    if not plain and world.chance(UNRECORDED):
        return diary.last_time(auditor, until=world.on - DAY)
    return diary.next_time(auditor)


def _led_to(visit: Span, acts: dict[str, datetime]) -> dict[str, datetime]:
    """Where only an earlier time was free, what led to the visit moves back by whole weeks."""
    too_late = acts["agree_visit"] - (visit[0] - SETTLED)
    weeks = timedelta(weeks=max(0, -(-too_late // timedelta(weeks=1))))
    return {act: at - weeks if act in LED_TO_VISIT else at for act, at in acts.items()}


def _path(world: World, state: State, *, plain: bool) -> tuple[str, ...]:
    """The acts that lead to the state; now and then with a query on the way, or without a visit."""
    path = PATHS[state]
    if plain or len(path) < 3 or path[-1] == "ask":
        return path
    if world.chance(0.05) and "recommend" in path:
        path = (*TO_REVIEW, "recommend_without_visit", *path[len(TO_VISITED) + 1 :])
    return (*TO_REVIEW, "ask", "answer", *path[len(TO_REVIEW) :]) if world.chance(0.25) else path


def _moments(world: World, path: tuple[str, ...], round_: Round, *, plain: bool) -> dict[str, datetime]:
    opened = round_.opened_at
    assert opened is not None, "A round that is not open has no cases."  # noqa: S101
    days: dict[str, date] = {}
    tail = list(path)
    if path[:1] == ("register",):
        latest = min(round_.registration_until, world.on - timedelta(days=1))
        days["register"] = world.day(opened.date() + timedelta(days=3), latest)
        tail = tail[1:]
    pauses = [world.rng.randint(*PAUSES.get(act, (0, 0))) for act in tail]
    for act, pause in zip(tail, pauses, strict=True):
        days[act] = list(days.values())[-1] + timedelta(days=pause) if act in PAUSES else _first(world, act, round_)
    late = _overshoot(world, days, tail, plain=plain)
    return {INVITE: opened} | {act: world.moment(day - late if act in tail else day) for act, day in days.items()}


def _first(world: World, act: str, round_: Round) -> date:
    """When the papers come in, or the case ends before they do."""
    if act == "miss":
        return round_.registration_until + timedelta(days=world.rng.randint(14, 40))
    if act == "submit":
        return world.day(round_.submission_until - timedelta(days=32), round_.submission_until)
    return world.day(round_.registration_until, round_.submission_until)


def _overshoot(world: World, days: dict[str, date], tail: list[str], *, plain: bool) -> timedelta:
    """How far the acts have to move back, so that the last of them was within the last weeks, mostly the last two."""
    lying = not plain and bool(tail) and tail[-1] in RESTS_AFTER and world.chance(LEFT_LYING)
    newest = world.on - timedelta(days=world.rng.randint(15, 40) if lying else world.rng.randint(1, 13))
    return max(days[tail[-1]] - newest, timedelta()) if tail else timedelta()


def steps_of(world: World, journey: Journey, staff: Staff) -> list[Step]:
    steps, state = [], ""
    for act, at in journey.acts.items():
        move = BY_ACT.get(act)
        new = move.target if move else State.INVITED
        actor = _actor(act)
        reason = world.one_of(world.texts[REASONS[act]]) if act in REASONS else ""
        by = {Actor.CENTRE: journey.lead, Actor.AUDITOR: journey.auditor, Actor.MINISTRY: staff.ministry}[actor]
        steps.append(Step(case=journey.case, act=act, old=state, new=new, actor=actor, by=by, at=at, reason=reason))
        state = new
    return steps


def _actor(act: str) -> Actor:
    if act not in BY_ACT:
        return Actor.MINISTRY
    return Actor.CENTRE if Actor.CENTRE in BY_ACT[act].actors else max(BY_ACT[act].actors)
