"""Whom an event concerns: computed from facts of the centres, never typed.

A person is counted once, even with several centres; where nobody is in charge, the centre's own address stands in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from centres.models import Bounce, CentreFact, FamilyCentre, Membership
from centres.models.centre import FamilyCentreQuerySet
from events.models import InfoEvent, Invitation, Registration


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to invite, for the first of their centres; without an account where only the centre is known."""

    email: str
    name: str
    centre: FamilyCentre
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class District:
    """What the invitation means for one youth office, in numbers of centres and people.

    `before` are the people asked to another event of the series, `missing` the centres of which nobody is registered.
    """

    name: str
    centres: int
    people: int
    before: int
    invited: int
    registered: int

    @property
    def missing(self) -> int:
        return self.centres - self.registered


@dataclass(frozen=True, slots=True)
class Audience:
    """`new` are neither invited nor registered; `unreachable` are centres nobody can be written to.

    `before` are the addresses invited to another event of the series, `registered` the centres that somebody
    represents already.
    """

    people: list[Person]
    new: list[Person]
    unreachable: list[FamilyCentre]
    districts: list[District]
    before: set[str]
    registered: set[int | None]


def concerned(round_keys: Collection[str], *, on: date) -> FamilyCentreQuerySet:
    """The running centres that one of the chosen rounds concerns on that day."""
    facts = CentreFact.objects.rounds().in_force(on=on).filter(key__in=round_keys, centre=OuterRef("pk"))
    return FamilyCentre.objects.running().filter(Exists(facts))


def audience(event: InfoEvent, centres: FamilyCentreQuerySet, *, on: date) -> Audience:
    """In a number of queries that does not grow with the centres."""
    found = list(centres.select_related("youth_office").by_name())
    in_charge = _in_charge(found, on=on)
    people = _people(found, in_charge)
    invited = _addresses(Invitation.objects.filter(event=event).values_list("email", flat=True))
    before = _invited_before(event)
    centres_in, people_in = _registered(event)
    return Audience(
        people,
        [person for person in people if person.email not in invited | people_in],
        _unreachable(found, people, in_charge),
        _districts(found, people, (before, invited), centres_in),
        before,
        centres_in,
    )


def _in_charge(centres: list[FamilyCentre], *, on: date) -> list[tuple[int, str, str, int]]:
    """User, address, name and centre. Leads before deputies, so that a person stands for the centre they lead."""
    pks = [centre.pk for centre in centres]
    active = Membership.objects.on_day(on).filter(centre__in=pks, user__is_active=True)
    ordered = active.order_by("-role", "pk")  # "lead" after "deputy"
    return list(ordered.values_list("user", "user__email", "user__name", "centre"))


def _people(centres: list[FamilyCentre], in_charge: list[tuple[int, str, str, int]]) -> list[Person]:
    by_pk, led = {centre.pk: centre for centre in centres}, {centre for *_, centre in in_charge}
    found: dict[str, Person] = {}
    for user, address, name, centre_pk in in_charge:
        email = address.lower()
        found.setdefault(email, Person(email, name, by_pk[centre_pk], user))
    for centre in centres:
        if centre.pk not in led and centre.email:
            found.setdefault(centre.email.lower(), Person(centre.email.lower(), "", centre))
    dead = set(Bounce.objects.blocking().values_list("address", flat=True))
    return [person for email, person in found.items() if email not in dead]


def _unreachable(
    centres: list[FamilyCentre], people: list[Person], in_charge: list[tuple[int, str, str, int]]
) -> list[FamilyCentre]:
    users = {person.user_id for person in people}
    reached = {person.centre.pk for person in people} | {centre for user, *_, centre in in_charge if user in users}
    return [centre for centre in centres if centre.pk not in reached]


def _registered(event: InfoEvent) -> tuple[set[int | None], set[str]]:
    """The centres and addresses with a place or waiting for one, in the event or anywhere in its series."""
    mine = Q(event__series=event.series_id) if event.series_id else Q(event=event)
    found = list(Registration.objects.active().filter(mine).values_list("centre", "email"))
    return {centre for centre, _ in found}, _addresses(email for _, email in found)


def _invited_before(event: InfoEvent) -> set[str]:
    if not event.series_id:
        return set()
    others = Invitation.objects.filter(event__series=event.series_id).exclude(event=event)
    return _addresses(others.values_list("email", flat=True))


def _districts(
    centres: list[FamilyCentre],
    people: list[Person],
    asked: tuple[set[str], set[str]],
    registered: set[int | None],
) -> list[District]:
    """`asked` are the addresses invited to another event of the series, and to this one."""
    before, invited = asked
    here: dict[int, list[Person]] = defaultdict(list)
    for person in people:
        here[person.centre.youth_office_id].append(person)
    groups: dict[int, list[FamilyCentre]] = defaultdict(list)
    for centre in centres:
        groups[centre.youth_office_id].append(centre)
    rows = [
        District(
            group[0].youth_office.name,
            len(group),
            len(here[pk]),
            sum(person.email in before for person in here[pk]),
            sum(person.email in invited for person in here[pk]),
            sum(centre.pk in registered for centre in group),
        )
        for pk, group in groups.items()
    ]
    return sorted(rows, key=lambda row: row.name)


def _addresses(emails: Iterable[str]) -> set[str]:
    return {email.lower() for email in emails}
