"""Entries without problems go into the database, in a number of statements that grows by the thousand only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.db import models

from centres.imports.entries import Entry, Row
from centres.imports.problems import Count
from centres.imports.stock import Stock, facility_number, folded_name
from centres.models import CentreKind, Facility, FamilyCentre, NetworkMembership, Provider
from centres.rules.folding import fold

AT_ONCE = 1000
CENTRE_FIELDS = ["name", "name_folded", "youth_office", "email", "phone", "lead_name"]
FACILITY_FIELDS = ["name", "provider", "street", "postcode", "town", "district", "places", "email", "phone"]
FLAGS = ["grant_recipient", "contact"]
Progress = Callable[[str], None]


class Batch:
    """Rows of one model, sorted into new, changed and unchanged; written once each."""

    def __init__(self, model: type[models.Model], fields: list[str]) -> None:
        self.model, self.fields = model, fields
        self.new: list[Any] = []
        self.changed: list[Any] = []
        self.unchanged = 0

    def take(self, row: Any, values: dict[str, Any]) -> bool:
        """Give the row the values that are not empty: an empty cell takes nothing away. True if that changed it."""
        fresh = {
            name: value for name, value in values.items() if value not in ("", None) and getattr(row, name) != value
        }
        for name, value in fresh.items():
            setattr(row, name, value)
        if row.pk is None:
            self.new.append(row)
        elif fresh:
            self.changed.append(row)
        else:
            self.unchanged += 1
        return row.pk is None or bool(fresh)

    def write(self) -> Count:
        manager = self.model._default_manager
        manager.bulk_create(self.new, batch_size=AT_ONCE)
        self.update(self.changed)
        return Count(len(self.new), len(self.changed), self.unchanged)

    def update(self, rows: list[Any]) -> None:
        """INSERT … ON CONFLICT writes thousands of different rows at once, which UPDATE with CASE does slowly."""
        self.model._default_manager.bulk_create(
            rows, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["pk"], update_fields=self.fields
        )


def write_entries(entries: list[Entry], stock: Stock, *, today: date, progress: Progress) -> dict[str, Count]:
    """Must run in a transaction: centres come before the facilities a single centre must have."""
    counts = {"Träger": _write_providers(entries, stock)}
    progress(f"{len(entries)} Familienzentren werden geschrieben …")
    touched: set[str] = set()
    counts["Familienzentren"] = _write_centres(entries, stock, touched)
    counts["Einrichtungen"] = _write_facilities(entries, stock, touched)
    counts["Zugehörigkeiten"] = _write_memberships(entries, stock, touched, today=today)
    progress("Die Suche wird aufgefrischt …")
    if touched or counts["Träger"].touched:
        FamilyCentre.objects.filter(certification_number__in=[entry.number for entry in entries]).refresh_search()
    return counts


def _write_providers(entries: list[Entry], stock: Stock) -> Count:
    batch = Batch(Provider, ["group"])
    groups: dict[str, str] = {}
    for row in _rows(entries):
        if row.provider:
            key = folded_name(row.provider)
            groups[key] = groups.get(key) or row.group
            stock.providers.setdefault(key, Provider(name=row.provider))
    for key, group in groups.items():
        batch.take(stock.providers[key], {"group": group})
    return batch.write()


def _write_centres(entries: list[Entry], stock: Stock, touched: set[str]) -> Count:
    batch = Batch(FamilyCentre, CENTRE_FIELDS)
    for entry in entries:
        fresh = FamilyCentre(certification_number=entry.number, kind=entry.kind)
        centre = stock.centres.setdefault(entry.number, fresh)
        if batch.take(centre, _centre_values(entry, stock, centre)):
            touched.add(entry.number)
    return batch.write()


def _centre_values(entry: Entry, stock: Stock, centre: FamilyCentre) -> dict[str, Any]:
    office = stock.office(entry.youth_office)
    if centre.pk is None and office:
        centre.youth_office = office
    return {
        "name": entry.name,
        "name_folded": fold(entry.name),
        "youth_office_id": office.pk if office else None,
        "email": entry.contact_detail("email"),
        "phone": entry.contact_detail("phone"),
        "lead_name": entry.contact_detail("lead"),
    }


def _write_facilities(entries: list[Entry], stock: Stock, touched: set[str]) -> Count:
    batch = Batch(Facility, FACILITY_FIELDS)
    for entry in entries:
        for row in entry.rows:
            number = _number_of(entry, row, stock)
            facility = stock.facilities.setdefault(number, Facility(number=number))
            if batch.take(facility, _facility_values(row, stock)):
                touched.add(entry.number)
    return batch.write()


def _number_of(entry: Entry, row: Row, stock: Stock) -> str:
    """Where the file does not number facilities, the one a single centre has is meant."""
    present = stock.running_memberships(stock.centres[entry.number])
    if not row.facility_number and entry.kind == CentreKind.SINGLE and len(present) == 1:
        facility = present[0].facility
        return stock.facilities.setdefault(facility.number, facility).number
    return facility_number(entry, row)


def _facility_values(row: Row, stock: Stock) -> dict[str, Any]:
    provider = stock.providers.get(folded_name(row.provider)) if row.provider else None
    return {
        "name": row.facility,
        "provider": provider,
        "street": row.street,
        "postcode": row.postcode,
        "town": row.town,
        "district": row.district,
        "places": row.places,
        "email": row.email,
        "phone": row.phone,
    }


def _write_memberships(entries: list[Entry], stock: Stock, touched: set[str], *, today: date) -> Count:
    batch = Batch(NetworkMembership, FLAGS)
    for entry in entries:
        centre = stock.centres[entry.number]
        present = {membership.facility_id: membership for membership in stock.running_memberships(centre)}
        for row in entry.rows:
            facility = stock.facilities[_number_of(entry, row, stock)]
            membership = present.get(facility.pk) or NetworkMembership(
                centre=centre, facility=facility, starts_on=_first_day(entry, stock, facility, today=today)
            )
            if batch.take(membership, _flags(entry, row)):
                touched.add(entry.number)
    _give_flags_away(batch)
    return batch.write()


def _flags(entry: Entry, row: Row) -> dict[str, Any]:
    """A single centre's facility is everything; in a file without these columns nothing changes."""
    if entry.kind == CentreKind.SINGLE:
        return dict.fromkeys(FLAGS, True)
    said = {"grant_recipient": [each.grant for each in entry.rows], "contact": [each.contact for each in entry.rows]}
    own = {"grant_recipient": row.grant, "contact": row.contact}
    return {name: own[name] for name in FLAGS if any(said[name])}


def _first_day(entry: Entry, stock: Stock, facility: Facility, *, today: date) -> date:
    """The seal of a new centre shows since when it is one; who joins a stored centre joins today."""
    known = stock.running_memberships(stock.centres[entry.number])
    start = today if known else min(entry.row_of_seal.awarded_on or today, today)
    left = [membership.ends_on for membership in stock.of_facility.get(facility.pk, []) if membership.ends_on]
    return max([start, *(day + timedelta(days=1) for day in left)])


def _give_flags_away(batch: Batch) -> None:
    """Whoever gives a flag away is written before who takes it: at no time do two have it."""
    stored = NetworkMembership.objects.in_bulk([row.pk for row in batch.changed]) if batch.changed else {}
    givers = []
    for row in batch.changed:
        giver = stored[row.pk]
        given = [name for name in FLAGS if getattr(giver, name) and not getattr(row, name)]
        for name in given:
            setattr(giver, name, False)
        givers += [giver] if given else []
    batch.update(givers)


def _rows(entries: Iterable[Entry]) -> Iterable[Row]:
    return (row for entry in entries for row in entry.rows)
