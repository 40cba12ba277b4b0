"""Who got which case from whom, who is away, what ties somebody, and a selection somebody keeps."""

from datetime import timedelta
from typing import Any

from certification import availability, sharing, workflow
from certification.forms.assignment import auditors
from certification.models import Assignment, SavedFilter
from certification.rules.moves import FINAL, State
from config.demo.journeys import Journey
from config.demo.people import Staff
from config.demo.reviews import is_running
from config.demo.world import World

MANY = 6  # cases handed in, so that some are left without anybody


def make_teamwork(world: World, journeys: list[Journey], staff: Staff) -> None:
    """The acts of auditors; to be called last, since a tie stands in the way of an outcome."""
    running = [journey for journey in journeys if is_running(world, journey.case.round)]
    Assignment.objects.bulk_create(_begun(journey) for journey in running if "start_review" in journey.acts)
    _hand_over(world, running, staff)
    _share(world, running, staff)
    _tie(world, running, staff)
    at = world.moment(world.on - timedelta(days=5))
    first, last = world.on - timedelta(days=1), world.on + timedelta(days=9)
    availability.be_away(
        auditor=staff.others[0], deputy=staff.auditor, by=staff.others[0], at=at, starts_on=first, ends_on=last
    )
    SavedFilter.objects.create(
        owner=staff.auditor, name="Verbünde beim LWL", query="landesjugendamt=LWL&form=network"
    )


def _begun(journey: Journey) -> Assignment:
    """As the act writes it."""
    return Assignment(case=journey.case, to=journey.auditor, by=journey.auditor, at=journey.acts["start_review"])


def _hand_over(world: World, running: list[Journey], staff: Staff) -> None:
    """The lead has given one of the newest cases to the auditor."""
    waiting = [journey for journey in running if journey.state == State.SUBMITTED and not journey.fate.pinned]
    for journey in waiting[:1]:
        at = world.moment(world.on - timedelta(days=1))
        workflow.assign(
            journey.case, to=staff.auditor, by=staff.second, at=at, instead_of=None, note="Bitte bis Freitag ansehen."
        )


def _share(world: World, running: list[Journey], staff: Staff) -> None:
    """The lead has shared some cases out among the others in one go, where there are many."""
    waiting = [each.case for each in running if each.state == State.SUBMITTED and not each.fate.pinned]
    if len(waiting) < MANY:
        return
    people = auditors().filter(pk__in=[each.pk for each in staff.others])
    lines = sharing.plan(waiting[1 : MANY // 2], list(people), on=world.on)
    at = world.moment(world.on - timedelta(days=2))
    sharing.carry_out(lines, by=staff.second, at=at, reason="Verteilung der Einreichungen der letzten Woche.")


def _tie(world: World, running: list[Journey], staff: Staff) -> None:
    """One tie that the team lead let pass in a case under way, and one to a provider."""
    bound = [each for each in running if each.auditor in staff.others and each.state == State.IN_REVIEW]
    at = world.moment(world.on - timedelta(days=4))
    since = world.on - timedelta(days=900)
    for journey in bound[:1]:
        person, centre = journey.auditor, journey.case.centre
        tied: dict[str, Any] = {"auditor": person, "by": person, "at": at, "starts_on": since, "centre": centre}
        availability.declare(**tied, reason="Ein Kind der Familie besucht die Einrichtung.")
        reason = "Die Prüfung ist fast abgeschlossen; eine zweite Person liest alle Urteile mit."
        workflow.exempt(journey.case, auditor=person, by=staff.second, at=at, reason=reason)
    others = [j for j in running if j.case.auditor != staff.auditor and j.state not in FINAL]
    provider = next((f.provider for j in others for f in j.fate.home.facilities if f.provider), None)
    if provider:
        availability.declare(
            auditor=staff.second,
            by=staff.second,
            at=at,
            starts_on=since,
            provider=provider,
            reason="Ehrenamt im Vorstand.",
        )
