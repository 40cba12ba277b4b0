"""The pack an auditor takes along to a visit: when and where, whom to ask for, what is still open.

Printed anew each time from what is known that moment, stored nowhere, and for auditors alone.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from centres.models import Facility, FamilyCentre, Membership, NetworkMembership
from certification.models import Case, Criterion, Finding, Query, SiteVisit, Verdict, VisitMode
from certification.rules.network import Place
from certification.rules.route import Stop, in_route_order, legs


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    part: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Point:
    """A criterion to look at on the spot. Of each part: number, what is asked, what is known."""

    code: str
    title: str
    parts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Pack:
    visit: SiteVisit
    case: Case
    route: list[tuple[Stop, float | None]]
    contacts: list[Contact]
    queries: list[Query]
    points: list[Point]

    @property
    def is_video(self) -> bool:
        return bool(self.visit.mode == VisitMode.VIDEO)


def pack_of(visit: SiteVisit, case: Case) -> Pack:
    """In a number of queries that grows neither with the facilities nor with the criteria."""
    queries = case.queries.filter(answered_at=None, closed_at=None).select_related("criterion")
    return Pack(visit, case, _route(visit, case.centre), _contacts(case.centre), list(queries), _points(case))


def printed(visit: SiteVisit, case: Case, *, at: datetime) -> bytes:
    # Late: it imports WeasyPrint, which takes a second and needs Pango.
    from certification.pdf import visit_pack as printing  # noqa: PLC0415

    return printing.render(pack_of(visit, case), at=at)


def _route(visit: SiteVisit, centre: FamilyCentre) -> list[tuple[Stop, float | None]]:
    """From the contact facility on; without a choice it is the only one to go to."""
    on = timezone.localdate(visit.starts_at)
    homes = NetworkMembership.objects.on_day(on).filter(centre=centre).order_by("-contact", "pk")
    here = [home.facility for home in homes.select_related("facility")]
    chosen = set(visit.facilities.values_list("pk", flat=True))
    route = in_route_order([_stop(each) for each in here if each.pk in chosen] or [_stop(each) for each in here[:1]])
    return list(zip(route, [None, *legs(route)], strict=True)) if route else []


def _stop(facility: Facility) -> Stop:
    where = [float(each) if each is not None else None for each in (facility.latitude, facility.longitude)]
    return Stop(Place(facility.name, *where), facility.address, facility.phone, facility.email)


def _contacts(centre: FamilyCentre) -> list[Contact]:
    leads = Membership.objects.on_day(timezone.localdate()).filter(centre=centre).select_related("user")
    people = [Contact(m.user.name, m.get_role_display(), centre.phone, m.user.email) for m in leads.order_by("-role")]
    return people or [Contact(centre.lead_name or centre.name, "Familienzentrum", centre.phone, centre.email)]


def _points(case: Case) -> list[Point]:
    """Every criterion that is not yet met in all its parts: not judged, or judged not met."""
    findings = {each.part_id: each for each in Finding.objects.filter(case=case)}
    criteria = Criterion.objects.filter(area__edition=case.round.edition_id).prefetch_related("parts")
    points = []
    for criterion in criteria.order_by("area__number", "position"):
        parts = [(part.code, part.text, _known(findings.get(part.pk))) for part in criterion.parts.all()]
        if still_open := tuple(part for part in parts if part[2]):
            points.append(Point(criterion.code, criterion.title, still_open))
    return points


def _known(finding: Finding | None) -> str:
    if finding is None:
        return "noch kein Urteil"
    if finding.verdict == Verdict.MET:
        return ""
    return f"{finding.get_verdict_display()}. {finding.note}".strip()
