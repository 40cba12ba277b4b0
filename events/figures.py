"""What came of events, in numbers: of one, of a year, by kind and by youth office. Nobody is named here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from events.attendance import CONCLUDED
from events.models import EventStep, FeedbackAnswer, InfoEvent, Invitation, Registration
from events.rules.bookings import Booking
from events.rules.feedback import written

HEADERS = (
    "eingeladen", "geantwortet", "angemeldet", "Warteliste", "abgemeldet", "verfallen", "anwesend",
    "nicht erschienen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """`answered`: invited people who registered, also those who signed off again.

    `ended`: seats that were kept for somebody who never took or confirmed them.
    `settled` are those present at events whose attendance is concluded; before that nobody knows who is missing.
    """

    invited: int = 0
    answered: int = 0
    registered: int = 0
    waiting: int = 0
    cancelled: int = 0
    ended: int = 0
    present: int = 0
    missed: int = 0
    settled: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def cells(self) -> list[int]:
        return [getattr(self, each.name) for each in fields(self)[: len(HEADERS)]]

    @property
    def rate(self) -> str:
        """How many of those whose attendance is settled were there; a dash where it is not settled of anybody."""
        known = self.settled + self.missed
        return f"{round(100 * self.settled / known)} %" if known else "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what it is about, its numbers, the mean of the feedback where enough has come back.

    None where there can be no mean: feedback knows its event and nothing else.
    """

    about: Any
    figures: Figures
    mean: str | None = None

    @property
    def cells(self) -> list[str | int]:
        return [*self.figures.cells, self.figures.rate, *([] if self.mean is None else [self.mean])]


@dataclass(frozen=True, slots=True)
class Year:
    events: list[Row]
    kinds: list[Row]
    offices: list[Row]
    total: Row


def of_event(event: InfoEvent) -> Figures:
    return _by("event", InfoEvent.objects.filter(pk=event.pk)).get(event.pk, Figures())


def of_year(year: int) -> Year:
    """All events that were published, in a number of queries that does not grow with them."""
    events = InfoEvent.objects.public().filter(starts_at__year=year)
    listed = list(events.order_by("starts_at", "pk"))
    numbers, means = _by("event", events), _means(events)
    rows = [Row(each, numbers.get(each.pk, Figures()), written(means.get(each.pk))) for each in listed]
    return Year(rows, _kinds(listed, numbers, means), _offices(events), _total(rows, means))


def years() -> list[date]:
    """Those with events, the latest first."""
    return list(InfoEvent.objects.public().dates("starts_at", "year", order="DESC"))


def _kinds(events: Iterable[InfoEvent], numbers: Mapping[Any, Figures], means: Mapping[Any, float]) -> list[Row]:
    grouped: dict[str, list[InfoEvent]] = defaultdict(list)
    for each in events:
        grouped[each.get_kind_display()].append(each)
    return [
        Row(kind, sum((numbers.get(each.pk, Figures()) for each in some), Figures()), _mean(some, means))
        for kind, some in sorted(grouped.items())
    ]


def _offices(events: QuerySet[InfoEvent]) -> list[Row]:
    """By the youth office of the centre; guests without a centre come last."""
    numbers = _by("centre__youth_office__name", events)
    ordered = sorted(numbers.items(), key=lambda each: (each[0] is None, each[0] or ""))
    return [Row(name or "ohne Familienzentrum", figures) for name, figures in ordered]


def _total(rows: Sequence[Row], means: Mapping[Any, float]) -> Row:
    rows = list(rows)
    return Row(
        "Zusammen", sum((each.figures for each in rows), Figures()), _mean([each.about for each in rows], means)
    )


def _mean(events: Iterable[InfoEvent], means: Mapping[Any, float]) -> str:
    """The mean of the events' means: each event counts the same."""
    known = [means[each.pk] for each in events if each.pk in means]
    return written(sum(known) / len(known) if known else None)


def _by(key: str, events: QuerySet[InfoEvent]) -> dict[Any, Figures]:
    """The numbers grouped by a path that registrations and invitations share, in two queries."""
    found: dict[Any, dict[str, int]] = defaultdict(dict)
    chosen = events.values("pk")
    registrations = Registration.objects.filter(event__in=chosen).order_by().values(key)
    for row in registrations.annotate(**_counted()):
        found[row.pop(key)].update(row)
    invitations = Invitation.objects.filter(event__in=chosen).order_by().values(key)
    answered = Count("pk", filter=Exists(_same_person()))
    for row in invitations.annotate(invited=Count("pk"), answered=answered):
        found[row.pop(key)].update(row)
    return {each: Figures(**row) for each, row in found.items()}


def _counted() -> dict[str, Count]:
    had_seat = Q(state=Booking.BOOKED)
    return {
        "registered": Count("pk", filter=had_seat),
        "waiting": Count("pk", filter=Q(state=Booking.WAITING)),
        "cancelled": Count("pk", filter=Q(state=Booking.CANCELLED)),
        "ended": Count("pk", filter=Q(state__in=[Booking.LAPSED, Booking.EXPIRED])),
        "present": Count("pk", filter=Q(attended=True)),
        "missed": Count("pk", filter=had_seat & Q(attended=False)),
        "settled": Count("pk", filter=Q(Exists(_conclusion()), attended=True)),
    }


def _conclusion() -> QuerySet[EventStep]:
    return EventStep.objects.filter(event=OuterRef("event"), act=CONCLUDED)


def _same_person() -> QuerySet[Registration]:
    registrations = Registration.objects.confirmed().annotate(address=Lower("email"))
    registrations = registrations.filter(event=OuterRef("event"))
    return registrations.filter(address=Lower(OuterRef("email")))


def _means(events: QuerySet[InfoEvent]) -> dict[Any, float]:
    """Only where so many have answered that nobody can be guessed."""
    scores = FeedbackAnswer.objects.filter(sheet__event__in=events.values("pk"), score__isnull=False).order_by()
    grouped = scores.values("sheet__event").annotate(mean=Avg("score"), sheets=Count("sheet", distinct=True))
    enough = max(settings.EVENT_FEEDBACK_FROM, 1)
    return {row["sheet__event"]: row["mean"] for row in grouped if row["sheets"] >= enough}
