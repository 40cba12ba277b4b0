"""The few centres and cases people look at first. Their cases move by the acts themselves."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from centres import handovers
from centres.models import CentreKind, Membership, MembershipRole
from certification import certificates, profiles, workflow
from certification.models import Answer, AreaResult, Case, Finding, Outcome, Procedure, Seal
from certification.rules.moves import State
from config.demo import reviews
from config.demo.aftermath import make_aftermath
from config.demo.diary import Diary
from config.demo.fates import Fate, Story
from config.demo.journeys import Journey
from config.demo.people import Staff
from config.demo.reviews import Questions
from config.demo.world import World

PRINTED = 12  # certificates of the last round
PROFILES = 40


@dataclass(frozen=True, slots=True)
class Cast:
    """`busy` and `calm` belong to the account of the lead; `orphan` has just lost its lead."""

    busy: Fate
    calm: Fate
    orphan: Fate
    recommended: Fate
    released: Fate


def choose(fates: list[Fate], staff: Staff) -> Cast:
    """Gives the two centres to the lead; to be called before anything is stored."""
    busy, orphan, recommended, released = _registered(fates)
    calm = _calm(fates, busy)
    busy.home.lead = calm.home.lead = staff.lead
    busy.home.centre.lead_name = calm.home.centre.lead_name = staff.lead.name
    return Cast(busy, calm, orphan, recommended, released)


def _registered(fates: list[Fate]) -> list[Fate]:
    """Single centres first."""
    pinned = [fate for fate in fates if fate.pinned and fate.state == State.REGISTERED]
    return sorted(pinned, key=lambda fate: fate.home.centre.kind != CentreKind.SINGLE)[:4]


def _calm(fates: list[Fate], busy: Fate) -> Fate:
    """If possible in the town of the other and of the same kind of provider, with the seal that lasts longest."""
    resting = [fate for fate in fates if fate.story == Story.RESTING and fate.home.centre.kind == CentreKind.SINGLE]
    office, group = busy.home.centre.youth_office, _group(busy)
    return max(
        resting,
        key=lambda fate: (fate.home.centre.youth_office is office, _group(fate) == group, fate.seal_end or 0),
    )


def _group(fate: Fate) -> str:
    provider = fate.home.facilities[0].provider
    return provider.group if provider else ""


def stage(world: World, cast: Cast, journeys: list[Journey], questions: Questions, staff: Staff) -> None:
    """The people come and go, and two cases move on: one waits for a second person, one for the ministry."""
    memberships = Membership.objects.filter(user=cast.orphan.home.lead)
    memberships.update(ends_on=world.on - timedelta(days=3))
    Membership.objects.create(
        centre=cast.busy.home.centre,
        user=staff.deputy,
        role=MembershipRole.DEPUTY,
        starts_on=world.on - timedelta(days=400),
    )
    _people(world, cast, staff)
    of_centre = {journey.case.centre_id: journey for journey in journeys}
    _recommended(world, of_centre[cast.recommended.home.centre.pk], questions, staff)
    _released(world, of_centre[cast.released.home.centre.pk], questions, staff)
    _busy_deputy(world, journeys, staff)
    _order_certificates(world, cast)
    _order_profiles(world)
    make_aftermath(world, staff)


def _people(world: World, cast: Cast, staff: Staff) -> None:
    """A handover the provider has left unanswered, and three leads who have not been seen for a year."""
    home = cast.recommended.home
    handovers.ask(
        home.centre,
        name=world.person(),
        email=f"nachfolge.{home.centre.certification_number}@example.org",
        starts_on=world.on + timedelta(days=40),
        by=home.lead,
        at=_ago(world, 20),
    )
    resting = Membership.objects.on_day(world.on).filter(centre__cases=None, centre__ended_on=None)
    unknown = resting.exclude(user__in=[staff.lead, staff.deputy]).order_by("pk")
    absent = list(unknown.values_list("user", flat=True)[:3])
    User.objects.filter(pk__in=absent).update(joined_at=_ago(world, 900), last_login=_ago(world, 420))


def _busy_deputy(world: World, journeys: list[Journey], staff: Staff) -> None:
    """The deputy has questions to answer, one of them begun, and a visit to agree on at another centre."""
    first = {j.state: j.case for j in reversed(journeys) if j.fate.pinned}
    queried, in_review = first[State.QUERIED], first[State.IN_REVIEW]
    since = world.on - timedelta(days=400)
    Membership.objects.bulk_create(
        Membership(centre=case.centre, user=staff.deputy, role=MembershipRole.DEPUTY, starts_on=since)
        for case in (queried, in_review)
    )
    begun = {queried.queries.earliest("pk").pk: world.texts["replies"][0]}
    workflow.save_drafts(queried, by=staff.deputy, at=_ago(world, 1), drafts=begun)
    diary = Diary(world)
    times = [diary.next_time(staff.auditor) for _ in range(3)]
    offers = [workflow.Offer(begins, ends) for begins, ends in times]
    because = "Mit dem Zentrum besprochen."
    workflow.offer_slots(in_review, by=staff.auditor, at=_ago(world, 1), offers=offers, override_reason=because)


def _recommended(world: World, journey: Journey, questions: Questions, staff: Staff) -> None:
    """Sent back once, recommended anew, now waiting for the second person."""
    case = _visited(world, journey, questions, staff)
    sent_back = "Bitte begründen Sie die Bewertung von Bereich 5 genauer."
    workflow.send_back(case, by=staff.second, at=_ago(world, 6), reason=sent_back)
    closing = world.texts["closing_eligible"][1]
    workflow.recommend(case, by=staff.auditor, at=_ago(world, 2), eligible=True, closing_text=closing)


def _released(world: World, journey: Journey, questions: Questions, staff: Staff) -> None:
    case = _visited(world, journey, questions, staff)
    workflow.release(case, by=staff.second, at=_ago(world, 4))


def _visited(world: World, journey: Journey, questions: Questions, staff: Staff) -> Case:
    """From the half-written answers through query and visit to a recommendation."""
    case, lead, auditor = journey.case, journey.lead, staff.auditor
    begins, ends = Diary(world).last_time(auditor, until=world.on - timedelta(days=17))
    visited = (world.on - timezone.localdate(begins)).days
    _complete(world, journey, questions, at=_ago(world, visited + 33))
    workflow.submit(case, by=lead, at=_ago(world, visited + 29))
    workflow.start_review(case, by=auditor, at=_ago(world, visited + 24))
    questions_ = [workflow.Question(world.texts["questions"][0])]
    workflow.ask(case, by=auditor, at=_ago(world, visited + 21), questions=questions_, working_days=10)
    replies = {case.queries.get().pk: world.texts["replies"][0]}
    workflow.answer(case, by=lead, at=_ago(world, visited + 16), answers=replies)
    agreed = "Das Zentrum hat den Termin selbst gewünscht."
    offer = workflow.Offer(begins, ends)
    workflow.agree_visit(case, by=auditor, at=_ago(world, visited + 12), offer=offer, override_reason=agreed)
    record = world.texts["records"][0]
    held = timezone.localdate(begins)
    workflow.record_visit(case, by=auditor, at=ends + timedelta(hours=1), held_on=held, record=record)
    _judge(world, replace(journey, case=Case.objects.get(pk=case.pk), auditor=auditor), questions)
    closing = world.texts["closing_eligible"][0]
    workflow.recommend(case, by=auditor, at=_ago(world, 10), eligible=True, closing_text=closing)
    return case


def _ago(world: World, days: int) -> datetime:
    return world.moment(world.on - timedelta(days=days))


def _complete(world: World, journey: Journey, questions: Questions, *, at: datetime) -> None:
    answered = set(Answer.objects.filter(case=journey.case).values_list("part", flat=True))
    missing = [part for part in questions.parts if part.pk not in answered]
    Answer.objects.bulk_create(reviews.answer(world, journey, part, at) for part in missing)


def _judge(world: World, journey: Journey, questions: Questions) -> None:
    journey.acts = {**journey.acts, "start_review": _ago(world, 16)}
    Finding.objects.bulk_create(reviews.findings(world, journey, questions))
    AreaResult.objects.bulk_create(reviews.grades(world, journey, questions))


def _order_certificates(world: World, cast: Cast) -> None:
    """For the lead's calm centre, for the newest seals, and for a few of the last round."""
    standing = Seal.objects.standing().order_by("centre__certification_number")
    by_case = standing.filter(case__round__procedure=Procedure.RENEWAL)
    year = world.year
    ordered = [
        *standing.filter(centre=cast.calm.home.centre, valid_through__gte=world.on)[:1],
        *by_case.filter(case__round__seal_end__year=year),
        *by_case.filter(case__round__seal_end__year=year - 1)[:PRINTED],
    ]
    for seal in ordered:
        certificates.order(seal, at=world.moment(seal.awarded_on))


def _order_profiles(world: World) -> None:
    """For each released outcome of which the grades are there, as the release itself orders it."""
    released = Outcome.objects.standing().exclude(released_at=None).filter(case__area_results__isnull=False)
    newest = released.distinct().order_by("-released_at", "pk")[:PROFILES]
    for outcome in newest:
        profiles.order(outcome, at=outcome.released_at or world.moment(world.on))
