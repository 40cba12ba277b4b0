"""Acts on what an event offers and asks: its contributions, its questions, its further days.

Of a published event every change is recorded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from events import planning
from events.models import Contribution, EventSeries, EventStep, InfoEvent, Question
from events.planning import NotPossibleError
from events.rules.opening import EventState


@dataclass(frozen=True, slots=True)
class Entries:
    """The rows of a page as they are to be, in their order, and those to go."""

    kept: Sequence[Contribution | Question]
    gone: Sequence[Contribution | Question]


@transaction.atomic
def change_programme(event: InfoEvent, entries: Entries, *, by: User, at: datetime) -> None:
    _store(event, entries)
    _record(event, "programme", by=by, at=at)


@transaction.atomic
def change_questions(event: InfoEvent, entries: Entries, *, by: User, at: datetime) -> None:
    """A question somebody has answered stays."""
    try:
        _store(event, entries)
    except ProtectedError as error:
        raise NotPossibleError(
            "Eine Frage, die schon jemand beantwortet hat, lässt sich nicht löschen. Sie können ihren Text ändern."
        ) from error
    _record(event, "questions", by=by, at=at)


@transaction.atomic
def add_days(event: InfoEvent, days: Collection[date], *, label: str, by: User, at: datetime) -> list[InfoEvent]:
    """Drafts like this event on other days, in one series: one booking per person is then enough for all of them."""
    event = InfoEvent.objects.select_for_update(no_key=True, of=("self",)).select_related("series").get(pk=event.pk)
    if event.series is None:
        event.series, _ = EventSeries.objects.get_or_create(label=label)
        event.save(update_fields=["series"])
        planning.rescope(event)
        _record(event, "series", by=by, at=at)
    clock = timezone.localtime(event.starts_at).time()
    return [planning.copy(event, starts_at=_moment(day, clock), by=by, at=at) for day in sorted(set(days))]


def _store(event: InfoEvent, entries: Entries) -> None:
    """Positions may cross on the way; the database looks at them when all is written."""
    for row in entries.gone:
        row.delete()
    for position, row in enumerate(entries.kept, start=1):
        row.event, row.position = event, position
        row.save()


def _record(event: InfoEvent, act: str, *, by: User, at: datetime) -> None:
    if event.state != EventState.DRAFT:
        EventStep.objects.create(event=event, act=act, old=event.state, new=event.state, by=by, at=at)


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
