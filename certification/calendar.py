"""What of the certification stands in a person's calendar. Other rooms offer the same function; config joins them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from centres.calendar import Entry
from certification.models import Case, Query, Seal, SiteVisit
from certification.rules.moves import State

WEEK = timedelta(days=7)


def calendar_entries(user: User, on: date) -> list[Entry]:
    """Dates of the open cases, visits, questions and seals of the centres the person acts for on this day.

    Nobody else is named, and nothing of what a question or an answer says.
    """
    cases = Case.objects.visible_to(user, on=on).open().select_related("centre", "round").order_by("pk")
    seals = Seal.objects.visible_to(user, on=on).latest_per_centre().filter(valid_through__gte=on)
    return [
        *(entry for case in cases for entry in _deadlines(case)),
        *_visits(list(cases)),
        *_queries(list(cases)),
        *(_end_of(seal) for seal in seals.select_related("centre")),
    ]


def _deadlines(case: Case) -> Iterator[Entry]:
    """What the centre still has to do by a day."""
    round_, url = case.round, _page(case)
    if case.state == State.INVITED:
        yield _day(f"case-{case.pk}-registration", "Teilnahme bestätigen", round_.registration_until, case, url)
    if case.state in {State.INVITED, State.REGISTERED}:
        yield _day(f"case-{case.pk}-submission", "Unterlagen einreichen", round_.submission_until, case, url)


def _visits(cases: list[Case]) -> Iterator[Entry]:
    by_pk = {case.pk: case for case in cases}
    for visit in SiteVisit.objects.live().filter(case__in=by_pk).order_by("pk"):
        case = by_pk[visit.case_id]
        yield Entry(
            uid=str(visit.uid),  # as in the files that letters bring
            sequence=visit.sequence,
            changed_at=visit.changed_at or case.state_since,
            summary=f"Begehung: {case.centre.name}",
            starts=visit.starts_at,
            ends=visit.ends_at,
            url=_page(case),
        )


def _queries(cases: list[Case]) -> Iterator[Entry]:
    by_pk = {case.pk: case for case in cases}
    for query in Query.objects.running().filter(case__in=by_pk).order_by("pk"):
        case = by_pk[query.case_id]
        yield _day(f"query-{query.pk}", "Rückfrage beantworten", query.due_on, case, _page(case))


def _day(name: str, what: str, day: date, case: Case, url: str) -> Entry:
    return Entry(
        uid=_uid(name),
        sequence=0,
        changed_at=case.state_since,
        summary=f"{what}: {case.centre.name}",
        starts=day,
        description=f"Letzter Tag. Zertifizierungsnummer {case.centre.certification_number}.",
        url=url,
        remind_before=WEEK,
    )


def _end_of(seal: Seal) -> Entry:
    return Entry(
        uid=_uid(f"seal-{seal.pk}-end"),
        sequence=0,
        changed_at=datetime.combine(seal.awarded_on, time(), UTC),
        summary=f"Gütesiegel endet: {seal.centre.name}",
        starts=seal.valid_through,
        description=f"Letzter gültiger Tag. Zertifizierungsnummer {seal.centre.certification_number}.",
        url=f"{settings.SITE_URL}{reverse('portal:centre', args=[seal.centre_id])}",
    )


def _page(case: Case) -> str:
    return f"{settings.SITE_URL}{reverse('portal:case', args=[case.pk])}"


def _uid(name: str) -> str:
    return f"{name}@familienzentrum-nrw"
