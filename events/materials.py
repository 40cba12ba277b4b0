"""Acts on the materials of an event, and who may read them."""

from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from centres.files import Kept
from events.models import EventStep, InfoEvent, Invitation, Material, Registration
from events.rules.bookings import Booking
from events.rules.materials import Audience, Claim, When, may_read
from events.rules.opening import EventState


@dataclass(frozen=True, slots=True)
class Said:
    """What the office says about a material; either a checked file or a link, or on a change neither."""

    title: str
    when: When
    audience: Audience
    file: Kept | None = None
    link: str = ""


@transaction.atomic
def add(event: InfoEvent, said: Said, *, by: User, at: datetime) -> Material:
    last = event.materials.filter(when=said.when).aggregate(last=Max("position"))["last"] or 0
    material = Material(event=event, position=last + 1, added_at=at, added_by=by)
    _store(material, said)
    _record(event, by=by, at=at)
    return material


@transaction.atomic
def change(material: Material, said: Said, *, by: User, at: datetime) -> Material:
    """Say something else about it, or put another file or link in its place: its address stays the same."""
    material = _lock(material)
    _store(material, said)
    _record(material.event, by=by, at=at)
    return material


@transaction.atomic
def remove(material: Material, *, by: User, at: datetime) -> None:
    material = _lock(material)
    _forget_file(material)
    material.delete()
    _record(material.event, by=by, at=at)


@transaction.atomic
def move_up(material: Material) -> None:
    """Before the one above it; nothing where it is the first."""
    listed = list(Material.objects.select_for_update().filter(event=material.event_id).in_order())
    same = [each for each in listed if each.when == material.when]
    place = [each.pk for each in same].index(material.pk)
    if place:
        same[place - 1], same[place] = same[place], same[place - 1]
    for position, each in enumerate(same, start=1):
        each.position = position
    Material.objects.bulk_update(same, ["position"])


def claim_of(registration: Registration) -> Claim:
    """What a registration entitles to; whoever was invited and signed off again is still invited."""
    mine = Invitation.objects.filter(event=registration.event_id, email__iexact=registration.email)
    active = registration.is_active and registration.state != Booking.PENDING
    return Claim(
        registered=registration.state == Booking.BOOKED,
        attended=registration.attended is True,
        invited=active or mine.exists(),
    )


INVITED = Claim(invited=True)


def readable(event: InfoEvent, claim: Claim, *, at: datetime) -> list[Material]:
    """What somebody may read now, in the order of the office."""
    ended = event.ends_at <= at
    return [
        each
        for each in event.materials.in_order()
        if may_read(claim, audience=Audience(each.audience), when=When(each.when), ended=ended)
    ]


def found(event: InfoEvent, claim: Claim, public_id: str, *, at: datetime) -> Material | None:
    """The material of this address, where this person may read it now."""
    return next((each for each in readable(event, claim, at=at) if each.public_id == public_id), None)


def _store(material: Material, said: Said) -> None:
    material.title, material.when, material.audience = said.title, said.when.value, said.audience.value
    if said.file or said.link:
        _forget_file(material)
        material.link, material.name, material.content_type, material.size = said.link, "", "", None
        material.file = ""
    if said.file:
        material.name, material.content_type = said.file.name, said.file.content_type
        material.size = said.file.size
        material.file.save(said.file.name, ContentFile(said.file.content), save=False)
    material.save()


def _forget_file(material: Material) -> None:
    """Once it is certain that the row is gone or has another."""
    if material.file:
        storage, name = material.file.storage, str(material.file.name)
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def _lock(material: Material) -> Material:
    return Material.objects.select_for_update(of=("self",)).select_related("event").get(pk=material.pk)


def _record(event: InfoEvent, *, by: User, at: datetime) -> None:
    if event.state != EventState.DRAFT:
        EventStep.objects.create(event=event, act="materials", old=event.state, new=event.state, by=by, at=at)
