"""What a lead or deputy finds in the portal: events that concern the own centres, and what is booked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from centres.models import CentreFact, FamilyCentre
from events import letters
from events.models import EventKind, EventMode, InfoEvent, Invitation, Registration
from events.showing import Shown

SHOWN = 20  # events where somebody was; who needs an older proof has the letter


@dataclass(frozen=True)
class Offer:
    """A coming event, and why it is shown. `one_click`: it asks nothing, so registering needs no form."""

    shown: Shown
    because: str
    one_click: bool


@dataclass(frozen=True)
class Booked:
    registration: Registration
    shown: Shown
    is_mine: bool

    @property
    def manage_url(self) -> str:
        return letters.manage_url(self.registration)


@dataclass(frozen=True)
class Choice:
    """`offers` concern the person's centres or are open to all; `others` are for other centres.

    `attended`: where somebody of the centres was, with the way to the proof.
    """

    bookings: list[Booked]
    attended: list[Booked]
    offers: list[Offer]
    others: list[Offer]


def of(user: User, *, at: datetime) -> Choice:
    """In a number of queries that does not grow with the events. `at` is a moment in Berlin time."""
    centres = list(FamilyCentre.objects.visible_to(user, on=at.date()).order_by("pk"))
    bookings = _bookings(user, at)
    taken = {each.registration.scope for each in bookings if each.is_mine}
    events = InfoEvent.objects.upcoming(at=at).with_seats().order_by("starts_at", "pk")
    asked = set(events.filter(questions__isnull=False).order_by().values_list("pk", flat=True))
    reasons = _Reasons.of(centres, at)
    offers = [
        Offer(
            Shown(event, at),
            reasons.why(event),
            one_click=len(centres) == 1 and event.pk not in asked and event.mode != EventMode.BOTH,
        )
        for event in events
        if event.scope not in taken
    ]
    return Choice(
        bookings,
        _attended(user, at),
        [each for each in offers if each.because],
        [each for each in offers if not each.because],
    )


def _bookings(user: User, at: datetime) -> list[Booked]:
    visible = Registration.objects.visible_to(user, on=at.date()).active().filter(event__ends_at__gte=at)
    rows = visible.select_related("event", "centre").order_by("event__starts_at", "pk")
    email = user.email.lower()
    return [Booked(each, Shown(each.event, at), each.email.lower() == email) for each in rows]


def _attended(user: User, at: datetime) -> list[Booked]:
    """The newest first. Concluded, that is with a proof, which may be withdrawn."""
    there = Registration.objects.visible_to(user, on=at.date()).filter(proofs__isnull=False).distinct()
    rows = there.select_related("event", "centre").order_by("-event__starts_at", "pk")[:SHOWN]
    email = user.email.lower()
    return [Booked(each, Shown(each.event, at), each.email.lower() == email) for each in rows]


@dataclass(frozen=True)
class _Reasons:
    invited: set[int]
    rounds: list[str]

    @classmethod
    def of(cls, centres: Iterable[FamilyCentre], at: datetime) -> "_Reasons":
        pks = [centre.pk for centre in centres]
        invitations = Invitation.objects.filter(centre__in=pks).values_list("event", flat=True)
        facts = CentreFact.objects.rounds().in_force(on=at.date()).filter(centre__in=pks)
        return cls(set(invitations), sorted(set(facts.values_list("label", flat=True))))

    def why(self, event: Any) -> str:
        """A round concerns the events of its own procedure, which its label names (assumption)."""
        if event.pk in self.invited:
            return "Ihr Familienzentrum ist eingeladen."
        kind = EventKind(event.kind)
        if kind == EventKind.OPEN:
            return "Offen für alle."
        mine = [label for label in self.rounds if kind.label in label]
        return f"Zu Ihrer Runde „{mine[0]}“." if mine else ""
