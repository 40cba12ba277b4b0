"""Storing the register, set-wise."""

from collections.abc import Iterator
from datetime import date, timedelta

from accounts.models import User
from centres.models import (
    Facility,
    FamilyCentre,
    Membership,
    MembershipRole,
    NetworkMembership,
    Provider,
    YouthOffice,
)
from config.demo.fates import Fate, Story
from config.demo.register import Register
from config.demo.seals import merged_on
from config.demo.world import World

BATCH = 2000
DEPUTY_SHARE = 0.15  # of the networks


def store_register(world: World, register: Register, fates: list[Fate]) -> None:
    for fate in fates:
        _settle(world, fate)
    homes = register.homes
    YouthOffice.objects.bulk_create(register.offices)
    Provider.objects.bulk_create(register.providers.values(), batch_size=BATCH)
    Facility.objects.bulk_create([f for home in homes for f in home.facilities], batch_size=BATCH)
    User.objects.bulk_create([home.lead for home in homes if home.lead.pk is None], batch_size=BATCH)
    FamilyCentre.objects.bulk_create([home.centre for home in homes], batch_size=BATCH)
    facilities = [each for fate in fates for each in _facilities(world, fate)]
    NetworkMembership.objects.bulk_create(facilities, batch_size=BATCH)
    Membership.objects.bulk_create([each for fate in fates for each in _people(world, fate)], batch_size=BATCH)


def _settle(world: World, fate: Fate) -> None:
    """Since when there is the centre, and until when and why where it has ended."""
    centre = fate.home.centre
    if fate.story in {Story.FIRST, Story.FOUNDED}:
        fate.home.since = merged_on(world) + timedelta(days=1)
    elif fate.story == Story.NEW:
        fate.home.since = date(world.year - 1, 8, 1)
    elif fate.story == Story.LAPSED and world.chance(0.6):
        centre.ended_on, centre.end_reason = date(world.year - 1, 7, 31), world.one_of(world.texts["reasons_end"])
    elif fate.story == Story.MERGED and fate.joins:
        centre.ended_on = merged_on(world)
        centre.end_reason = f"Im Verbund „{fate.joins.centre.name}“ aufgegangen."


def _facilities(world: World, fate: Fate) -> Iterator[NetworkMembership]:
    home = fate.home
    contact = world.rng.randrange(len(home.facilities)) if world.chance(0.3) else 0
    for number, facility in enumerate(home.facilities):
        yield NetworkMembership(
            centre=home.centre,
            facility=facility,
            starts_on=home.since,
            ends_on=home.centre.ended_on,
            grant_recipient=number == 0,
            contact=number == contact,
        )
    if fate.joins:
        joined = merged_on(world) + timedelta(days=1)
        yield NetworkMembership(centre=fate.joins.centre, facility=home.facilities[0], starts_on=joined)


def _people(world: World, fate: Fate) -> Iterator[Membership]:
    home = fate.home
    latest = max(home.since, date(world.year - 5, 8, 1))
    starts_on = world.day(home.since, latest)
    ended = home.centre.ended_on
    yield Membership(centre=home.centre, user=home.lead, starts_on=starts_on, ends_on=ended)
    if not ended and home.centre.is_network and world.chance(DEPUTY_SHARE):
        deputy = _colleague(world, fate)
        yield Membership(centre=home.centre, user=deputy, role=MembershipRole.DEPUTY, starts_on=starts_on)


def _colleague(world: World, fate: Fate) -> User:
    name = world.person()
    email = f"vertretung.{fate.home.centre.certification_number}@example.org"
    return User.objects.create(email=email, name=name, password=fate.home.lead.password)
