"""Acts of feedback: give out the right to answer, take an answer, ask something else.

What is answered is tied to nobody (docs/decisions/0027): the right is a row that is deleted when it is used, and the
answers know their event alone. No act here takes the moment of an answer or who gives it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.models import User
from centres.models import Hold
from events import letters
from events.models import (
    EventStep,
    FeedbackAnswer,
    FeedbackQuestion,
    FeedbackRight,
    FeedbackSheet,
    InfoEvent,
    Registration,
)
from events.rules.bookings import Booking
from events.rules.feedback import Spread, spread
from events.rules.opening import EventState

FEEDBACK = "event-feedback"
ASKED_FOR = timedelta(days=30)  # after the event; later nobody remembers how it was (assumption)
WHY = "Sie haben an dieser Veranstaltung teilgenommen."


class NotPossibleError(Exception):
    """This cannot be answered or asked; the text may be shown to the person."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came back: per question with a scale how the scores spread, per question in words what was written."""

    asked: int
    sheets: int
    scores: list[tuple[FeedbackQuestion, Spread]]
    words: list[tuple[FeedbackQuestion, list[str]]]

    @property
    def mean(self) -> float | None:
        """Over all answers with a score."""
        total = spread(score for _, each in self.scores for score in _scores(each))
        return total.mean


@transaction.atomic
def write_due(*, at: datetime) -> int:
    """From the day after a held event on, ask everybody who was there, once; the number of letters.

    Where nobody has been ticked off, everybody with a seat is asked. `at` is a moment in Berlin time.
    """
    held = Hold.objects.by_thing()
    notes = {each: _note(each) for each in _to_ask(at.date())}
    free = {each: note for each, note in notes.items() if not held.get(rule=note.rule, occasion=note.key)}
    FeedbackRight.objects.bulk_create(FeedbackRight(registration=each) for each in free)
    Registration.objects.filter(pk__in=[each.pk for each in free]).update(feedback_asked=True)
    return letters.write_all(free.values(), at=at)


@transaction.atomic
def answer(registration: Registration, answers: Mapping[FeedbackQuestion, int | str]) -> None:
    """Use up the right and store what was said. Raises NotPossibleError where it is used up."""
    gone, _ = FeedbackRight.objects.filter(registration=registration).delete()
    if not gone:
        raise NotPossibleError("Mit diesem Link ist schon eine Rückmeldung abgegeben worden. Vielen Dank.")
    sheet = FeedbackSheet.objects.create(event_id=registration.event_id)
    FeedbackAnswer.objects.bulk_create(
        FeedbackAnswer(sheet=sheet, question=question, **({"score": said} if question.scale else {"text": said}))
        for question, said in answers.items()
        if said
    )


@transaction.atomic
def ask(
    event: InfoEvent,
    kept: Collection[FeedbackQuestion],
    gone: Collection[FeedbackQuestion],
    *,
    by: User,
    at: datetime,
) -> None:
    """Ask something else, as long as nobody has answered."""
    event = InfoEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
    if event.sheets.exists():
        raise NotPossibleError("Es hat schon jemand geantwortet; die Fragen lassen sich nicht mehr ändern.")
    for row in gone:
        row.delete()
    for position, row in enumerate(kept, start=1):
        row.event, row.position = event, position
        row.save()
    if event.state != EventState.DRAFT:
        EventStep.objects.create(event=event, act="feedback", old=event.state, new=event.state, by=by, at=at)


def may_answer(registration: Registration) -> bool:
    return FeedbackRight.objects.filter(registration=registration).exists()


def result(event: InfoEvent) -> Result | None:
    """None while so few have answered that one could guess who wrote what."""
    sheets = event.sheets.count()
    if sheets < max(settings.EVENT_FEEDBACK_FROM, 1):
        return None
    answers = list(FeedbackAnswer.objects.filter(sheet__event=event).order_by("pk"))
    questions = list(event.feedback.order_by("position", "pk"))
    of = {each.pk: [answer for answer in answers if answer.question_id == each.pk] for each in questions}
    return Result(
        asked=asked(event),
        sheets=sheets,
        scores=[(each, spread(a.score for a in of[each.pk] if a.score)) for each in questions if each.scale],
        words=[(each, [a.text for a in of[each.pk]]) for each in questions if not each.scale],
    )


def asked(event: InfoEvent) -> int:
    """How many were given the right to answer: those who have used it and those who have not."""
    return event.sheets.count() + FeedbackRight.objects.filter(registration__event=event).count()


def feedback_url(registration: Registration) -> str:
    token = signing.dumps(registration.public_id, salt=FEEDBACK)
    return f"{settings.SITE_URL}{reverse('event_feedback', args=[token])}"


def registration_of(token: str) -> Registration | None:
    """Whose right a link is about; None where it is forged or too old."""
    try:
        public_id = signing.loads(token, salt=FEEDBACK, max_age=letters.LINKS_LAST)
    except signing.BadSignature:
        return None
    return Registration.objects.select_related("event").filter(public_id=public_id).first()


def _to_ask(today: date) -> Collection[Registration]:
    """Nobody twice: the right is gone once it is used. Locked, so that two runs do not give it out twice."""
    new = (
        Registration.objects.filter(
            state__in=[Booking.BOOKED, Booking.WALK_IN],
            event__state=EventState.HELD,
            event__ends_at__date__range=(today - ASKED_FOR, today - timedelta(days=1)),
            feedback_asked=False,
        )
        .exclude(attended=False)
        .exclude(email="")
    )
    questions = FeedbackQuestion.objects.filter(event=OuterRef("event"))
    locked = new.filter(Exists(questions)).select_for_update(of=("self",), skip_locked=True)
    return locked.select_related("event", "centre").order_by("pk")


def _note(registration: Registration) -> letters.Note:
    return letters.about(
        registration,
        "event_feedback",
        key=f"registration-{registration.pk}/feedback",
        why=WHY,
        mandatory=False,
        context={"feedback_url": feedback_url(registration)},
    )


def _scores(each: Spread) -> list[int]:
    return [score for score, count in enumerate(each.counts, start=1) for _ in range(count)]
