"""Who is registered to an event, in the order in which the service office looks at them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from centres.models import FamilyCentre
from events.models import InfoEvent, Question, Registration
from events.models.registration import RegistrationQuerySet
from events.rules.bookings import Booking, Waiting, in_order

SHOWN_FIRST = (
    Booking.BOOKED, Booking.PENDING, Booking.OFFERED, Booking.WAITING, Booking.WALK_IN, Booking.LAPSED,
    Booking.EXPIRED, Booking.CANCELLED,
)  # fmt: skip
HEADERS = (
    "Name", "E-Mail-Adresse", "Familienzentrum", "Zertifizierungsnummer", "Jugendamt", "Teilnahme", "Stand",
    "Platz auf der Warteliste", "Grund des Vorrangs", "Angemeldet am",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One registration as the list and its export show it; `answers` stand in the order of the questions."""

    registration: Registration
    place: int | None
    answers: list[tuple[Question, str]]

    @property
    def cells(self) -> list[str]:
        each = self.registration
        centre = each.centre
        return [
            each.name,
            each.email,
            centre.name if centre else "",
            centre.certification_number if centre else "",
            centre.youth_office.name if centre else "",
            each.get_attends_display(),
            each.get_state_display(),
            str(self.place or ""),
            each.priority_reason,
            f"{timezone.localtime(each.registered_at):%d.%m.%Y %H:%M}",
            *(text for _, text in self.answers),
        ]


def listed(event: InfoEvent) -> RegistrationQuerySet:
    """Those with a seat by name, then the waiting list as it will be served, then who is no longer coming."""
    waits = Q(state=Booking.WAITING)
    places = [When(state=state, then=Value(place)) for place, state in enumerate(SHOWN_FIRST)]
    return event.registrations.order_by(
        Case(*places, default=Value(len(places))),
        Case(When(waits, then=-F("priority")), default=Value(0)),
        Case(When(waits, then=F("waiting_since"))),
        Lower("name"),
        "pk",
    )


def found_by(registrations: RegistrationQuerySet, text: str) -> RegistrationQuerySet:
    """By a part of name or address, or by what finds the centre."""
    own = Q(name__icontains=text) | Q(email__icontains=text)
    return registrations.filter(own | Q(centre__in=FamilyCentre.objects.found_by(text).values("pk")))


def lines(event: InfoEvent, registrations: Iterable[Registration]) -> Iterator[Line]:
    """`registrations` bring their centres and answers along; in two queries more."""
    places, questions = _places(event), list(event.questions.order_by("position", "pk"))
    for each in registrations:
        said = {answer.question_id: answer.text for answer in each.answers.all()}
        yield Line(each, places.get(each.pk), [(question, said.get(question.pk, "")) for question in questions])


def _places(event: InfoEvent) -> dict[int, int]:
    found = event.registrations.waiting().values_list("pk", "waiting_since", "priority")
    waiting = [Waiting(pk, since, priority) for pk, since, priority in found if since]
    return {each.key: place for place, each in enumerate(in_order(waiting), start=1)}
