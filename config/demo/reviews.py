"""What is in the cases: answers, verdicts, grades, outcomes, queries and visits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from django.utils import timezone

from accounts.models import User
from certification.calendars import work_calendar
from certification.models import (
    Answer,
    Area,
    AreaResult,
    Edition,
    Finding,
    Outcome,
    Part,
    Query,
    Round,
    SiteVisit,
    Verdict,
)
from certification.models.catalogue import Group, Tier
from certification.models.review import Claimed, Grade
from certification.models.visit import VisitMode
from certification.rules.moves import State
from certification.rules.working_days import WorkCalendar, due_day
from certification.scoring import halves_of
from config.demo.journeys import Journey
from config.demo.people import Staff
from config.demo.world import Thing, World

DATED_SHARE = 0.5  # of the counted answers name the dates as well
WRITING_SHARE = 0.35  # of the registered centres have begun to answer
DONE = {State.RECOMMENDED, State.AWARDED, State.NOT_AWARDED}
BATCH = 2000
ANSWER_DAYS = 10


@dataclass(frozen=True, slots=True)
class Questions:
    """The parts of the edition in their order, by number of the criterion, and the areas."""

    parts: list[Part]
    areas: list[Area]

    @classmethod
    def of(cls, edition: Edition) -> "Questions":
        parts = Part.objects.filter(criterion__area__edition=edition).select_related("criterion__area")
        order = ("criterion__area__number", "criterion__position", "pk")
        return cls(list(parts.order_by(*order)), list(edition.areas.order_by("number")))


def make_reviews(world: World, journeys: list[Journey], questions: Questions, staff: Staff) -> None:
    """What people wrote. Closed rounds keep grades of the last one, and their outcomes; the papers are gone."""
    running = [journey for journey in journeys if is_running(world, journey.case.round)]
    last = [journey for journey in journeys if journey.case.round.results_until.year == world.year - 1]
    graded = [journey for journey in (*running, *last) if journey.state in DONE]
    Answer.objects.bulk_create(_flat(answers(world, j, questions) for j in running), batch_size=BATCH)
    Finding.objects.bulk_create(_flat(findings(world, j, questions) for j in running), batch_size=BATCH)
    AreaResult.objects.bulk_create(_flat(grades(world, j, questions) for j in graded), batch_size=BATCH)
    Outcome.objects.bulk_create(_flat(outcomes(world, j, staff) for j in journeys), batch_size=BATCH)
    calendar = work_calendar()
    Query.objects.bulk_create(_flat(queries(world, j, calendar) for j in journeys), batch_size=BATCH)
    SiteVisit.objects.bulk_create(_flat(visits(world, j) for j in journeys), batch_size=BATCH)


def is_running(world: World, round_: Round) -> bool:
    return round_.results_until >= world.on


def _flat(groups: Iterable[Iterable[Thing]]) -> Iterator[Thing]:
    return chain.from_iterable(groups)


def answers(world: World, journey: Journey, questions: Questions) -> Iterator[Answer]:
    """Everything from centres that have handed in; of those that write, the areas they got to."""
    until = journey.acts.get("submit") or timezone.make_aware(datetime.combine(world.on, datetime.min.time()))
    share = 1.0
    if "submit" not in journey.acts:
        writes = journey.state == State.REGISTERED and world.chance(WRITING_SHARE)
        share = world.rng.uniform(0.1, 0.9) if writes else 0.0
    if journey.fate.pinned and journey.state == State.REGISTERED:
        share = 0.5
    for number, part in enumerate(questions.parts[: round(share * len(questions.parts))]):
        yield answer(world, journey, part, until - timedelta(days=2 + number // 9, minutes=number))


def answer(world: World, journey: Journey, part: Part, at: datetime) -> Answer:
    value = _claimed(world, part)
    counts = _counts(world, part) if value == Claimed.YES else (None, None)
    return Answer(
        case=journey.case,
        part=part,
        value=value,
        text=world.one_of(world.texts["answers"]) if world.chance(0.3) else "",
        first_half=counts[0],
        second_half=counts[1],
        offers=_offers(world, journey, counts),
        saved_at=max(at, journey.acts["register"]),
        saved_by=journey.lead,
    )


def _claimed(world: World, part: Part) -> Claimed:
    basic = part.criterion.tier == Tier.BASIC
    weights = (92, 5, 3) if basic else (66, 14, 20)
    return Claimed(world.rng.choices(Claimed.values, weights)[0])


def _counts(world: World, part: Part) -> tuple[int | None, int | None]:
    if not part.counted:
        return None, None
    least = part.times or 1
    return least + world.rng.randint(0, 2), least + world.rng.randint(0, 2)


def _offers(world: World, journey: Journey, counts: tuple[int | None, int | None]) -> list[date]:
    """Of some of what is counted the dates are known: of those that have been, in their half-year."""
    if counts == (None, None) or not world.chance(DATED_SHARE):
        return []
    days: set[date] = set()
    for half, count in zip(halves_of(journey.case.round), counts, strict=False):
        last = min(half.last, world.on)
        if half.first <= last:
            days |= {world.day(half.first, last) for _ in range(count or 0)}
    return sorted(days)


def findings(world: World, journey: Journey, questions: Questions) -> Iterator[Finding]:
    """Half of the parts while papers are looked through, all of them once the visit was made."""
    begun = journey.acts.get("start_review")
    if begun is None:
        return
    done = journey.state in DONE | {State.VISITED}
    parts = questions.parts if done else questions.parts[: world.rng.randint(20, 70)]
    for part in parts:
        verdict = _verdict(world, journey, part)
        note = world.one_of(world.texts["notes"]) if world.chance(0.1) else ""
        yield Finding(
            case=journey.case, part=part, verdict=verdict, note=note, saved_at=begun, saved_by=journey.auditor
        )


def _verdict(world: World, journey: Journey, part: Part) -> Verdict:
    """Sure to reach the least where the case was won, and to miss it where it was lost."""
    criterion = part.criterion
    lost = journey.state == State.NOT_AWARDED and criterion.area.group == Group.PERFORMANCE
    if criterion.tier == Tier.BASIC:
        return Verdict.NOT_MET if lost and criterion.position > 2 else Verdict.MET
    return Verdict.NOT_MET if lost or world.chance(0.25) else Verdict.MET


def grades(world: World, journey: Journey, questions: Questions) -> Iterator[AreaResult]:
    for area in questions.areas:
        lost = journey.state == State.NOT_AWARDED and area.group == Group.PERFORMANCE
        grade = Grade.NOT_MET if lost else Grade(world.rng.choices(Grade.values[:3], (35, 50, 15))[0])
        potential = world.one_of(world.texts["potentials"]) if grade != Grade.VERY_GOOD else ""
        yield AreaResult(
            case=journey.case, area=area, grade=grade, text=world.one_of(world.texts[grade]), potential=potential
        )


def outcomes(world: World, journey: Journey, staff: Staff) -> Iterator[Outcome]:
    """A second person has released it where the ministry has decided, and in half of the cases where it is to."""
    if journey.state not in DONE:
        return
    recommended_at = journey.acts.get("recommend") or journey.acts["recommend_without_visit"]
    eligible = journey.state != State.NOT_AWARDED
    released_at = world.moment(timezone.localdate(recommended_at) + timedelta(days=3))
    if journey.state == State.RECOMMENDED:
        is_released = not journey.fate.pinned and released_at.date() < world.on and world.chance(0.5)
    else:
        is_released = True
    yield Outcome(
        case=journey.case,
        eligible=eligible,
        computed=eligible,
        closing_text=world.one_of(world.texts["closing_eligible" if eligible else "closing_not_eligible"]),
        recommended_by=journey.auditor,
        recommended_at=recommended_at,
        released_by=_second(journey, staff) if is_released else None,
        released_at=released_at if is_released else None,
    )


def _second(journey: Journey, staff: Staff) -> User:
    return staff.auditor if journey.auditor == staff.second else staff.second


def queries(world: World, journey: Journey, calendar: WorkCalendar) -> Iterator[Query]:
    """One question, or in one letter of three two, with ten working days for the answer."""
    for _ in range(2 if journey.state == State.QUERIED and (journey.fate.pinned or world.chance(0.3)) else 1):
        yield from _query(world, journey, calendar)


def _query(world: World, journey: Journey, calendar: WorkCalendar) -> Iterator[Query]:
    asked_at, answered_at = journey.acts.get("ask"), journey.acts.get("answer")
    if asked_at is None:
        return
    asked_on = timezone.localdate(asked_at)
    yield Query(
        case=journey.case,
        text=world.one_of(world.texts["questions"]),
        due_on=due_day(asked_on, ANSWER_DAYS, calendar=calendar),
        counted_from=asked_on,
        working_days=ANSWER_DAYS,
        calendar_version=calendar.version,
        asked_at=asked_at,
        asked_by=journey.auditor,
        answer=world.one_of(world.texts["replies"]) if answered_at else "",
        answered_at=answered_at,
        answered_by=journey.lead if answered_at else None,
    )


def visits(world: World, journey: Journey) -> Iterator[SiteVisit]:
    """Recorded some days after it was held, or still to come."""
    if journey.visit is None:
        return
    starts_at, ends_at = journey.visit
    recorded = "record_visit" in journey.acts
    yield SiteVisit(
        case=journey.case,
        starts_at=starts_at,
        ends_at=ends_at,
        changed_at=journey.acts["agree_visit"],
        mode=VisitMode.VIDEO if world.chance(0.08) else VisitMode.ON_SITE,
        visitor=journey.auditor,
        held_on=timezone.localdate(starts_at) if recorded else None,
        record=world.one_of(world.texts["records"]) if recorded else "",
    )
