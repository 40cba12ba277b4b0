"""The network of a centre on a day, and what a change would do to it and to its seal. Saves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from centres.models import Facility, FamilyCentre, NetworkMembership
from centres.register import covers
from certification.models import Seal
from certification.rules import network as rules
from certification.rules.network import Place, warnings

TASKS = {"grant_recipient": "Zuschussempfänger", "contact": "Kontakteinrichtung"}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Member:
    """A facility with the days between which it belongs, and its tasks on the day."""

    facility: Facility
    since: date
    until: date | None
    grant_recipient: bool
    contact: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change would mean, as German sentences; warnings ask for a recorded reason."""

    sentences: list[str]
    warnings: list[rules.Warning]
    keeps_seal: bool = True

    @property
    def shown(self) -> list[str]:
        return [*self.sentences, *(warning.sentence for warning in self.warnings)]


@dataclass(frozen=True)
class Network:
    """A centre with all its memberships and seals, past and to come."""

    centre: FamilyCentre
    rows: Sequence[NetworkMembership]
    seals: Sequence[Seal]
    today: date

    @cached_property
    def members(self) -> list[Member]:
        return [each for each in self._all if each.since <= self.today and _lasts(each, self.today)]

    @cached_property
    def coming(self) -> list[Member]:
        return [each for each in self._all if each.since > self.today]

    @cached_property
    def former(self) -> list[Member]:
        return [each for each in self._all if not _lasts(each, self.today)]

    @property
    def warnings(self) -> list[rules.Warning]:
        return warnings([_place(each.facility) for each in self.members])

    def facilities_on(self, day: date) -> list[Facility]:
        return list({row.facility_id: row.facility for row in self.rows if covers(row, day)}.values())

    def holder(self, task: str, day: date) -> Facility | None:
        return next((row.facility for row in self.rows if covers(row, day) and getattr(row, task)), None)

    def leaving(self, facility: Facility, last_day: date) -> Effect:
        """What it means when the facility belongs until this day, the day included."""
        after = last_day + ONE_DAY
        left = [each for each in self.facilities_on(after) if each.pk != facility.pk]
        tasks = [label for task, label in TASKS.items() if self.holder(task, last_day) == facility]
        sentences = rules.explain_leaver(facility.name, last_day, len(left), tasks)
        seal = self._seal_on(after)
        if seal is None:
            return Effect([*sentences, rules.explain_without_seal(after)], warnings([_place(f) for f in left]))
        certified = self.certified(seal)
        remaining = certified & {each.pk for each in left}
        kept = rules.keeps_seal(len(certified), len(remaining))
        sentences.append(rules.explain_leaving(len(certified), len(remaining)))
        if facility.pk not in certified:
            sentences.append(rules.explain_late_comer(facility.name))
        if kept:
            sentences.append(rules.explain_end(seal.valid_through))
        return Effect(sentences, [], keeps_seal=kept)

    def joining(self, facility: Facility, first_day: date) -> Effect:
        places = [*self.facilities_on(first_day), facility]
        sentences = [rules.explain_newcomer(facility.name, first_day, len(places))]
        if seal := self._seal_on(first_day):
            sentences += [rules.explain_joining(facility.name), rules.explain_end(seal.valid_through)]
        else:
            sentences.append(rules.explain_without_seal(first_day))
        return Effect(sentences, warnings([_place(each) for each in places]))

    def taking(self, task: str, facility: Facility, on: date) -> Effect:
        before = self.holder(task, on)
        return Effect(rules.explain_task(TASKS[task], facility.name, on, before.name if before else ""), [])

    def certified(self, seal: Seal) -> set[int]:
        """The facilities that were certified: the members on the day of the award.

        Assumption: where the register knows no members of that day, those of the first day it knows.
        """
        on_day = {each.pk for each in self.facilities_on(seal.awarded_on)}
        first = min((row.starts_on for row in self.rows), default=seal.awarded_on)
        return on_day or {each.pk for each in self.facilities_on(first)}

    @cached_property
    def _all(self) -> list[Member]:
        """One for each stay; rows that follow each other without a gap, since only a task changed, are one."""
        stays: dict[int, list[list[NetworkMembership]]] = {}
        for row in sorted(self.rows, key=lambda row: row.starts_on):
            own = stays.setdefault(row.facility_id, [])
            if own and own[-1][-1].ends_on == row.starts_on - ONE_DAY:
                own[-1].append(row)
            else:
                own.append([row])
        found = [self._member(stay) for own in stays.values() for stay in own]
        return sorted(found, key=lambda each: (not each.grant_recipient, each.facility.name, each.since))

    def _member(self, stay: list[NetworkMembership]) -> Member:
        now = next((row for row in stay if covers(row, self.today)), None)
        return Member(
            facility=stay[0].facility,
            since=stay[0].starts_on,
            until=stay[-1].ends_on,
            grant_recipient=bool(now and now.grant_recipient),
            contact=bool(now and now.contact),
        )

    def _seal_on(self, day: date) -> Seal | None:
        return next((seal for seal in self.seals if seal.status(day).in_force), None)


def network_of(centre: FamilyCentre, *, today: date) -> Network:
    """Two queries."""
    rows = centre.facility_memberships.select_related("facility__provider").order_by("starts_on", "pk")
    return Network(centre, list(rows), list(centre.seals.order_by("valid_from")), today)


def _lasts(member: Member, day: date) -> bool:
    return member.until is None or member.until >= day


def _place(facility: Facility) -> Place:
    known = facility.latitude is not None and facility.longitude is not None
    return Place(facility.name, *((float(facility.latitude), float(facility.longitude)) if known else ()))  # type: ignore[arg-type]
