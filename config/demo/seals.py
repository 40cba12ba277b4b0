"""Seals with their ledger: the one that counts, the one before it, and what became of a few."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone

from certification.models import LedgerKind, Seal, SealEntry
from certification.models.seal import VoidKind
from certification.rules.moves import State
from certification.rules.validity import RULE_VERSION, validity
from config.demo.fates import Fate, Story
from config.demo.journeys import Journey
from config.demo.people import Staff
from config.demo.world import World


def make_seals(world: World, fates: list[Fate], journeys: list[Journey], staff: Staff) -> None:
    """Stored seals with their entries."""
    journey_of = {journey.case.centre_id: journey for journey in journeys}
    seals = [seal for fate in fates for seal in _seals(world, fate, journey_of.get(fate.home.centre.pk))]
    Seal.objects.bulk_create(seals, batch_size=2000)
    entries = [entry for seal in seals for entry in _entries(world, seal, staff)]
    SealEntry.objects.bulk_create(entries, batch_size=2000)


def _seals(world: World, fate: Fate, journey: Journey | None) -> Iterator[Seal]:
    """In the order of their days; a seal starts where the one before it ends."""
    if fate.seal_end is None:
        return
    awarded = _award_day(world, fate.seal_end)
    through = None
    if fate.story not in {Story.FIRST, Story.FOUNDED}:
        through = date(fate.seal_end - 4, 7, 31)
        yield _seal(fate, world.day(date(fate.seal_end - 8, 5, 2), date(fate.seal_end - 8, 7, 10)))
    of_case = journey if journey and journey.state == State.AWARDED else None
    is_earlier = fate.story == Story.RENEWING
    if of_case and not is_earlier:
        awarded = timezone.localdate(of_case.acts["award"])
    current = _seal(fate, awarded, through)
    if of_case and not is_earlier:
        current.case = of_case.case
    _void(world, fate, current)
    yield current
    if of_case and is_earlier:
        newest = _seal(fate, timezone.localdate(of_case.acts["award"]), current.valid_through)
        newest.case = of_case.case
        yield newest


def _award_day(world: World, end: int) -> date:
    return world.day(date(end - 4, 5, 2), date(end - 4, 7, 10))


def _seal(fate: Fate, awarded_on: date, previous_through: date | None = None) -> Seal:
    rule = validity(awarded_on, previous_through=previous_through)
    return Seal(
        centre=fate.home.centre,
        awarded_on=awarded_on,
        valid_from=rule.valid_from,
        valid_through=rule.valid_through,
        rule_version=RULE_VERSION,
        explanation=list(rule.sentences),
    )


def _void(world: World, fate: Fate, seal: Seal) -> None:
    if fate.story == Story.REVOKED:
        seal.void_from = world.on - timedelta(days=world.rng.randint(10, 90))
        seal.void_kind = VoidKind.WITHDRAWN
    elif fate.story == Story.MERGED:
        seal.void_from, seal.void_kind = merged_on(world) + timedelta(days=1), VoidKind.SUPERSEDED


def merged_on(world: World) -> date:
    """The last day of the centres that became part of a network."""
    return date(world.year - 2, 7, 31)


def _entries(world: World, seal: Seal, staff: Staff) -> Iterator[SealEntry]:
    """Seals older than this application came from the register: nobody here awarded them."""
    by = staff.ministry if seal.case else None
    yield SealEntry(
        seal=seal,
        kind=LedgerKind.AWARDED,
        effective_on=seal.awarded_on,
        valid_through=seal.valid_through,
        by=by,
        at=world.moment(seal.awarded_on),
    )
    if seal.void_from:
        reasons = {
            VoidKind.WITHDRAWN: world.one_of(world.texts["reasons_revoke"]),
            VoidKind.SUPERSEDED: "Das Familienzentrum ist in einem Verbund mit neuer Nummer aufgegangen.",
        }
        yield SealEntry(
            seal=seal,
            kind=LedgerKind(seal.void_kind),
            effective_on=seal.void_from,
            valid_through=seal.valid_through,
            reason=reasons[VoidKind(seal.void_kind)],
            by=staff.ministry,
            at=world.moment(seal.void_from - timedelta(days=6)),
        )
