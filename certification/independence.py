"""What stands against an auditor's part in a case: declared ties, and too many rounds with the same centre."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from accounts.models import User
from centres.models import NetworkMembership
from certification.models import Case, Exemption, IndependenceRule, Tie
from certification.rules.independence import Bond, Obstacle, obstacles
from certification.rules.moves import State

FINISHED = [State.AWARDED, State.NOT_AWARDED]
Obstacles = dict[tuple[int, int], list[Obstacle]]


def against(case: Case, person: User, *, on: date) -> list[Obstacle]:
    """What stands against this person in this case and is not exempted."""
    return standing([case], [person], on=on).get((case.pk, person.pk), [])


def standing(cases: Sequence[Case], people: Iterable[User], *, on: date) -> Obstacles:
    """The same for many: only pairs of case and person against whom something stands. Five queries, however many."""
    people = list(people)
    bonds, earlier = _bonds(cases, people, on), _earlier(cases)
    most, exempted = IndependenceRule.objects.in_force().most_in_a_row, _exempted(cases)
    found: Obstacles = {}
    for case in cases:
        for person in people:
            pair = (case.pk, person.pk)
            against = obstacles(bonds[pair], earlier.get(case.pk, []), person.pk, most=most)
            if left := [each for each in against if each.key not in exempted[pair]]:
                found[pair] = left
    return found


def _bonds(cases: Sequence[Case], people: Sequence[User], on: date) -> Mapping[tuple[int, int], list[Bond]]:
    ties = Tie.objects.on_day(on).filter(auditor__in=people).select_related("provider", "centre").order_by("pk")
    homes = NetworkMembership.objects.on_day(on).filter(centre__in=[case.centre_id for case in cases])
    providers: dict[int, set[int | None]] = defaultdict(set)
    for centre, provider in homes.values_list("centre", "facility__provider"):
        providers[centre].add(provider)
    bonds: dict[tuple[int, int], list[Bond]] = defaultdict(list)
    for tie in ties:
        bond = Bond(f"tie-{tie.pk}", tie.to, tie.reason)
        for case in cases:
            if tie.centre_id == case.centre_id or (tie.provider_id and tie.provider_id in providers[case.centre_id]):
                bonds[case.pk, tie.auditor_id].append(bond)
    return bonds


def _earlier(cases: Sequence[Case]) -> Mapping[int, list[int | None]]:
    """Who looked after the earlier finished cases of each case's centre, the newest first."""
    rows = Case.objects.filter(centre__in=[case.centre_id for case in cases], state__in=FINISHED)
    of_centre: dict[int, list[tuple[date, int, int | None]]] = defaultdict(list)
    ordered = rows.order_by("-round__audit_from", "-pk").values_list("centre", "round__audit_from", "pk", "auditor")
    for centre, begins, pk, auditor in ordered:
        of_centre[centre].append((begins, pk, auditor))
    return {
        case.pk: [who for begins, pk, who in of_centre[case.centre_id] if pk != case.pk and begins <= _begins(case)]
        for case in cases
    }


def _begins(case: Case) -> date:
    return case.round.audit_from


def _exempted(cases: Sequence[Case]) -> Mapping[tuple[int, int], set[str]]:
    exempted: dict[tuple[int, int], set[str]] = defaultdict(set)
    for each in Exemption.objects.filter(case__in=cases):
        exempted[each.case_id, each.auditor_id].update(each.grounds)
    return exempted
