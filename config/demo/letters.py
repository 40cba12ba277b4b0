"""The correspondence: written by the same templates as ever, sent long ago; a few letters wait or came back."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.models import Role, User
from centres import holds, post
from centres.models import Letter, LetterState
from certification import letters, reminders
from certification.models import Chain, Outcome, Query, ReminderRule, Round, Seal, SiteVisit, Step
from certification.rules.periods import in_words_left
from certification.rules.reminders import due_day, why
from certification.visit_calendar import attached
from config.demo.journeys import Journey
from config.demo.reviews import is_running
from config.demo.world import World

REMINDED_FOR = timedelta(days=150)
FAILED, RETRIED, WAITING = 3, 2, 4
REFUSED = "550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table"
BUSY = "451 4.7.1 Greylisting in action, please try again later"
HELD_FOR = "Die Leitung wechselt in dieser Woche; die neue Adresse ist noch nicht bestätigt."
ANSWERED_IN = timedelta(minutes=2)
ByDay = dict[date, list[tuple[datetime, post.Occasion]]]


def make_letters(world: World, journeys: list[Journey]) -> None:
    """The letters of every step in the running rounds, the awards of the last one, and reminders."""
    running = [journey for journey in journeys if is_running(world, journey.case.round)]
    last = [journey for journey in journeys if journey.case.round.results_until.year == world.year - 1]
    facts = _Facts(running, last)
    by_day: ByDay = defaultdict(list)
    for journey in running:
        _collect(by_day, facts, journey.steps)
    for journey in last:
        _collect(by_day, facts, [step for step in journey.steps if step.act in {"award", "decline"}])
    for journey in running:
        _collect_release(by_day, facts, journey)
    for pairs in by_day.values():
        post.write_all([occasion for _, occasion in pairs], at=max(at for at, _ in pairs))
    _write_reminders(world)
    _write_past_visits(world, journeys)


class _Facts:
    """What the letters speak of besides the case, by the key of the case."""

    def __init__(self, *groups: list[Journey]) -> None:
        cases = [journey.case.pk for group in groups for journey in group]
        asked = Query.objects.filter(case__in=cases)
        self.query = {each.case_id: each for each in asked}
        self.number = Counter(asked.values_list("case_id", flat=True))
        visits = (
            SiteVisit.objects.filter(case__in=cases).select_related("case__centre").prefetch_related("facilities")
        )
        self.visit = {each.case_id: each for each in visits}
        self.seal = {each.case_id: each for each in Seal.objects.filter(case__in=cases)}
        self.outcome = {each.case_id: each for each in Outcome.objects.filter(case__in=cases)}

    def of(self, case_id: int) -> dict[str, object]:
        return {name: of_case[case_id] for name, of_case in vars(self).items() if case_id in of_case}


def _collect(by_day: ByDay, facts: _Facts, steps: list[Step]) -> None:
    for step in steps:
        agreed = facts.visit.get(step.case_id) if step.act == "agree_visit" else None
        attach = attached(agreed) if agreed else None
        if occasion := letters.of_step(step, attach=attach, **facts.of(step.case_id)):
            by_day[timezone.localdate(step.at)].append((step.at, occasion))


def _collect_release(by_day: ByDay, facts: _Facts, journey: Journey) -> None:
    outcome = facts.outcome.get(journey.case.pk)
    if outcome and outcome.released_at:
        occasion = letters.of_release(outcome, journey.case, at=outcome.released_at)
        by_day[timezone.localdate(outcome.released_at)].append((outcome.released_at, occasion))


def _write_reminders(world: World) -> None:
    """Those of the last months on the days they fell due, and what today brings."""
    for day in sorted({*_due_days(world), world.on}):
        reminders.write_due(day, at=world.moment(day))


def _write_past_visits(world: World, journeys: list[Journey]) -> None:
    """What visits were reminded of before today: the pass knows only those to come, and only some days."""
    cases = [journey.case.pk for journey in journeys]
    agreed = SiteVisit.objects.standing().filter(case__in=cases)
    for visit in agreed.select_related("case__centre", "case__round").order_by("pk"):
        day, since = timezone.localdate(visit.starts_at), timezone.localdate(visit.changed_at or visit.starts_at)
        for rule in ReminderRule.objects.filter(chain=Chain.VISIT, active=True).order_by("pk"):
            due = due_day(day, rule.offset)
            if day < world.on or since <= due < world.on:
                post.write_all([_of_visit(visit, rule, day, due)], at=world.moment(due))


def _of_visit(visit: SiteVisit, rule: ReminderRule, day: date, due: date) -> post.Occasion:
    return post.Occasion(
        visit.case.centre,
        "reminder_visit",
        f"visit-{visit.pk}/{day:%Y-%m-%d}/{rule.key}",
        rule=rule.name,
        why=why(Chain.VISIT, rule.offset, day),
        useful_through=day,
        context={"case": visit.case, "visit": visit, "day": day, "left": in_words_left(day, due)},
    )


def _due_days(world: World) -> Iterator[date]:
    ends = {date(year, 7, 31) for year in (world.year, world.year + 1)}
    rounds = [round_ for round_ in Round.objects.exclude(opened_at=None) if is_running(world, round_)]
    anchors = {
        Chain.SEAL: ends,
        Chain.REGISTRATION: {round_.registration_until for round_ in rounds},
        Chain.SUBMISSION: {round_.submission_until for round_ in rounds},
    }
    for rule in ReminderRule.objects.filter(active=True):
        for anchor in anchors.get(Chain(rule.chain), set()):
            day = due_day(anchor, rule.offset)
            if world.on - REMINDED_FOR <= day <= world.on:
                yield day


def mark_sent(world: World, *, at: datetime) -> None:
    """Every letter was sent on its day, except for a few of the newest."""
    host = urlsplit(settings.SITE_URL).hostname
    Letter.objects.update(
        state=LetterState.SENT,
        sent_at=F("written_at") + ANSWERED_IN,
        attempts=1,
        message_id=Concat(Value("<letter-"), Cast("pk", CharField()), Value(f"@{host}>")),
    )
    in_order = Letter.objects.order_by("-written_at", "centre__certification_number", "subject", "to")
    newest = list(in_order.values_list("pk", flat=True)[:60])
    failed, retried, waiting = _picked(world, newest)
    Letter.objects.filter(pk__in=failed).update(state=LetterState.FAILED, sent_at=None, error=REFUSED)
    Letter.objects.filter(pk__in=retried).update(
        state=LetterState.RETRYING, sent_at=None, error=BUSY, retry_after=at + timedelta(hours=4)
    )
    Letter.objects.filter(pk__in=waiting).update(state=LetterState.QUEUED, sent_at=None, attempts=0, message_id="")
    queued = in_order.filter(pk__in=waiting)
    alone = next((each for each in queued if Letter.objects.of_occasion(each.occasion).count() == 1), None)
    if alone:
        _hold(alone, at=at)


def _hold(letter: Letter, *, at: datetime) -> None:
    by = User.objects.filter(role=Role.MINISTRY).earliest("pk")
    about = f"{letter.centre or letter.to}: {letter.subject}"
    holds.hold(occasion=letter.occasion, about=about, reason=HELD_FOR, by=by, at=at)


def _picked(world: World, newest: list[int]) -> tuple[list[int], list[int], list[int]]:
    picked = world.rng.sample(newest, min(len(newest), FAILED + RETRIED + WAITING))
    return picked[:FAILED], picked[FAILED : FAILED + RETRIED], picked[FAILED + RETRIED :]
