"""What the database knows about the centres of a file, in a fixed number of queries, and what speaks against it."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField, Value

from centres.imports.entries import Entry, Row
from centres.imports.problems import Problem, RefusedError
from centres.imports.reading import Table
from centres.models import CentreKind, Facility, FamilyCentre, NetworkMembership, Provider, YouthOffice
from centres.rules.folding import fold


@dataclass(slots=True)
class Stock:
    offices: dict[str, YouthOffice]  # by folded name, by folded name without "Jugendamt", by key
    centres: dict[str, FamilyCentre]
    facilities: dict[str, Facility]
    providers: dict[str, Provider]  # by folded name
    of_centre: dict[int, list[NetworkMembership]]
    of_facility: dict[int, list[NetworkMembership]]
    today: date

    @classmethod
    def about(cls, entries: list[Entry], *, today: date) -> Stock:
        centres = _numbered(FamilyCentre.objects.all(), "certification_number", [entry.number for entry in entries])
        numbers = [facility_number(entry, row) for entry in entries for row in entry.rows]
        facilities = _numbered(Facility.objects.select_related("provider"), "number", numbers)
        memberships = _memberships(centres.values(), facilities.values())
        return cls(
            _offices(),
            centres,
            facilities,
            {folded_name(provider.name): provider for provider in Provider.objects.order_by("-pk")},
            _grouped(memberships, "centre_id"),
            _grouped(memberships, "facility_id"),
            today,
        )

    def office(self, name: str) -> YouthOffice | None:
        return self.offices.get(folded_name(name))

    def running_memberships(self, centre: FamilyCentre | None) -> list[NetworkMembership]:
        every = self.of_centre.get(centre.pk, []) if centre and centre.pk else []
        return [membership for membership in every if self.runs(membership)]

    def runs(self, membership: NetworkMembership) -> bool:
        """Today, or from a day to come."""
        return membership.ends_on is None or membership.ends_on >= self.today


def facility_number(entry: Entry, row: Row) -> str:
    """The number of the file; where it has none, a single centre's facility goes by the centre's number."""
    return row.facility_number or f"FZ-{entry.number}"[:20]


@lru_cache(maxsize=8192)
def folded_name(name: str) -> str:
    return fold(name) or name


def objections(entries: list[Entry], stock: Stock, table: Table) -> None:
    """Add to each entry what the stored centres have against it."""
    if not stock.offices:
        raise RefusedError("Es sind noch keine Jugendämter angelegt. Bitte lesen Sie zuerst die Jugendämter ein.")
    without_zeros = {number.lstrip("0"): number for number in stock.centres}
    facilities_without_zeros = {number.lstrip("0"): number for number in stock.facilities}
    file_groups: dict[str, tuple[int, str]] = {}
    for entry in entries:
        look = _Look(entry, stock, table)
        entry.problems += look.at_centre(without_zeros)
        for row in entry.rows:
            entry.problems += look.at_row(row, facilities_without_zeros, file_groups)


@dataclass(slots=True)
class _Look:
    entry: Entry
    stock: Stock
    table: Table

    def problem(self, row: Row, key: str, advice: str, value: str = "") -> Problem:
        shown = value or " ".join(self.table.cell(row.line, key).split())
        return Problem(row.line.number, self.table.header.title(key), shown, advice)

    def at_centre(self, without_zeros: dict[str, str]) -> Iterator[Problem]:
        first, centre = self.entry.first, self.stock.centres.get(self.entry.number)
        if self.entry.youth_office and self.stock.office(self.entry.youth_office) is None:
            yield self.problem(first, "youth_office", self._unknown_office(), self.entry.youth_office)
        if centre is None:
            yield from self._lost_zeros("number", first, self.entry.number, without_zeros)
            return
        if centre.ended_on:
            advice = (
                f"Dieses Familienzentrum ist zum {centre.ended_on:%d.%m.%Y} beendet. Bitte streichen Sie die Zeile."
            )
            yield self.problem(first, "number", advice)
        if centre.kind != self.entry.kind:
            advice = (
                f"Gespeichert ist die Form „{centre.get_kind_display()}“. Eine neue Form bedeutet eine neue "
                "Zertifizierungsnummer; bitte prüfen Sie Form und Nummer."
            )
            yield self.problem(first, "kind" if "kind" in self.table.header else "number", advice)

    def at_row(
        self, row: Row, without_zeros: dict[str, str], groups: dict[str, tuple[int, str]]
    ) -> Iterator[Problem]:
        number = facility_number(self.entry, row)
        if number not in self.stock.facilities and row.facility_number:
            yield from self._lost_zeros("facility_number", row, number, without_zeros)
        yield from self._elsewhere(row, number)
        yield from self._another_single(row, number)
        line, group = groups.setdefault(folded_name(row.provider), (row.line.number, row.group))
        if row.provider and row.group and group and row.group != group:
            advice = (
                f"Zeile {line} ordnet denselben Träger der Gruppe „{group}“ zu. Bitte wählen Sie eine von beiden."
            )
            yield self.problem(row, "group", advice)

    def _lost_zeros(self, key: str, row: Row, number: str, without_zeros: dict[str, str]) -> Iterator[Problem]:
        stored = without_zeros.get(number.lstrip("0"))
        if stored and stored != number:
            advice = f"Gespeichert ist {stored}. Bitte prüfen Sie, ob führende Nullen verloren gegangen sind."
            yield self.problem(row, key, advice)

    def _elsewhere(self, row: Row, number: str) -> Iterator[Problem]:
        facility, centre = self.stock.facilities.get(number), self.stock.centres.get(self.entry.number)
        for membership in self.stock.of_facility.get(facility.pk, []) if facility else []:
            if self.stock.runs(membership) and (centre is None or membership.centre_id != centre.pk):
                advice = (
                    f"Die Einrichtung gehört zum Familienzentrum {membership.centre.certification_number}. "
                    "Bitte beenden Sie zuerst dort ihre Zugehörigkeit."
                )
                yield self.problem(row, "facility_number", advice, number)

    def _another_single(self, row: Row, number: str) -> Iterator[Problem]:
        if self.entry.kind != CentreKind.SINGLE or not row.facility_number:
            return
        for membership in self.stock.running_memberships(self.stock.centres.get(self.entry.number)):
            if membership.facility.number != number:
                advice = (
                    f"Zu diesem Einzel-Familienzentrum gehört die Einrichtung {membership.facility.number}. "
                    "Bitte prüfen Sie die Nummer oder beenden Sie zuerst deren Zugehörigkeit."
                )
                yield self.problem(row, "facility_number", advice)

    def _unknown_office(self) -> str:
        names = {fold(office.name): office.name for office in self.stock.offices.values()}
        near = difflib.get_close_matches(fold(self.entry.youth_office), names, n=1, cutoff=0.7)
        hint = f" Meinten Sie „{names[near[0]]}“?" if near else ""
        return f"Dieses Jugendamt ist nicht angelegt.{hint} Bitte berichtigen Sie den Namen."


def _numbered(objects: QuerySet[Any], name: str, numbers: list[str]) -> dict[str, Any]:
    """By their number; also those whose number differs only by zeros in front."""
    bare = Func(F(name), Value("0"), function="LTRIM", output_field=TextField())
    found = objects.annotate(bare=bare).filter(bare__in={number.lstrip("0") for number in numbers})
    return {getattr(each, name): each for each in found.order_by("pk")}


def _memberships(centres: Iterable[FamilyCentre], facilities: Iterable[Facility]) -> list[NetworkMembership]:
    related = NetworkMembership.objects.select_related("centre", "facility").order_by("starts_on")
    of_centres = Q(centre__in=[centre.pk for centre in centres])
    return list(related.filter(of_centres | Q(facility__in=[facility.pk for facility in facilities])))


def _grouped(memberships: list[NetworkMembership], name: str) -> dict[int, list[NetworkMembership]]:
    grouped: dict[int, list[NetworkMembership]] = defaultdict(list)
    for membership in memberships:
        grouped[getattr(membership, name)].append(membership)
    return grouped


def _offices() -> dict[str, YouthOffice]:
    offices = list(YouthOffice.objects.all())
    short = {office.name_folded.removeprefix("jugendamt "): office for office in offices}
    return short | {office.key: office for office in offices} | {office.name_folded: office for office in offices}
