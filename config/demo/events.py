"""Information events in every state: past, full with a waiting list, called off, in draft. They move by the acts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from centres.models import FamilyCentre, Membership
from config.demo import attendance
from config.demo.people import Staff
from config.demo.world import World
from events import planning, registration, reminders
from events.models import Contribution, EventKind, EventMode, EventSeries, InfoEvent, Invitation, Question
from events.models import Registration as Booking
from events.registration import Attendee

HOSTS = "Ministerium (MKJFGFI), Pädquis und ISA e.V."
LINK = "https://konferenz.example.org/familienzentrum-nrw"
HALL = "Bürgerhaus, Marktplatz 4, 44135 Dortmund"
ABOUT = {
    EventKind.INITIAL: "Wie läuft die erste Zertifizierung ab, was wird geprüft, und was hilft bei der Vorbereitung? "
    "Ein zertifiziertes Familienzentrum berichtet aus der Praxis.",
    EventKind.RENEWAL: "Was ist bei der Re-Zertifizierung anders als beim ersten Mal? Fristen, Fragebogen und "
    "Nachweise Schritt für Schritt, mit Zeit für Ihre Fragen.",
    EventKind.OPEN: "Fachtag für alle, die mit Familienzentren arbeiten: Vorträge am Vormittag, Werkstätten am "
    "Nachmittag. Die Teilnahme ist vor Ort und online möglich.",
}
GUESTS = ("Renate Osthoff", "Emre Yıldız", "Hanna Pieper", "Günter Brandt")


@dataclass(frozen=True, slots=True)
class Plan:
    """An event `away` days from today; negative ones are over. `people` register, in the order of their centres."""

    title: str
    kind: EventKind
    away: int
    people: int
    mode: EventMode = EventMode.ONLINE
    capacity: int = 100
    per_centre: int | None = None
    series: str = ""


def make_events(world: World, staff: Staff) -> None:
    """The lead has a seat at one and an invitation to another."""
    people = _people(world, staff)
    _last_year(world, staff, people)
    _past(world, staff, people)
    next_one = _booked(world, staff, people)
    _full(world, staff, people)
    _fair(world, staff)
    _workshop(world, staff, people)
    _called_off(world, staff, people)
    planning.draft(
        _event(world, Plan("Regionaltreffen Westfalen", EventKind.OPEN, 75, 0, EventMode.ON_SITE)),
        by=staff.service_office,
        at=_ago(world, 5),
    )
    for days in (7, 1):
        due = next_one.day - timedelta(days=days)
        if due < world.on:
            reminders.write_due(at=world.moment(due))


def _people(world: World, staff: Staff) -> list[Membership]:
    leads = Membership.objects.on_day(world.on).filter(centre__ended_on=None, user__is_active=True)
    known = leads.exclude(user__in=[staff.lead, staff.deputy]).select_related("user", "centre")
    by_person = {each.user_id: each for each in known.order_by("-centre__certification_number", "pk")}
    return sorted(by_person.values(), key=lambda each: each.centre.certification_number)


def _last_year(world: World, staff: Staff, people: Sequence[Membership]) -> None:
    """So that two years can be compared."""
    for plan in (
        Plan("Informationsveranstaltung zur Erst-Zertifizierung", EventKind.INITIAL, -432, 16),
        Plan("Informationsveranstaltung zur Re-Zertifizierung", EventKind.RENEWAL, -385, 13),
    ):
        event, booked = _over(world, staff, plan, people)
        attendance.conclude(event, booked, staff)


def _past(world: World, staff: Staff, people: Sequence[Membership]) -> None:
    """The lead was at the first one."""
    first = Plan("Informationsveranstaltung zur Erst-Zertifizierung", EventKind.INITIAL, -67, 24)
    event, booked = _over(world, staff, first, [*_mine(world, staff), *people])
    attendance.conclude(event, booked, staff)
    second = Plan("Informationsveranstaltung zur Re-Zertifizierung", EventKind.RENEWAL, -20, 18)
    event, booked = _over(world, staff, second, people)
    planning.hold(event, by=staff.service_office, at=event.ends_at + timedelta(hours=1))
    attendance.leave_a_list_waiting(event, booked, staff)


def _over(world: World, staff: Staff, plan: Plan, people: Sequence[Membership]) -> tuple[InfoEvent, list[Booking]]:
    event = _published(world, staff, plan)
    _programme(event, people[0].centre)
    booked = _register(world, event, people[: plan.people])
    for days in (7, 1):
        reminders.write_due(at=world.moment(event.day - timedelta(days=days)))
    return event, booked


def _mine(world: World, staff: Staff) -> Sequence[Membership]:
    """The first centre of the lead."""
    mine = Membership.objects.on_day(world.on).filter(user=staff.lead).select_related("user", "centre")
    return list(mine.order_by("pk")[:1])


def _booked(world: World, staff: Staff, people: Sequence[Membership]) -> InfoEvent:
    """The next of a series; it has been moved by half an hour since."""
    title, series = "Re-Zertifizierung: Termine, Fragebogen, Nachweise", f"Re-Zertifizierung {world.year}"
    event = _published(world, staff, Plan(title, EventKind.RENEWAL, 6, 20, per_centre=2, series=series))
    _programme(event, people[1].centre)
    _register(world, event, [*_mine(world, staff), *people[:20]])
    event.starts_at += timedelta(minutes=30)
    event.ends_at += timedelta(minutes=30)
    planning.change(event, changed={"starts_at", "ends_at"}, by=staff.service_office, at=_ago(world, 9))
    return event


def _full(world: World, staff: Staff, people: Sequence[Membership]) -> None:
    """Six seats: one has been given back and is offered to whoever is next, four more wait."""
    title, series = "Re-Zertifizierung: Termin vor Ort in Dortmund", f"Re-Zertifizierung {world.year}"
    plan = Plan(title, EventKind.RENEWAL, 24, 11, EventMode.ON_SITE, capacity=6, per_centre=1, series=series)
    event = _published(world, staff, plan)
    booked = _register(world, event, people[20:31])
    registration.cancel(booked[2], by=None, at=_ago(world, 1))


def _fair(world: World, staff: Staff) -> None:
    """Open to all, on site and online, with questions; guests without a centre come, too. One never confirmed."""
    event = _published(world, staff, Plan("Fachtag Familienzentren", EventKind.OPEN, 41, 0, EventMode.BOTH, 120))
    needs = Question.objects.create(event=event, position=1, text="Brauchen Sie Unterstützung, um teilzunehmen?")
    session = Question.objects.create(
        event=event,
        position=2,
        text="Welche Werkstatt möchten Sie besuchen?",
        choices="Elternbegleitung\nSprache und Bildung\nVernetzung im Sozialraum",
        required=True,
    )
    for number, name in enumerate(GUESTS):
        who = Attendee(name, f"gast-{number + 1}@example.org")
        answers = {session: session.options[number % 3], needs: "Gebärdensprache" if number == 2 else ""}
        last = number == len(GUESTS) - 1  # has not confirmed the address yet
        at, hours = (_ago(world, 1), 96) if last else (_ago(world, 8 - number), 0)
        registration.register(
            event, who=who, attends=EventMode.ONLINE, by=None, at=at, answers=answers, confirm_hours=hours
        )
    never = Attendee("Jonas Petri", "gast-9@example.org")
    registration.register(event, who=never, attends=EventMode.ONLINE, by=None, at=_ago(world, 7), confirm_hours=48)
    registration.end_late(event, at=_ago(world, 5))


def _workshop(world: World, staff: Staff, people: Sequence[Membership]) -> None:
    """The lead is invited and has not answered yet."""
    event = _published(
        world, staff, Plan("Werkstatt: Nachweise gut vorbereiten", EventKind.RENEWAL, 34, 0, capacity=40)
    )
    for each in [*_mine(world, staff), *people[:12]]:
        Invitation.objects.create(
            event=event,
            centre=each.centre,
            user=each.user,
            name=each.user.name,
            email=each.user.email,
            invited_at=_ago(world, 6),
            invited_by=staff.service_office,
        )
    _register(world, event, people[:5])


def _called_off(world: World, staff: Staff, people: Sequence[Membership]) -> None:
    event = _published(world, staff, Plan("Sprechstunde zum Fragebogen", EventKind.RENEWAL, 13, 0))
    _register(world, event, people[31:36])
    planning.cancel(event, by=staff.service_office, at=_ago(world, 3), reason="Die Referentin ist erkrankt.")


def _published(world: World, staff: Staff, plan: Plan) -> InfoEvent:
    event = _event(world, plan)
    planned = world.moment(event.registration_from)
    planning.draft(event, by=staff.service_office, at=planned)
    planning.publish(event, by=staff.service_office, at=planned + timedelta(minutes=20))
    event.refresh_from_db()
    return event


def _event(world: World, plan: Plan) -> InfoEvent:
    day = _weekday(world.on + timedelta(days=plan.away))
    begins = timezone.make_aware(datetime.combine(day, time(10)))
    return InfoEvent(
        title=plan.title,
        kind=plan.kind,
        mode=plan.mode,
        series=EventSeries.objects.get_or_create(label=plan.series)[0] if plan.series else None,
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        place="" if plan.mode == EventMode.ONLINE else HALL,
        join_link="" if plan.mode == EventMode.ON_SITE else LINK,
        capacity=plan.capacity,
        per_centre=plan.per_centre,
        registration_from=min(day, world.on) - timedelta(days=30),
        registration_until=day - timedelta(days=3),
        hosts=HOSTS,
        description=ABOUT[plan.kind],
    )


def _weekday(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _programme(event: InfoEvent, practice: FamilyCentre) -> None:
    parts = [
        ("Begrüßung", "Dr. Katrin Bergmann, Ministerium", None, 10),
        ("Ablauf und Termine", "Jonas Lindner, Pädquis", None, 45),
        ("Wie wir uns vorbereitet haben", "", practice, 30),
        ("Fragen und Antworten", "", None, 35),
    ]
    Contribution.objects.bulk_create(
        Contribution(
            event=event,
            position=position,
            title=title,
            speaker=speaker,
            centre=centre,
            best_practice=centre is not None,
            minutes=minutes,
        )
        for position, (title, speaker, centre, minutes) in enumerate(parts, start=1)
    )


def _register(world: World, event: InfoEvent, people: Sequence[Membership]) -> list[Booking]:
    return [
        registration.register(
            event,
            who=Attendee(each.user.name, each.user.email, each.centre, each.user),
            attends=EventMode(event.mode),
            by=each.user,
            at=at,
        )
        for each, at in zip(people, _moments(world, event, len(people)), strict=True)
    ]


def _moments(world: World, event: InfoEvent, many: int) -> Iterator[datetime]:
    """One after the other, from the first day of registration on, all before the reminders."""
    opened = timezone.make_aware(datetime.combine(event.registration_from, time(12)))
    yield from (opened + timedelta(hours=14 * number) for number in range(many))


def _ago(world: World, days: int) -> datetime:
    return world.moment(world.on - timedelta(days=days))
