"""What a lead or deputy finds in the portal: events that concern the own centres, and what is booked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from centres.models import CentreFact, FamilyCentre
from events import letters
from events.models import EventKind, EventMode, InfoEvent, Invitation, Material, Question, Registration
from events.rules.bookings import Booking
from events.rules.materials import Audience
from events.rules.opening import EventState
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
class Past:
    """An event that is over, and where what came of it can be read: materials, questions, the proof."""

    shown: Shown
    url: str


@dataclass(frozen=True)
class Choice:
    """`offers` concern the person's centres or are open to all; `others` are for other centres.

    `attended`: where somebody of the centres was, with the way to the proof.
    """

    bookings: list[Booked]
    attended: list[Booked]
    offers: list[Offer]
    others: list[Offer]
    past: list[Past]

    @property
    def also_over(self) -> list[Past]:
        """What is not among `attended` already."""
        there = {each.registration.event_id for each in self.attended if each.is_mine}
        return [each for each in self.past if each.shown.event.pk not in there]


def of(user: User, *, at: datetime) -> Choice:
    """In a number of queries that does not grow with the events. `at` is a moment in Berlin time."""
    centres = list(FamilyCentre.objects.visible_to(user, on=at.date()).order_by("pk"))
    bookings = _bookings(user, at)
    taken = {each.registration.scope for each in bookings if each.is_mine}
    asks = Exists(Question.objects.filter(event=OuterRef("pk")))
    events = InfoEvent.objects.upcoming(at=at).with_seats().annotate(asks=asks).order_by("starts_at", "pk")
    reasons = _Reasons.of(centres, at)
    offers = [
        Offer(
            Shown(event, at),
            reasons.why(event),
            one_click=len(centres) == 1 and not event.asks and event.mode != EventMode.BOTH,
        )
        for event in events
        if event.scope not in taken
    ]
    concerned, others = ([each for each in offers if bool(each.because) == mine] for mine in (True, False))
    return Choice(bookings, _attended(user, at), concerned, others, _past(user, at))


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


def _past(user: User, at: datetime) -> list[Past]:
    """Where the person had a seat or came; and where nobody had to, but something is there for everybody invited."""
    over = {"event__ends_at__range": (at - letters.LINKS_LAST, at)}
    mine = Registration.objects.filter(Q(user=user) | Q(email__iexact=user.email), **over)
    seated = mine.filter(state__in=[Booking.BOOKED, Booking.WALK_IN]).select_related("event")
    asked = Invitation.objects.filter(Q(user=user) | Q(email__iexact=user.email), **over).select_related("event")
    for_all = Material.objects.filter(event=OuterRef("event"), audience=Audience.INVITED.value)
    open_to_asked = asked.exclude(event__in=seated.values("event")).filter(Exists(for_all))
    found = [(each.event, letters.manage_url(each)) for each in seated]
    found += [(each.event, letters.invitation_url(each)) for each in open_to_asked]
    ordered = sorted(found, key=lambda each: each[0].starts_at, reverse=True)
    return [Past(Shown(event, at), url) for event, url in ordered if event.state != EventState.CANCELLED]


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
