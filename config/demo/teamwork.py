"""Who got which case from whom, who is away, what ties somebody, and a selection somebody keeps."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from certification import availability, sharing, workflow
from certification.forms.assignment import auditors
from certification.models import Assignment, Case, SavedFilter
from certification.rules.moves import FINAL, State
from config.demo.journeys import Journey
from config.demo.people import Staff
from config.demo.reviews import is_running
from config.demo.world import World

FEW = 3  # cases handed in, of which one stays without anybody
MANY = 4  # cases handed in and left, so that some stay without anybody


def make_teamwork(world: World, journeys: list[Journey], staff: Staff) -> None:
    """The acts of auditors; to be called last, since a tie stands in the way of an outcome."""
    running = [journey for journey in journeys if is_running(world, journey.case.round)]
    Assignment.objects.bulk_create(_begun(journey) for journey in running if "start_review" in journey.acts)
    _give_out(world, running, staff)
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


def _give_out(world: World, running: list[Journey], staff: Staff) -> None:
    """Two cases and one to the auditor, and where many are left, some to the others; the rest wait for somebody."""
    at = world.moment(world.on - timedelta(days=1))
    waiting = [j for j in running if j.state == State.SUBMITTED and j.acts["submit"] < at]
    newest_first = sorted(waiting, key=lambda journey: (journey.fate.pinned, -journey.acts["submit"].timestamp()))
    cases = [journey.case for journey in newest_first]
    away = staff.others[0].name
    _share(cases[:2], [staff.auditor], staff, at=at, reason=f"{away} ist abwesend und bekommt keine neuen Fälle.")
    for case in cases[2:3] if len(cases) > FEW else []:
        note = "Bitte bis Freitag ansehen."
        workflow.assign(case, to=staff.auditor, by=staff.second, at=at, instead_of=None, note=note)
    if len(left := cases[3:]) >= MANY:
        reason = "Verteilung der Einreichungen der letzten Woche."
        _share(left[: len(left) // 2], staff.others[1:], staff, at=at + timedelta(minutes=9), reason=reason)


def _share(cases: list[Case], to: list[User], staff: Staff, *, at: datetime, reason: str) -> None:
    """By the lead, in one go."""
    people = auditors().filter(pk__in=[person.pk for person in to])
    lines = sharing.plan(cases, list(people), on=timezone.localdate(at))
    sharing.carry_out(lines, by=staff.second, at=at, reason=reason)


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
